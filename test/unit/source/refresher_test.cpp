#include "understudy/source/refresher.hpp"

#include <future>
#include <memory>
#include <thread>
#include <vector>

#include "fakes/fake_clock.hpp"
#include "fakes/fake_source.hpp"
#include "fakes/recording_log.hpp"

#include <doctest/doctest.h>

namespace understudy::source {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

struct Stage {
  fakes::FakeClock clock;
  fakes::RecordingLog log;
  std::vector<fakes::FakeSource*> sources;
  std::vector<std::unique_ptr<CachedRole>> roles;

  CachedRole& add() {
    auto source = std::make_unique<fakes::FakeSource>(clock);
    sources.push_back(source.get());
    roles.push_back(std::make_unique<CachedRole>(
        CachedRole::Settings{"role" + std::to_string(roles.size()), "", std::move(source), [](CachedRole&) {}}, clock,
        log, [] { return 0.0; }));
    return *roles.back();
  }
};

/// Waits until the first fetch is through, not only under way; false after ten seconds without.
bool wait_settled(CachedRole& role) {
  auto settled = std::make_shared<std::promise<void>>();
  auto future = settled->get_future();
  role.on_settled([settled] { settled->set_value(); });
  return future.wait_for(seconds(10)) == std::future_status::ready;
}

TEST_CASE("a watched role is fetched, and again when it is due") {
  Stage stage;
  auto& role = stage.add();
  Refresher refresher(stage.clock);
  refresher.watch(role);
  REQUIRE(wait_settled(role));
  stage.clock.advance(minutes(36));
  refresher.wake();
  REQUIRE(stage.sources[0]->wait_for_calls(2));
  refresher.stop();
  CHECK(role.state()->generation == 2);
}

TEST_CASE("a failed role is tried again by itself") {
  Stage stage;
  auto& role = stage.add();
  stage.sources[0]->then(Error{Error::Kind::kUnavailable, "ConnectionError", "no answer"});
  Refresher refresher(stage.clock);
  refresher.ask(role);
  REQUIRE(wait_settled(role));
  stage.clock.advance(seconds(1));
  refresher.wake();
  REQUIRE(stage.sources[0]->wait_for_calls(2));
  refresher.stop();
  CHECK(role.state()->credentials.has_value());
  CHECK_FALSE(role.state()->error);
}

TEST_CASE("a slow role does not keep another one waiting") {
  Stage stage;
  auto& slow = stage.add();
  auto& quick = stage.add();
  stage.sources[0]->close();
  Refresher refresher(stage.clock, 2);
  refresher.ask(quick);
  REQUIRE(wait_settled(quick));
  refresher.ask(slow);
  REQUIRE(stage.sources[0]->wait_for_calls(1));
  stage.clock.advance(minutes(36));
  refresher.wake();
  CHECK(stage.sources[1]->wait_for_calls(2));
  stage.sources[0]->open();
  refresher.stop();
  CHECK(slow.state()->credentials.has_value());
}

TEST_CASE("asking for a role that is being fetched does not fetch it twice") {
  Stage stage;
  auto& role = stage.add();
  stage.sources[0]->close();
  Refresher refresher(stage.clock);
  refresher.ask(role);
  REQUIRE(stage.sources[0]->wait_for_calls(1));
  for (int i = 0; i < 100; ++i) {
    refresher.ask(role);
  }
  stage.sources[0]->open();
  refresher.stop();
  CHECK(stage.sources[0]->calls() == 1);
}

TEST_CASE("a watched role that somebody else fetched in the meantime is not fetched again") {
  Stage stage;
  auto& slow = stage.add();
  auto& chained = stage.add();
  auto& last = stage.add();
  stage.sources[0]->close();
  Refresher refresher(stage.clock, 1);
  refresher.watch(slow);
  REQUIRE(stage.sources[0]->wait_for_calls(1));
  refresher.watch(chained);
  refresher.watch(last);
  CHECK(chained.get(Freshness::kCached).has_value());
  stage.sources[0]->open();
  REQUIRE(stage.sources[2]->wait_for_calls(1));
  refresher.stop();
  CHECK(stage.sources[1]->calls() == 1);
}

TEST_CASE("no more than the given threads fetch at once, and all roles get their turn") {
  Stage stage;
  for (int i = 0; i < 5; ++i) {
    stage.add();
    stage.sources.back()->close();
  }
  Refresher refresher(stage.clock, 2);
  for (auto& role : stage.roles) {
    refresher.ask(*role);
  }
  REQUIRE(stage.sources[0]->wait_for_calls(1));
  REQUIRE(stage.sources[1]->wait_for_calls(1));
  CHECK(stage.sources[2]->calls() + stage.sources[3]->calls() + stage.sources[4]->calls() == 0);
  for (auto* source : stage.sources) {
    source->open();
  }
  for (auto* source : stage.sources) {
    CHECK(source->wait_for_calls(1));
  }
  refresher.stop();
}

TEST_CASE("after stop nothing is fetched any more") {
  Stage stage;
  auto& role = stage.add();
  Refresher refresher(stage.clock);
  refresher.stop();
  refresher.ask(role);
  refresher.stop();
  CHECK(stage.sources[0]->calls() == 0);
}

TEST_CASE("a role that is forgotten is fetched no more, and not while it is being fetched") {
  Stage stage;
  auto& role = stage.add();
  stage.sources[0]->close();
  Refresher refresher(stage.clock);
  CHECK(refresher.forget(role));
  refresher.watch(role);
  REQUIRE(stage.sources[0]->wait_for_calls(1));
  CHECK_FALSE(refresher.forget(role));
  stage.sources[0]->open();
  REQUIRE(wait_settled(role));
  while (!refresher.forget(role)) {
    std::this_thread::yield();
  }
  auto& other = stage.add();
  stage.clock.advance(minutes(50));
  refresher.watch(other);
  REQUIRE(wait_settled(other));
  refresher.stop();
  CHECK(stage.sources[0]->calls() == 1);
}

}  // namespace
}  // namespace understudy::source
