#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "caller_stage.hpp"
#include "fakes/fake_clock.hpp"
#include "fakes/fake_roles.hpp"
#include "fakes/recording_log.hpp"
#include "get_request.hpp"
#include "understudy/service/containers.hpp"

#include <doctest/doctest.h>

namespace understudy::service {
namespace {

using metadata::ContainerSet;

constexpr const char* kToken = "an-example-token-of-43-characters-abcdefghi";

CallersSettings settings() {
  CallersSettings made;
  made.path = "/mine";
  made.labels = true;
  made.addresses = {{*AddressRange::parse("10.0.0.0/8"), "app"}, {*AddressRange::parse("10.1.0.0/16"), "audit"}};
  return made;
}

struct Stage {
  Stage() {
    for (auto* const role : {&app, &audit, &other}) {
      role->publish(fakes::some_credentials(clock.wall(), std::string(role->key())));
    }
    containers.now(ContainerSet::current({container_at("172.18.0.2", "shop", "web", {{"understudy.role", "other"}}),
                                          container_at("172.18.0.3", "shop", "job")}));
  }
  static Request request(std::string address, Headers headers = {}, std::string target = "/mine") {
    return get(std::move(target), std::move(headers), std::move(address));
  }
  /// The key of the role whose credentials are answered, or the status and the code.
  std::string told(const Request& asked) {
    const auto response = answer_now(endpoint, asked);
    for (const auto* const role : {&app, &audit, &other}) {
      if (response.body.view().data() == role->state()->documents.ecs->data()) {
        return std::string(role->key());
      }
    }
    const auto body = std::string(response.body.view());
    const auto start = body.find(R"("code":")");
    return std::to_string(response.status) + " " +
           (start == std::string::npos ? body : body.substr(start + 8, body.find('"', start + 8) - start - 8));
  }

