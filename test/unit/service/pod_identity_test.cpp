#include <memory>
#include <string>
#include <utility>
#include <variant>

#include "fakes/fake_handler.hpp"
#include "pod_identity_stage.hpp"

#include <doctest/doctest.h>

namespace understudy::service {
namespace {

TEST_CASE("a pod gets the credentials of its service account's role, in the agent's form") {
  PodIdentityStage stage;
  const auto response = stage.ask(with_token(stage.token()));
  CHECK(response.status == 200);
  CHECK(response.headers == Headers{{"Content-Type", "application/json"}});
  CHECK(response.body.view() ==
        R"({"AccessKeyId":"ASIAIOSFODNN7EXAMPLE1","SecretAccessKey":"secret-1","Token":"token-1",)"
        R"("AccountId":"111122223333","Expiration":"2026-11-21T00:37:24Z"})");
  CHECK(response.body.view().data() == stage.app.state()->documents.pod_identity->data());
}

TEST_CASE("each service account gets its own role, and none gets another's") {
  PodIdentityStage stage;
  struct Row {
    const char* name_space;
    const char* account;
    const char* key;  ///< Empty: there is no association.
  };
  for (const Row& row : {Row{"default", "app", "ASIAIOSFODNN7EXAMPLE1"}, Row{"shop", "app", "ASIAIOSFODNN7EXAMPLE2"},
                         Row{"shop", "cart", ""}, Row{"kube-system", "app", ""}, Row{"default", "App", ""},
                         Row{"default/app", "", ""}, Row{"app", "default", ""}}) {
    CAPTURE(row.name_space);
    CAPTURE(row.account);
    const auto response = stage.ask(with_token(stage.token(row.name_space, row.account)));
    CHECK((response.status == 200) == !std::string(row.key).empty());
    CHECK(response.body.view().find(row.key) != std::string_view::npos);
    CHECK((response.status == 200 || response.body.view().find("ASIA") == std::string_view::npos));
  }
  check_refusal(stage.ask(with_token(stage.token("shop", "cart"))), 404,
                "(ResourceNotFoundException): No association was found for the service account cart in namespace shop, "
                "fault: client");
  CHECK(stage.log.contains("pod_identity: refused a request from 10.0.0.7: the service account"));
}

TEST_CASE("any method and any spelling of the path is answered, other paths are not there") {
  PodIdentityStage stage;
  auto request = with_token(stage.token());
  for (const char* target : {"/v1/credentials", "/v1/credentials/", "//v1/credentials", "/v1/credentials?x=1"}) {
    for (const char* method : {"GET", "POST", "PUT"}) {
      request.target = target;
      request.method = method;
      CHECK(stage.ask(request).status == 200);
    }
  }
  for (const char* target : {"/", "/v1", "/v1/credentials/app", "/v2/credentials/app", "/v1/../v1/credentials"}) {
    request.target = target;
    check_refusal(stage.ask(request), 404, "404 page not found");
  }
}

TEST_CASE("a request for another address than the agent's is refused where that is looked at") {
  PodIdentityStage stage;
  for (const std::string host :
       {"169.254.170.23", "169.254.170.23:80", "[fd00:ec2::23]", "[fd00:ec2::23]:8080", "[FD00:EC2::23]"}) {
    CAPTURE(host);
    auto request = with_token(stage.token());
    request.headers.set("Host", host);
    CHECK(stage.ask(request).status == 200);
  }
  PodIdentityStage open({.host_check = false});
  for (const std::string host : {"127.0.0.1:8170", "localhost", "169.254.170.2", "understudy"}) {
    CAPTURE(host);
    auto request = with_token(stage.token());
    request.headers.set("Host", host);
    check_refusal(
        stage.ask(request), 403,
        "Access Denied. Called agent through invalid address, please use either [169.254.170.23 fd00:ec2::23] "
        "address not " +
            host.substr(0, host.find(':')));
    request.headers.set("Authorization", open.token());
    CHECK(open.ask(request).status == 200);
  }
  CHECK(stage.log.contains("host_check: false"));
}

TEST_CASE("browsers are refused whatever else is right") {
  PodIdentityStage stage({.host_check = false});
  for (const auto& field : {HeaderField{"Host", "evil.com"}, HeaderField{"Origin", "http://127.0.0.1"},
                            HeaderField{"Sec-Fetch-Site", "cross-site"}}) {
    CAPTURE(field.name);
    auto request = with_token(stage.token());
    request.headers.set(field.name, field.value);
    const auto response = stage.ask(request);
    CHECK(response.status == 403);
    CHECK(response.body.view().starts_with("Access Denied. This server does not answer requests from browsers"));
  }
  auto forwarded = with_token(stage.token());
  forwarded.headers.add("X-Forwarded-For", "1.2.3.4");
  CHECK(stage.ask(forwarded).status == 200);
}

TEST_CASE("a cold role is waited for where the caller can wait; a token is looked at before") {
  PodIdentityStage stage;
  const auto request = with_token(stage.token("default", "late"));
  check_refusal(
      stage.ask(request), 503,
      "(ServiceUnavailableException): the first credentials are still being fetched; ask again, fault: server");
  const auto bad = stage.endpoint.answer(with_token("abc"), Patience::kMayWait);
  CHECK(std::holds_alternative<Response>(bad));
  auto answer = stage.endpoint.answer(request, Patience::kMayWait);
  REQUIRE(std::holds_alternative<std::shared_ptr<Deferred>>(answer));
  int woken = 0;
  std::get<std::shared_ptr<Deferred>>(answer)->on_ready([&] { ++woken; });
  stage.late.publish(fakes::some_credentials(stage.clock.wall()));
  CHECK(woken == 1);
  CHECK(stage.ask(request).status == 200);
}

TEST_CASE("a role's failure is told as an error of the service behind the agent") {
  PodIdentityStage stage;
  const auto after = [&](Error error) {
    stage.late.fail(std::move(error));
    return stage.ask(with_token(stage.token("default", "late")));
  };
  check_refusal(after({Error::Kind::kUnavailable, "Timeout", "STS did not answer"}), 503,
                "(ServiceUnavailableException): STS did not answer, fault: server");
  check_refusal(after({Error::Kind::kDenied, "AccessDenied", "u may not"}), 403,
                "(AccessDenied): u may not, fault: client");
  check_refusal(after({Error::Kind::kActionNeeded, "MfaRequired", "a code is needed"}), 503,
                "(MfaRequired): a code is needed, fault: server");
  CHECK(stage.ask(with_token(stage.token())).status == 200);
  const auto later = stage.clock.wall() + std::chrono::hours(1);
  stage.clock.advance(std::chrono::hours(1));
  check_refusal(
      stage.ask(with_token(stage.cluster.token(later))), 503,
      "(ServiceUnavailableException): the last ones ended at 2026-11-21T00:37:24Z and newer ones are not there, "
      "fault: server");
}

TEST_CASE("on the containers listener only what calls the agent by its address is for Pod Identity") {
  const auto fine = [](const Request&, Patience) -> Answer { return Response{}; };
  fakes::FakeHandler containers(fine);
  fakes::FakeHandler pods(fine);
  ContainersAndPodIdentity both(containers, pods);
  struct Row {
    const char* target;
    const char* host;
    bool is_pods;
  };
  for (const Row& row :
       {Row{"/v1/credentials", "169.254.170.23", true}, Row{"/v1/credentials/", "[fd00:ec2::23]", true},
        Row{"/v1/credentials?x=1", "169.254.170.23:1339", true}, Row{"/v1/credentials?id=app", "169.254.170.23", false},
        Row{"/v1/credentials?id=", "169.254.170.23", false}, Row{"/v1/credentials", "169.254.170.2", false},
        Row{"/v1/credentials", "127.0.0.1:1339", false}, Row{"/v2/credentials/app", "169.254.170.23", false},
        Row{"/creds", "169.254.170.23", false}}) {
    CAPTURE(row.target);
    CAPTURE(row.host);
    const auto before = pods.requests().size();
    (void)both.answer(get(row.target, {{"Host", row.host}}), Patience::kMayWait);
    CHECK((pods.requests().size() > before) == row.is_pods);
  }
  CHECK(containers.requests().size() == 6);
}

}  // namespace
}  // namespace understudy::service
