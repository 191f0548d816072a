#include "understudy/service/embedded_sts.hpp"

#include <functional>
#include <string>
#include <vector>

#include "fakes/fake_clock.hpp"
#include "fakes/recording_log.hpp"
#include "fakes/sts_caller.hpp"

#include <doctest/doctest.h>

namespace understudy::service {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

const std::string kKeyId = "AKIAIOSFODNN7EXAMPLE";
const std::string kSecret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const std::string kIdentity = "Action=GetCallerIdentity&Version=2011-06-15";

/// An embedded STS that knows jane, and a client of it.
struct Stage {
  explicit Stage(std::string region = "us-east-1")
      : sts({{{"jane", kKeyId, Secret(kSecret), "111122223333", {}}}, {}, "999988887777", std::move(region), Secret()},
            clock, log) {}

  fakes::FakeClock clock;
  fakes::RecordingLog log;
  EmbeddedSts sts;
  HandlerClient http{sts};
  fakes::StsCaller caller{http, clock};
  aws::Credentials jane{kKeyId, Secret(kSecret), {}, {}, {}, "", ""};

  [[nodiscard]] aws::Credentials session() const {
    return *caller
                .call(aws::AssumeRole{"arn:aws:iam::111122223333:role/app", "me", {}, {}, {}, {}, "", "", "", "", {}},
                      &jane)
                ->credentials;
  }
};

void check_error(const Response& response, int status, const std::string& code, const std::string& message) {
  const auto error = aws::parse_error(response);
  CAPTURE(error.message);
  CHECK(response.status == status);
  CHECK(response.body.view().find("<Code>" + code + "</Code>") != std::string_view::npos);
  CHECK(error.message.find(message) != std::string::npos);
  CHECK(response.headers.get("x-amzn-requestid")->size() == 36);
}

TEST_CASE("a signed caller learns who it is") {
  Stage stage;
  const auto answer = stage.caller.call(aws::GetCallerIdentity{}, &stage.jane);
  REQUIRE(answer.has_value());
  CHECK(answer->arn == "arn:aws:iam::111122223333:user/jane");
  CHECK(answer->account == "111122223333");
  CHECK(answer->user_id.starts_with("AIDA"));
}

TEST_CASE("what is no call of STS is refused before anything else") {
  Stage stage;
  struct Row {
    std::string method;
    std::string target;
    std::string body;
    int status;
    std::string code;
  };
  const std::vector<Row> rows = {
      {"GET", "/", "", 400, "MissingAction"},
      {"POST", "/", "", 400, "MissingAction"},
      {"GET", "/?Version=2011-06-15", "", 400, "MissingAction"},
      {"POST", "/", "Action=Nothing&Version=2011-06-15", 400, "InvalidAction"},
      {"POST", "/", "Action=GetCallerIdentity", 400, "InvalidAction"},
      {"GET", "/health", "", 404, "UnknownOperationException"},
      {"POST", "//", kIdentity, 404, "UnknownOperationException"},
      {"PUT", "/", kIdentity, 405, "UnsupportedMethod"},
      {"GET", "/", kIdentity, 400, "MissingAction"},
      {"POST", "/", std::string(3000, '%'), 400, "MissingAction"},
      {"POST", "/", kIdentity, 403, "MissingAuthenticationToken"},
      {"GET", "/?" + kIdentity, "", 403, "MissingAuthenticationToken"},
      {"POST", "/?" + kIdentity, "", 403, "MissingAuthenticationToken"},
      // A stranger does not learn what is wrong with its parameters.
      {"POST", "/", "Action=AssumeRole&Version=2011-06-15", 403, "MissingAuthenticationToken"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.method + " " + row.target + " " + row.body.substr(0, 60));
    check_error(answer_now(stage.sts, {row.method, row.target, {{"Host", "sts"}}, row.body, {}}), row.status, row.code,
                "");
  }
}

TEST_CASE("a spoilt signature is refused with AWS's words") {
  const std::string mismatch = "The request signature we calculated does not match";
  struct Row {
    std::string name;
    std::function<void(Request&)> spoil;
    std::string code;
    std::string message;
  };
  const auto edit = [](Request& request, const std::string& from, const std::string& to) {
    std::string value(request.headers.get("Authorization").value());
    const auto at = value.find(from);
    REQUIRE(at != value.npos);
    request.headers.set("Authorization", value.replace(at, from.size(), to));
  };
  const std::vector<Row> rows = {
      {"body", [](Request& r) { r.body += "&x=1"; }, "SignatureDoesNotMatch", mismatch},
      {"host", [](Request& r) { r.headers.set("Host", "other"); }, "SignatureDoesNotMatch", mismatch},
      {"query", [](Request& r) { r.target = "/?x=1"; }, "SignatureDoesNotMatch", mismatch},
      {"method",
       [](Request& r) {
         r.method = "GET";
         r.target = "/?" + kIdentity;
       },
       "SignatureDoesNotMatch", mismatch},
      {"one second later", [](Request& r) { r.headers.set("X-Amz-Date", "20261120T233725Z"); }, "SignatureDoesNotMatch",
       mismatch},
      {"another key", [&](Request& r) { edit(r, kKeyId, "AKIAIOSFODNN7EXAMPLF"); }, "InvalidClientTokenId",
       "The security token included in the request is invalid."},
      {"another service", [&](Request& r) { edit(r, "/sts/", "/iam/"); }, "SignatureDoesNotMatch",
       "Credential should be scoped to correct service: 'sts'"},
      {"another region", [&](Request& r) { edit(r, "us-east-1", "us-west-2"); }, "SignatureDoesNotMatch",
       "Credential should be scoped to a valid region"},
      {"another day", [&](Request& r) { edit(r, "/20261120/", "/20261119/"); }, "SignatureDoesNotMatch", "date"},
      {"no signature part", [&](Request& r) { edit(r, "Signature=", "Signatur="); }, "IncompleteSignature", ""},
      {"another scheme", [](Request& r) { r.headers.set("Authorization", "Basic x"); }, "IncompleteSignature", ""},
      {"a token beside long-term keys", [](Request& r) { r.headers.set("X-Amz-Security-Token", "x"); },
       "InvalidClientTokenId", ""},
  };
  Stage stage;
  for (const auto& row : rows) {
    CAPTURE(row.name);
    auto request = stage.caller.request(kIdentity, &stage.jane);
    row.spoil(request);
    check_error(stage.caller.send(request), row.code == "IncompleteSignature" ? 400 : 403, row.code, row.message);
  }
}

TEST_CASE("a wrong secret never passes") {
  Stage stage;
  for (const auto& secret : {std::string("wrong"), std::string(), kSecret + "x", kSecret.substr(1)}) {
    const aws::Credentials impostor{kKeyId, Secret(secret), {}, {}, {}, "", ""};
    check_error(stage.caller.send(stage.caller.request(kIdentity, &impostor)), 403, "SignatureDoesNotMatch",
                "Check your AWS Secret Access Key");
  }
}

TEST_CASE("a signature is good for five minutes around its time") {
  Stage stage;
  const auto request = stage.caller.request(kIdentity, &stage.jane);
  const auto signed_at = stage.clock.wall();
  stage.clock.set_wall(signed_at + minutes(5));
  CHECK(stage.caller.send(request).status == 200);
  stage.clock.set_wall(signed_at - minutes(5));
  CHECK(stage.caller.send(request).status == 200);
  stage.clock.set_wall(signed_at + minutes(5) + seconds(1));
  check_error(stage.caller.send(request), 403, "SignatureDoesNotMatch",
              "Signature expired: 20261120T233724Z is now earlier than 20261120T233725Z (20261120T234225Z - 5 min.)");
  stage.clock.set_wall(signed_at - minutes(5) - seconds(1));
  check_error(stage.caller.send(request), 403, "SignatureDoesNotMatch",
              "Signature not yet current: 20261120T233724Z is still later than 20261120T233723Z (20261120T233223Z + 5 "
              "min.)");
}

TEST_CASE("a presigned query is verified as well, and good for 15 minutes whatever it says") {
  Stage stage;
  for (const auto& credentials : {stage.jane, stage.session()}) {
    Request request{"GET", "/?" + kIdentity, {{"Host", "sts.us-east-1.amazonaws.com"}, {"x-k8s-aws-id", "c"}}, "", {}};
    aws::presign_request(request, credentials, "us-east-1", "sts", stage.clock.wall(), minutes(1));
    CHECK(stage.caller.send(request).status == 200);
    auto in_json = request;
    in_json.headers.add("Accept", "application/json");
    CHECK(stage.caller.send(in_json).headers.get("Content-Type") == "application/json");
    auto spoilt = request;
    spoilt.headers.set("x-k8s-aws-id", "d");
    check_error(stage.caller.send(spoilt), 403, "SignatureDoesNotMatch", "does not match");
    const auto signed_at = stage.clock.wall();
    stage.clock.set_wall(signed_at + minutes(15));
    CHECK(stage.caller.send(request).status == 200);
    stage.clock.set_wall(signed_at + minutes(15) + seconds(1));
    check_error(stage.caller.send(request), 403, "SignatureDoesNotMatch", "- 15 min.)");
    stage.clock.set_wall(signed_at);
  }
}

TEST_CASE("a session's token is taken whole, with its own key, until it ends") {
  Stage stage;
  const auto session = stage.session();
  const auto identity = stage.caller.call(aws::GetCallerIdentity{}, &session);
  REQUIRE(identity.has_value());
  CHECK(identity->arn == "arn:aws:sts::111122223333:assumed-role/app/me");

  auto bare = session;
  bare.session_token.reset();
  check_error(stage.caller.send(stage.caller.request(kIdentity, &bare)), 403, "InvalidClientTokenId", "");
  auto crossed = session;
  crossed.session_token = stage.session().session_token;
  check_error(stage.caller.send(stage.caller.request(kIdentity, &crossed)), 403, "InvalidClientTokenId", "");
  auto wrong_secret = session;
  wrong_secret.secret_access_key = Secret(kSecret);
  check_error(stage.caller.send(stage.caller.request(kIdentity, &wrong_secret)), 403, "SignatureDoesNotMatch", "");

  const std::string token(session.session_token->reveal());
  for (std::size_t i = 0; i < token.size(); ++i) {
    auto flipped = token;
    flipped[i] = static_cast<char>(flipped[i] ^ 1);
    auto tampered = session;
    tampered.session_token = Secret(flipped);
    CAPTURE(i);
    CHECK(stage.caller.call(aws::GetCallerIdentity{}, &tampered).error().code == "InvalidClientTokenId");
  }

  stage.clock.set_wall(*session.expiration - seconds(1));
  CHECK(stage.caller.call(aws::GetCallerIdentity{}, &session).has_value());
  stage.clock.set_wall(*session.expiration);
  check_error(stage.caller.send(stage.caller.request(kIdentity, &session)), 403, "ExpiredToken",
              "The security token included in the request is expired");
}

TEST_CASE("sessions outlive the process where the seal key does") {
  fakes::FakeClock clock;
  fakes::RecordingLog log;
  const StsUser jane{"jane", kKeyId, Secret(kSecret), "111122223333", {}};
  const auto sts_with = [&](std::string_view seal_key) {
    return EmbeddedStsSettings{{jane}, {}, "111122223333", "us-east-1", Secret(seal_key)};
  };
  EmbeddedSts first(sts_with("one seal key of many bytes"), clock, log);
  EmbeddedSts second(sts_with("one seal key of many bytes"), clock, log);
  EmbeddedSts stranger(sts_with("another seal key of many bytes"), clock, log);
  const auto call_at = [&](EmbeddedSts& sts, const aws::StsCall& call, const aws::Credentials& credentials) {
    HandlerClient http(sts);
    return fakes::StsCaller(http, clock).call(call, &credentials);
  };
  const aws::Credentials keys{kKeyId, Secret(kSecret), {}, {}, {}, "", ""};
  const auto session = *call_at(first, aws::GetSessionToken{}, keys)->credentials;
  CHECK(call_at(second, aws::GetCallerIdentity{}, session).has_value());
  CHECK(call_at(stranger, aws::GetCallerIdentity{}, session).error().code == "InvalidClientTokenId");
}

TEST_CASE("without a region of its own it takes signatures for any") {
  Stage stage("");
  CHECK(stage.caller.send(stage.caller.request(kIdentity, &stage.jane, "ap-southeast-7")).status == 200);
  Stage chinese("cn-north-1");
  const auto request = chinese.caller.request(kIdentity, &chinese.jane, "cn-north-1");
  CHECK(fakes::StsCaller::read("GetCallerIdentity", chinese.caller.send(request))->arn ==
        "arn:aws-cn:iam::111122223333:user/jane");
}

TEST_CASE("users may be added, but not two with one key id") {
  Stage stage;
  CHECK(stage.sts.add_user({"base", "AKIAI44QH8DHBEXAMPLE", Secret("second"), "", {}}).has_value());
  const aws::Credentials base{"AKIAI44QH8DHBEXAMPLE", Secret("second"), {}, {}, {}, "", ""};
  CHECK(stage.caller.call(aws::GetCallerIdentity{}, &base)->arn == "arn:aws:iam::999988887777:user/base");

  CHECK(stage.sts.add_user({"again", kKeyId, Secret(kSecret), "", {}}).has_value());
  const auto refused = stage.sts.add_user({"joe", kKeyId, Secret("other"), "", {}});
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().message.find("...MPLE") != std::string::npos);
  CHECK(refused.error().message.find(kKeyId) == std::string::npos);
  CHECK(stage.caller.call(aws::GetCallerIdentity{}, &stage.jane)->arn == "arn:aws:iam::111122223333:user/jane");
}

