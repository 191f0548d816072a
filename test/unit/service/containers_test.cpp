#include "understudy/service/containers.hpp"

#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "fakes/fake_clock.hpp"
#include "fakes/fake_roles.hpp"
#include "fakes/recording_log.hpp"
#include "get_request.hpp"

#include <doctest/doctest.h>

namespace understudy::service {
namespace {

constexpr const char* kToken = "an-example-token-of-43-characters-abcdefghi";

struct Stage {
  Stage()
      : containers({{"app", "/creds", &app, std::nullopt},
                    {"team/audit", "/x/audit", &audit, Secret(kToken)},
                    {"late", "", &late, std::nullopt}},
                   {{}, false, ""}, clock, log) {
    app.publish(fakes::some_credentials(clock.wall(), "1"));
    audit.publish(fakes::some_credentials(clock.wall(), "2"));
  }
  Response ask(const Request& request) { return answer_now(containers, request); }

  fakes::FakeClock clock;
  fakes::RecordingLog log;
  fakes::FakeRole app{"app"};
  fakes::FakeRole audit{"audit"};
  fakes::FakeRole late{"late"};
  Containers containers;
};

void check_error(const Response& response, int status, const std::string& code, const std::string& message) {
  CHECK(response.status == status);
  CHECK(response.headers == Headers{{"Content-Type", "application/json"}});
  CHECK(response.body.view() ==
        R"({"code":")" + code + R"(","message":")" + message + R"(","HTTPErrorCode":)" + std::to_string(status) + "}");
}

TEST_CASE("every way to name credentials gives the role's shared document") {
  Stage stage;
  for (const char* target :
       {"/v2/credentials/app", "/v2/credentials/app/", "//v2/credentials//app", "/v2/credentials/app?x=1",
        "/v2/credentials/%61pp", "/v1/credentials?id=app", "/v1/credentials/?id=app", "/v1/credentials?x=1&id=%61pp",
        "/creds", "/creds/", "//creds"}) {
    CAPTURE(target);
    const auto response = stage.ask(get(target));
    CHECK(response.status == 200);
    CHECK(response.headers == Headers{{"Content-Type", "application/json"}});
    CHECK(response.body.view().data() == stage.app.state()->documents.ecs->data());
  }
}

TEST_CASE("the document has ECS's members in ECS's order") {
  Stage stage;
  CHECK(stage.ask(get("/v2/credentials/app")).body.view() ==
        R"({"RoleArn":"arn:aws:iam::111122223333:role/app","AccessKeyId":"ASIAIOSFODNN7EXAMPLE1",)"
        R"("SecretAccessKey":"secret-1","Token":"token-1","Expiration":"2026-11-21T00:37:24Z"})");
}

TEST_CASE("any method is answered, and a forwarded request too, as ECS's agent does") {
  Stage stage;
  for (const char* method : {"GET", "HEAD", "POST", "PUT", "OPTIONS"}) {
    CAPTURE(method);
    auto request = get("/v2/credentials/app", {{"X-Forwarded-For", "1.2.3.4"}, {"Authorization", "ignored"}});
    request.method = method;
    CHECK(stage.ask(request).status == 200);
  }
}

TEST_CASE("without an id, or with one that is not there, the answer is ECS's") {
  Stage stage;
  struct Row {
    const char* target;
    const char* code;
    const char* message;
  };
  for (const Row& row : {
           Row{"/v2/credentials", "NoIdInRequest", "CredentialsV2Request: No Credential ID in the request"},
           Row{"/v2/credentials/", "NoIdInRequest", "CredentialsV2Request: No Credential ID in the request"},
           Row{"/v1/credentials", "NoIdInRequest", "CredentialsV1Request: No Credential ID in the request"},
           Row{"/v1/credentials?id=", "NoIdInRequest", "CredentialsV1Request: No Credential ID in the request"},
           Row{"/v2/credentials/App", "InvalidIdInRequest", "CredentialsV2Request: Credentials not found"},
           Row{"/v2/credentials/app/x", "InvalidIdInRequest", "CredentialsV2Request: Credentials not found"},
           Row{"/v2/credentials/team", "InvalidIdInRequest", "CredentialsV2Request: Credentials not found"},
           Row{"/v1/credentials?id=nobody", "InvalidIdInRequest", "CredentialsV1Request: Credentials not found"},
       }) {
    CAPTURE(row.target);
    check_error(stage.ask(get(row.target)), 400, row.code, row.message);
  }
}

TEST_CASE("any other path is a plain 404") {
  Stage stage;
  for (const char* target : {"/", "/v2", "/v2/credentialsapp", "/v1/credentials/app", "/credsx", "/creds/x",
                             "/latest/meta-data/", "/v2/credentials/../credentials/app", "/v2/credentials/%2e%2e/app",
                             "/v2/credentials/team%2faudit", "/v2/credentials/app%00", "*"}) {
    CAPTURE(target);
    const auto response = stage.ask(get(target));
    CHECK(response.status == 404);
    CHECK(response.headers == Headers{{"Content-Type", "text/plain"}});
    CHECK(response.body == Body("404 page not found\n"));
  }
}

TEST_CASE("credentials with a token are given for exactly that token, on every path to them") {
  Stage stage;
  for (const char* target :
       {"/v2/credentials/team/audit", "/v1/credentials?id=team/audit", "/v1/credentials?id=team%2Faudit", "/x/audit"}) {
    CAPTURE(target);
    const auto response = stage.ask(get(target, {{"authorization", kToken}}));
    CHECK(response.status == 200);
    CHECK(response.body.view().data() == stage.audit.state()->documents.ecs->data());
    const std::string token = kToken;
    for (const auto& headers :
         {Headers{}, Headers{{"Authorization", ""}}, Headers{{"Authorization", "Bearer " + token}},
          Headers{{"Authorization", token.substr(1)}}, Headers{{"Authorization", token + "\n"}},
          Headers{{"Authorization", token + token}}, Headers{{"Authorization", token}, {"Authorization", token}},
          Headers{{"X-Authorization", token}}}) {
      check_error(stage.ask(get(target, headers)), 401, "AuthorizationFailed",
                  "The Authorization header is not the token of these credentials; set "
                  "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE to the configured token_file");
    }
  }
}

TEST_CASE("a token with any byte changed is refused") {
  Stage stage;
  const std::string token = kToken;
  for (std::size_t i = 0; i < token.size(); ++i) {
    auto forged = token;
    forged[i] = static_cast<char>(forged[i] ^ 1);
    CAPTURE(i);
    CHECK(stage.ask(get("/x/audit", {{"Authorization", forged}})).status == 401);
  }
}

TEST_CASE("a refused token is told to the operator without the token") {
  Stage stage;
  (void)stage.ask(get("/x/audit", {{"Authorization", "wrong-one"}}));
  (void)stage.ask(get("/x/audit"));
  REQUIRE(stage.log.lines().size() == 1);
  CHECK(stage.log.contains("containers: refused a request from 127.0.0.1: its Authorization is not the token"));
  CHECK(stage.log.contains("token_file"));
  CHECK_FALSE(stage.log.contains("wrong-one"));
  CHECK_FALSE(stage.log.contains(kToken));
}

TEST_CASE("browsers are refused in JSON, on every path") {
  Stage stage;
  for (const char* target : {"/v2/credentials/app", "/creds", "/nowhere"}) {
    for (const auto& field : {HeaderField{"Host", "evil.com"}, HeaderField{"Origin", "http://127.0.0.1"},
                              HeaderField{"Sec-Fetch-Site", "same-site"}}) {
      CAPTURE(target);
      CAPTURE(field.name);
      const auto response = stage.ask(get(target, {field}));
      CHECK(response.status == 403);
      CHECK(response.body.view().starts_with(R"({"code":"Forbidden","message":")"));
      CHECK(response.body.view().ends_with(R"(,"HTTPErrorCode":403})"));
      CHECK(response.headers == Headers{{"Content-Type", "application/json"}});
    }
  }
}

TEST_CASE("a cold role is waited for where the caller can wait, else it is not initialized") {
  Stage stage;
  check_error(
      stage.ask(get("/v2/credentials/late")), 503, "CredentialsUninitialized",
      "CredentialsV2Request: Credentials uninitialized for ID: the first ones are still being fetched; ask again");
  auto answer = stage.containers.answer(get("/v2/credentials/late"), Patience::kMayWait);
  REQUIRE(std::holds_alternative<std::shared_ptr<Deferred>>(answer));
  int woken = 0;
  std::get<std::shared_ptr<Deferred>>(answer)->on_ready([&] { ++woken; });
  stage.late.publish(fakes::some_credentials(stage.clock.wall()));
  CHECK(woken == 1);
  CHECK(stage.ask(get("/v2/credentials/late")).status == 200);
}

TEST_CASE("a token is asked for before anybody waits") {
  Stage stage;
  fakes::FakeRole cold("cold");
  Containers containers({{"cold", "", &cold, Secret(kToken)}}, {}, stage.clock, stage.log);
  const auto answer = containers.answer(get("/v2/credentials/cold"), Patience::kMayWait);
  REQUIRE(std::holds_alternative<Response>(answer));
  CHECK(std::get<Response>(answer).status == 401);
  CHECK(cold.waiting() == 0);
}

TEST_CASE("a failure that may pass is 503 with its reason, a refusal 403 with STS's code and message") {
  Stage stage;
  stage.late.fail({Error::Kind::kUnavailable, "Timeout", "STS at \"sts.test\" did not answer"});
  check_error(stage.ask(get("/v1/credentials?id=late")), 503, "CredentialsUninitialized",
              R"(CredentialsV1Request: Credentials uninitialized for ID: STS at \"sts.test\" did not answer)");
  stage.late.fail({Error::Kind::kDenied, "AccessDenied", "User u is not authorized to perform: sts:AssumeRole"});
  check_error(stage.ask(get("/v2/credentials/late")), 403, "AccessDenied",
              "User u is not authorized to perform: sts:AssumeRole");
}

TEST_CASE("credentials are served to their end through a failed refresh, and never after it") {
  Stage stage;
  stage.app.fail({Error::Kind::kUnavailable, "Timeout", "STS did not answer"});
  stage.clock.advance(std::chrono::hours(1) - std::chrono::milliseconds(1));
  CHECK(stage.ask(get("/creds")).status == 200);
  stage.clock.advance(std::chrono::milliseconds(1));
  check_error(stage.ask(get("/creds")), 503, "CredentialsUninitialized",
              "CredentialsV2Request: Credentials uninitialized for ID: the last ones ended at 2026-11-21T00:37:24Z and "
              "newer ones are not there: STS did not answer");
}

TEST_CASE("one role's trouble is no other's") {
  Stage stage;
  stage.late.fail({Error::Kind::kDenied, "AccessDenied", "no"});
  CHECK(stage.ask(get("/v2/credentials/late")).status == 403);
  CHECK(stage.ask(get("/v2/credentials/app")).body.view().find("ASIAIOSFODNN7EXAMPLE1") != std::string_view::npos);
}

TEST_CASE("where a person has to act, the code says what is wanted") {
  Stage stage;
  stage.late.fail({Error::Kind::kActionNeeded, "MfaRequired", "role app needs a code of the MFA device m"});
  check_error(stage.ask(get("/v2/credentials/late")), 503, "MfaRequired", "role app needs a code of the MFA device m");
}

}  // namespace
}  // namespace understudy::service
