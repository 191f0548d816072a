#include "understudy/service/agent_api.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "agent_requests.hpp"
#include "caller_stage.hpp"
#include "fakes/fake_clock.hpp"

#include <doctest/doctest.h>

namespace understudy::service {
namespace {

struct Stage {
  std::optional<Answer> ask(const std::string& method, const std::string& path, std::string body = "",
                            std::string from = "172.18.0.2") {
    return api.answer(request_from(std::move(from), method, std::move(body)), path, Patience::kMustAnswer);
  }
  /// `200 {..}`
  std::string told(const std::string& method, const std::string& path, std::string body = "",
                   std::string from = "172.18.0.2") {
    const auto answer = ask(method, path, std::move(body), std::move(from));
    REQUIRE(answer);
    const auto& response = std::get<Response>(*answer);
    return std::to_string(response.status) + " " + std::string(response.body.view());
  }
  std::string put(std::string body) { return told("PUT", state_of("web"), std::move(body)); }
  std::string get(const std::string& id = "web", std::string from = "172.18.0.2") {
    return told("GET", state_of(id), "", std::move(from));
  }

  fakes::FakeClock clock;
  metadata::FixedContainers containers{{container_at("172.18.0.2", "shop", "web"),
                                        container_at("172.18.0.3", "blog", "job"),
                                        container_at("172.18.0.4", "", "self")}};
  TaskLookup tasks{containers, settings()};
  AgentApi api{tasks, clock};
};

const std::string kNone = R"(200 {"protection":{"ExpirationDate":null,"ProtectionEnabled":false,"TaskArn":"arn:T"}})";

std::string until(const std::string& time) {
  return R"(200 {"protection":{"ExpirationDate":")" + time + R"(","ProtectionEnabled":true,"TaskArn":"arn:T"}})";
}

TEST_CASE("protection is told, kept until it ends, and taken back") {
  Stage stage;
  CHECK(stage.get() == kNone);
  // The fake clock begins at 2026-11-20T23:37:24Z.
  CHECK(stage.put(R"({"ProtectionEnabled":true})") == until("2026-11-21T01:37:24Z"));
  CHECK(stage.get("self") == until("2026-11-21T01:37:24Z"));
  CHECK(stage.put(R"({"ProtectionEnabled":true,"ExpiresInMinutes":1})") == until("2026-11-20T23:38:24Z"));
  stage.clock.advance(std::chrono::seconds(59));
  CHECK(stage.get() == until("2026-11-20T23:38:24Z"));
  stage.clock.advance(std::chrono::seconds(1));
  CHECK(stage.get() == kNone);
  CHECK(stage.put(R"({"protectionenabled":true,"expiresInMinutes":2880})") == until("2026-11-22T23:38:24Z"));
  CHECK(stage.put(R"({"ProtectionEnabled":false,"ExpiresInMinutes":null})") == kNone);
  CHECK(stage.get() == kNone);
}

TEST_CASE("protection is taken back whatever minutes are sent with it") {
  Stage stage;
  for (const char* minutes : {"0", "-1", "60", "2881"}) {
    CAPTURE(minutes);
    CHECK(stage.put(R"({"ProtectionEnabled":true})") == until("2026-11-21T01:37:24Z"));
    CHECK(stage.put(std::string(R"({"ProtectionEnabled":false,"ExpiresInMinutes":)") + minutes + "}") == kNone);
    CHECK(stage.get() == kNone);
  }
}

TEST_CASE("who goes on in another's place protects the same tasks, also those that ask the other meanwhile") {
  Stage before;
  CHECK(before.put(R"({"ProtectionEnabled":true,"ExpiresInMinutes":10})") == until("2026-11-20T23:47:24Z"));
  AgentApi next(before.tasks, before.clock);
  next.continue_from(before.api);
  const auto told = [&] {
    const auto answer = next.answer(request_from("172.18.0.2", "GET"), state_of("web"), Patience::kMustAnswer);
    return "200 " + std::string(std::get<Response>(answer.value()).body.view());
  };
  CHECK(told() == until("2026-11-20T23:47:24Z"));
  CHECK(before.put(R"({"ProtectionEnabled":true,"ExpiresInMinutes":20})") == until("2026-11-20T23:57:24Z"));
  CHECK(told() == until("2026-11-20T23:57:24Z"));
  CHECK(before.put(R"({"ProtectionEnabled":false})") == kNone);
  CHECK(told() == kNone);
}

TEST_CASE("one task's protection is no other's") {
  Stage stage;
  (void)stage.put(R"({"ProtectionEnabled":true})");
  CHECK(stage.get("job", "172.18.0.3") ==
        R"(200 {"protection":{"ExpirationDate":null,"ProtectionEnabled":false,"TaskArn":"arn:B"}})");
}

TEST_CASE("self is who asks, whoever is called so") {
  Stage stage;
  (void)stage.told("PUT", "api/self/task-protection/v1/state", R"({"ProtectionEnabled":true})");
  CHECK(stage.get("self") == until("2026-11-21T01:37:24Z"));
  CHECK(stage.get() == stage.get("self"));
}

TEST_CASE("by its name nobody protects the task of another") {
  Stage stage;
  const std::string gone =
      R"(404 {"error":{"Code":"ResourceNotFoundException","Message":"Failed to find a task for the request"}})";
  const std::string wish = R"({"ProtectionEnabled":true})";
  for (const char* id : {"job", "blog-job-1"}) {
    CAPTURE(id);
    CHECK(stage.told("PUT", state_of(id), wish) == gone);
    CHECK(stage.get(id) == gone);
    CHECK(stage.told("POST", std::string("api/") + id + "/fault/v1/network-latency/start", "{}").starts_with("404 "));
  }
  CHECK(stage.told("PUT", state_of("job"), wish, "10.9.9.9").starts_with("200 "));
  CHECK(stage.get(std::string(61, '0') + "job").starts_with("200 "));
}

TEST_CASE("what makes no sense is refused in the agent's words") {
  Stage stage;
  const auto refused = [](const std::string& message) {
    return R"(400 {"error":{"Arn":"arn:T","Code":"InvalidParameterException","Message":")" + message + R"("}})";
  };
  // It is decoded before the task is looked for, so the error does not name one.
  const std::string undecodable =
      R"(400 {"error":{"Code":"InvalidParameterException","Message":"UpdateTaskProtection: failed to decode request"}})";
  for (const char* body :
       {"", "{", "[]", "true", R"({"ProtectionEnabled":"true"})",
        R"({"ProtectionEnabled":true,"ExpiresInMinutes":1.5})", R"({"ProtectionEnabled":true,"ExpiresInMinutes":"60"})",
        R"({"ProtectionEnabled":true,"Other":1})", R"({"ProtectionEnabled":true} x)"}) {
    CAPTURE(body);
    CHECK(stage.put(body) == undecodable);
    CHECK(stage.told("PUT", "api/nobody/task-protection/v1/state", body) == undecodable);
  }
  for (const char* body : {"{}", R"({"ExpiresInMinutes":60})", R"({"ProtectionEnabled":null})"}) {
    CAPTURE(body);
    CHECK(stage.put(body) == refused("Invalid request: does not contain 'ProtectionEnabled' field"));
  }
  for (const char* minutes : {"0", "-1", "2881", "9223372036854775807"}) {
    CAPTURE(minutes);
    CHECK(stage.put(std::string(R"({"ProtectionEnabled":true,"ExpiresInMinutes":)") + minutes + "}") ==
          refused("Invalid request: ExpiresInMinutes has to be 1 to 2880"));
  }
  CHECK(stage.get() == kNone);
}

TEST_CASE("whom nobody knows is not found") {
  Stage stage;
  const std::string gone =
      R"(404 {"error":{"Code":"ResourceNotFoundException","Message":"Failed to find a task for the request"}})";
  CHECK(stage.get("nobody") == gone);
  CHECK(stage.told("PUT", "api/nobody/task-protection/v1/state", "{}") == gone);
  CHECK(stage.told("POST", "api/nobody/fault/v1/network-latency/start") ==
        R"(404 {"Error":"unable to lookup container: nobody"})");
}

TEST_CASE("faults are those of a task that did not enable them") {
  Stage stage;
  for (const char* type : {"network-blackhole-port", "network-latency", "network-packet-loss"}) {
    for (const char* action : {"start", "stop", "status"}) {
      CHECK(stage.told("POST", std::string("api/web/fault/v1/") + type + "/" + action, "{}") ==
            R"(400 {"Error":"enableFaultInjection is not enabled for task: arn:T"})");
    }
  }
}

TEST_CASE("other methods are not allowed, and other paths are none of its own") {
  Stage stage;
  for (const char* method : {"POST", "DELETE", "PATCH"}) {
    CHECK(stage.told(method, "api/web/task-protection/v1/state") == "405 ");
  }
  CHECK(stage.told("GET", "api/web/fault/v1/network-latency/start") == "405 ");
  for (const char* path : {"api", "api/web", "api/web/task-protection/v1", "api/web/task-protection/v2/state",
                           "api/web/task-protection/v1/state/x", "api/web/fault/v1/cpu/start",
                           "api/web/fault/v1/network-latency/pause", "v4/web"}) {
    CAPTURE(path);
    CHECK_FALSE(stage.ask("GET", path));
  }
}

}  // namespace
}  // namespace understudy::service