TEST_CASE("of two users of the configuration with one key id the first counts, which is told") {
  const fakes::FakeClock clock;
  fakes::RecordingLog log;
  const StsUser jane{"jane", kKeyId, Secret(kSecret), "", {}};
  const StsUser joe{"joe", kKeyId, Secret("other"), "", {}};
  const EmbeddedSts sts({{jane, joe}, {}, "999988887777", "us-east-1", Secret()}, clock, log);
  CHECK(log.count(LogLevel::kWarning,
                  "as \"jane\" and as \"joe\": leave one of them out. The embedded STS ignores the second.") == 1);
}

TEST_CASE("temporary keys of others come with their session token or not at all") {
  Stage stage;
  REQUIRE(stage.sts.add_user({"env", "ASIAIOSFODNN7EXAMPLE", Secret("s"), "", Secret("foreign")}).has_value());
  aws::Credentials keys{"ASIAIOSFODNN7EXAMPLE", Secret("s"), Secret("foreign"), {}, {}, "", ""};
  CHECK(stage.caller.call(aws::GetCallerIdentity{}, &keys).has_value());
  keys.session_token = Secret("other");
  CHECK(stage.caller.call(aws::GetCallerIdentity{}, &keys).error().code == "InvalidClientTokenId");
  keys.session_token.reset();
  CHECK(stage.caller.call(aws::GetCallerIdentity{}, &keys).error().code == "InvalidClientTokenId");
}

TEST_CASE("calls are counted by action, refused ones too") {
  Stage stage;
  (void)stage.session();
  (void)stage.caller.call(aws::GetCallerIdentity{}, &stage.jane);
  (void)stage.caller.call(aws::GetCallerIdentity{}, nullptr);
  CHECK(stage.sts.calls("AssumeRole") == 1);
  CHECK(stage.sts.calls("GetCallerIdentity") == 2);
  CHECK(stage.sts.calls("GetSessionToken") == 0);
  CHECK(stage.sts.calls("Unheard") == 0);
}

}  // namespace
}  // namespace understudy::service