  fakes::FakeClock clock;
  fakes::RecordingLog log;
  fakes::FakeRoles roles;
  fakes::FakeRole& app = roles.add("app");
  fakes::FakeRole& audit = roles.add("audit");
  fakes::FakeRole& other = roles.add("other");
  ChangingContainers containers;
  CallerRoles callers{settings(), roles, containers};
  Containers endpoint{{{"app", "", &app, std::nullopt}, {"audit", "", &audit, Secret(kToken)}},
                      {{}, false, ""},
                      clock,
                      log,
                      {.callers = &callers}};
};

TEST_CASE("who names nothing gets its own role, by token before address and label") {
  Stage stage;
  struct Row {
    const char* address;
    Headers headers;
    const char* told;
  };
  for (const auto& [address, headers, told] : std::vector<Row>{
           {"10.0.0.1", {}, "app"},
           {"172.18.0.2", {}, "other"},
           {"172.18.0.3", {}, "403 CallerHasNoRole"},
           {"172.18.0.9", {}, "403 CallerUnknown"},
           {"127.0.0.1", {}, "403 CallerUnknown"},
           {"10.0.0.1", {{"Authorization", kToken}}, "audit"},
           {"172.18.0.9", {{"Authorization", kToken}}, "audit"},
           {"10.0.0.1", {{"Authorization", "wrong"}}, "401 AuthorizationFailed"},
           {"10.0.0.1", {{"Authorization", ""}}, "401 AuthorizationFailed"},
           {"10.0.0.1", {{"Authorization", kToken}, {"Authorization", kToken}}, "401 AuthorizationFailed"},
           // The proxy's address is not the client's.
           {"10.0.0.1", {{"x-forwarded-for", "10.0.0.1"}}, "403 Forbidden"},
           {"172.18.0.2", {{"X-Forwarded-For", ""}}, "403 Forbidden"},
           {"172.18.0.9", {{"X-Forwarded-For", "172.18.0.2"}, {"Authorization", kToken}}, "audit"},
           // Its entry asks for a token, and an address is none.
           {"10.1.0.1", {}, "401 AuthorizationFailed"},
       }) {
    CAPTURE(address);
    CHECK(stage.told(Stage::request(address, headers)) == told);
  }
}

TEST_CASE("who names credentials gets those, whoever it is") {
  Stage stage;
  CHECK(stage.told(Stage::request("172.18.0.2", {}, "/v2/credentials/app")) == "app");
  CHECK(stage.told(Stage::request("172.18.0.9", {}, "/v2/credentials/app")) == "app");
  CHECK(stage.told(Stage::request("172.18.0.2", {}, "/v2/credentials")) == "400 NoIdInRequest");
  CHECK(stage.told(Stage::request("10.0.0.1", {}, "//mine/?x=1")) == "app");
}

TEST_CASE("a caller that nobody knows yet waits for the next news") {
  Stage stage;
  auto answer = stage.endpoint.answer(Stage::request("172.18.0.9"), Patience::kMayWait);
  REQUIRE(std::holds_alternative<std::shared_ptr<Deferred>>(answer));
  int woken = 0;
  std::get<std::shared_ptr<Deferred>>(answer)->on_ready([&] { ++woken; });
  CHECK(woken == 0);
  stage.containers.now(
      ContainerSet::current({container_at("172.18.0.9", "shop", "late", {{"understudy.role", "other"}})}));
  CHECK(woken == 1);
  CHECK(stage.told(Stage::request("172.18.0.9")) == "other");
}

TEST_CASE("a caller that is known at last waits for its role's first credentials, too") {
  Stage stage;
  fakes::FakeRole& cold = stage.roles.add("cold");
  const auto answer = stage.endpoint.answer(Stage::request("172.18.0.9"), Patience::kMayWait);
  REQUIRE(std::holds_alternative<std::shared_ptr<Deferred>>(answer));
  int woken = 0;
  std::get<std::shared_ptr<Deferred>>(answer)->on_ready([&] { ++woken; });
  stage.containers.now(
      ContainerSet::current({container_at("172.18.0.9", "shop", "late", {{"understudy.role", "cold"}})}));
  CHECK(woken == 0);
  cold.publish(fakes::some_credentials(stage.clock.wall(), "cold"));
  CHECK(woken == 1);
  CHECK(answer_now(stage.endpoint, Stage::request("172.18.0.9")).status == 200);
}

TEST_CASE("who will not be known by news is refused at once") {
  Stage stage;
  CHECK(std::holds_alternative<Response>(stage.endpoint.answer(Stage::request("172.18.0.3"), Patience::kMayWait)));
}

TEST_CASE("an engine that is down fails those alone who are known by it, and with 503") {
  Stage stage;
  stage.containers.now(ContainerSet(Error{Error::Kind::kUnavailable, "ConnectionError", "the engine is down"},
                                    stage.containers.snapshot()->containers()));
  CHECK(stage.told(Stage::request("172.18.0.2")) == "503 CallersUnknown");
  CHECK(stage.told(Stage::request("10.0.0.1")) == "app");
  CHECK(stage.told(Stage::request("172.18.0.2", {{"Authorization", kToken}})) == "audit");
  CHECK(stage.told(Stage::request("172.18.0.2", {}, "/v2/credentials/app")) == "app");
}

TEST_CASE("a token that no entry has is not said to be one that is asked for") {
  Stage stage;
  const auto refused = answer_now(stage.endpoint, Stage::request("172.18.0.2", {{"Authorization", "wrong"}}));
  CHECK(refused.body.view().find("for the caller's own role send none") != std::string_view::npos);
  CHECK(stage.log.contains("its Authorization is not the content of any entry's token_file"));
}

TEST_CASE("who is refused is told to the operator") {
  Stage stage;
  (void)stage.told(Stage::request("172.18.0.3"));
  CHECK(stage.log.contains("containers: refused a request from 172.18.0.3: container shop-job-1 has no role"));
}

}  // namespace
}  // namespace understudy::service
