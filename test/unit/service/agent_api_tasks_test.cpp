#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "agent_requests.hpp"
#include "caller_stage.hpp"
#include "fakes/fake_clock.hpp"
#include "understudy/service/agent_api.hpp"

#include <doctest/doctest.h>

namespace understudy::service {
namespace {

using metadata::ContainerSet;

/// Tasks that change; whoever asks is of none of them.
struct Changing {
  bool is_protected(const std::string& method, const std::string& id) {
    const auto request = request_from("", method, R"({"ProtectionEnabled":true})");
    const auto answer = api.answer(request, state_of(id), Patience::kMustAnswer);
    REQUIRE(answer);
    const auto& told = std::get<Response>(*answer);
    CHECK(told.status == 200);
    return told.body.view().find("true") != std::string_view::npos;
  }
  void now(std::vector<metadata::ContainerPtr> running) { containers.now(ContainerSet::current(std::move(running))); }

  fakes::FakeClock clock;
  ChangingContainers containers;
  TaskLookup tasks{containers, settings()};
  AgentApi api{tasks, clock};
};

/// The same container, started at another time.
metadata::ContainerPtr started(const metadata::ContainerPtr& container, WallTime when) {
  auto again = *container;
  again.started = when;
  return std::make_shared<const metadata::Container>(std::move(again));
}

TEST_CASE("a task that has ended is protected no more when it comes again, whatever was asked meanwhile") {
  const auto blog = container_at("172.18.0.3", "blog", "job");
  const auto web = started(container_at("172.18.0.2", "shop", "web"), WallTime(std::chrono::seconds(1)));
  auto other = *web;
  other.id = std::string(64, 'e');
  for (const bool is_heard_of : {true, false}) {
    for (const auto& again :
         {started(web, WallTime(std::chrono::seconds(2))), std::make_shared<const metadata::Container>(other)}) {
      CAPTURE(is_heard_of);
      Changing stage;
      stage.now({web, blog});
      CHECK(stage.is_protected("PUT", "web"));
      if (is_heard_of) {
        stage.now({blog});
      }
      stage.now({again, blog});
      CHECK_FALSE(stage.is_protected("GET", "web"));
    }
  }
}

TEST_CASE("a task goes on, and its protection, while one of its containers that somebody asked with does") {
  Changing stage;
  const auto web = container_at("172.18.0.2", "shop", "web");
  const auto job = container_at("172.18.0.3", "shop", "job");
  stage.now({web});
  CHECK(stage.is_protected("PUT", "web"));
  stage.now({web, job});
  CHECK(stage.is_protected("GET", "job"));
  stage.now({started(web, WallTime(std::chrono::seconds(2))), job});
  CHECK(stage.is_protected("GET", "web"));
  stage.now({job});
  CHECK(stage.is_protected("GET", "job"));
  stage.now({started(job, WallTime(std::chrono::seconds(3)))});
  CHECK_FALSE(stage.is_protected("GET", "job"));
}

TEST_CASE("the protection of a task that may run still is kept") {
  Changing stage;
  auto& containers = stage.containers;
  const auto shop = container_at("172.18.0.2", "shop", "web");
  const auto blog = container_at("172.18.0.3", "blog", "job");
  const auto is_protected = [&](const std::string& method, const std::string& id) {
    return stage.is_protected(method, id);
  };
  containers.now(ContainerSet::current({shop, blog}));
  CHECK(is_protected("PUT", "web"));
  // It may run still, as far as anybody knows.
  const Error error{Error::Kind::kUnavailable, "Timeout", "no answer in time"};
  containers.now(ContainerSet::current({blog}, error));
  CHECK(is_protected("PUT", "job"));
  containers.now(ContainerSet(error, {blog}));
  CHECK(is_protected("PUT", blog->id));
  containers.now(ContainerSet::current({shop, blog}));
  CHECK(is_protected("GET", "web"));

  containers.now(ContainerSet::current({blog}));
  CHECK(is_protected("PUT", "job"));
  containers.now(ContainerSet::current({shop, blog}));
  CHECK_FALSE(is_protected("GET", "web"));
  CHECK(is_protected("GET", "job"));
}

TEST_CASE("a container that is just starting waits until it is known, and others by their names do not") {
  Changing stage;
  stage.now({container_at("172.18.0.3", "blog", "job")});
  for (const auto& [method, path] : std::vector<std::pair<std::string, std::string>>{
           {"GET", state_of("self")}, {"PUT", state_of("self")}, {"POST", "api/self/fault/v1/network-latency/start"}}) {
    CAPTURE(method);
    stage.now({container_at("172.18.0.3", "blog", "job")});
    const auto request = request_from("172.18.0.2", method, R"({"ProtectionEnabled":true})");
    const auto answer = stage.api.answer(request, path, Patience::kMayWait);
    REQUIRE(answer);
    REQUIRE(std::holds_alternative<std::shared_ptr<Deferred>>(*answer));
    int woken = 0;
    std::get<std::shared_ptr<Deferred>>(*answer)->on_ready([&] { ++woken; });
    CHECK(std::get<Response>(*stage.api.answer(request, path, Patience::kMustAnswer)).status == 404);
    CHECK(woken == 0);
    stage.now({container_at("172.18.0.2", "shop", "web"), container_at("172.18.0.3", "blog", "job")});
    CHECK(woken == 1);
    const auto again = stage.api.answer(request, path, Patience::kMayWait);
    REQUIRE(std::holds_alternative<Response>(*again));
    CHECK(std::get<Response>(*again).status != 404);
  }
  const auto other = stage.api.answer(request_from("172.18.0.9", "GET"), state_of("nobody"), Patience::kMayWait);
  CHECK(std::holds_alternative<Response>(*other));
}

}  // namespace
}  // namespace understudy::service
