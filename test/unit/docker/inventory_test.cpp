#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "inventory_stage.hpp"

#include <doctest/doctest.h>

namespace understudy::docker {
namespace {

using namespace std::chrono_literals;
using Stage = InventoryStage;

std::shared_ptr<const std::function<void()>> counting(std::atomic<int>& calls) {
  return std::make_shared<const std::function<void()>>([&calls] { ++calls; });
}

TEST_CASE("before the first attempt nobody is known") {
  const Stage stage;
  const auto snapshot = stage.inventory.snapshot();
  CHECK_FALSE(snapshot->is_current());
  CHECK_FALSE(snapshot->error());
  CHECK(snapshot->containers().empty());
}

TEST_CASE("who runs at the start is known once events are followed, which begin before the list") {
  Stage stage;
  stage.engine.put(running(kFirst, "web", "172.18.0.2"));
  auto ended = running(kSecond, "old", "172.18.0.3");
  ended.status = metadata::ContainerStatus::kStopped;
  stage.engine.put(ended);
  stage.start();
  CHECK(stage.inventory.snapshot()->is_current());
  CHECK(stage.inventory.snapshot()->containers().size() == 1);
  CHECK(stage.at("172.18.0.2") == "web");
  CHECK(stage.at("172.18.0.3").empty());
  CHECK(stage.engine.asked() == std::vector<std::string>{"follow", "list", "inspect " + kFirst, "inspect " + kSecond});
  CHECK(stage.engine.since() < stage.clock.wall());
  CHECK(stage.log.count(LogLevel::kInfo, "1 run now") == 1);
}

TEST_CASE("who waits for news is woken by them once, and at once where they are there already") {
  Stage stage;
  stage.start();
  const auto seen = stage.inventory.snapshot();
  std::atomic<int> woken{0};
  const auto wake = counting(woken);
  stage.inventory.on_change(seen, wake);
  CHECK(woken == 0);
  stage.happens(Kind::kEnded, kFirst);
  CHECK(woken == 1);
  stage.happens(Kind::kEnded, kFirst);
  CHECK(woken == 1);
  stage.inventory.on_change(seen, wake);
  CHECK(woken == 2);
}

TEST_CASE("those who gave up take nobody's place") {
  Stage stage;
  stage.start();
  const auto seen = stage.inventory.snapshot();
  for (int i = 0; i < 1000; ++i) {
    stage.inventory.on_change(seen, std::make_shared<const std::function<void()>>([] {}));
  }
  std::atomic<int> woken{0};
  const auto wake = counting(woken);
  stage.inventory.on_change(seen, wake);
  CHECK(woken == 0);
  stage.happens(Kind::kEnded, kFirst);
  CHECK(woken == 1);
}

TEST_CASE("many who wait leave room for who comes later") {
  Stage stage;
  stage.start();
  const auto seen = stage.inventory.snapshot();
  std::atomic<int> woken{0};
  const auto wake = counting(woken);
  for (int i = 0; i < 10000; ++i) {
    stage.inventory.on_change(seen, wake);
  }
  CHECK(woken == 0);
  stage.happens(Kind::kEnded, kFirst);
  CHECK(woken == 10000);
}

TEST_CASE("a container that starts, changes and ends is followed") {
  Stage stage;
  stage.start();
  stage.engine.put(running(kFirst, "web", "172.18.0.2"));
  CHECK(stage.at("172.18.0.2").empty());
  stage.happens(Kind::kStarted, kFirst);
  CHECK(stage.at("172.18.0.2") == "web");

  stage.engine.put(running(kFirst, "shop", "172.18.0.9"));
  stage.happens(Kind::kChanged, kFirst);
  CHECK(stage.at("172.18.0.9") == "shop");
  CHECK(stage.at("172.18.0.2").empty());
  CHECK(stage.inventory.snapshot()->by_name("web") == nullptr);

  stage.happens(Kind::kEnded, kFirst);
  CHECK(stage.inventory.snapshot()->containers().empty());
  CHECK(stage.inventory.snapshot()->is_current());
}

TEST_CASE("an address is forgotten at the end of its container, with no question asked") {
  Stage stage;
  stage.engine.put(running(kFirst, "web", "172.18.0.2"));
  stage.start();
  const auto before = stage.engine.asked();
  stage.happens(Kind::kEnded, kFirst);
  CHECK(stage.at("172.18.0.2").empty());
  CHECK(stage.engine.asked() == before);
}

TEST_CASE("who takes over an address is not taken for who had it") {
  Stage stage;
  stage.engine.put(running(kFirst, "old", "172.18.0.2"));
  stage.start();
  stage.engine.remove(kFirst);
  stage.engine.put(running(kSecond, "new", "172.18.0.2"));
  std::string meanwhile = "not asked";
  stage.engine.on_inspect([&] { meanwhile = stage.at("172.18.0.2"); });
  stage.engine.emit(Kind::kEnded, kFirst);
  stage.happens(Kind::kStarted, kSecond);
  CHECK(meanwhile.empty());
  CHECK(stage.at("172.18.0.2") == "new");
}

TEST_CASE("the address in a network is forgotten before the engine is asked about who left it") {
  Stage stage;
  stage.engine.put(running(kFirst, "web", "172.18.0.2"));
  stage.start();
  stage.engine.put(running(kFirst, "web", "172.19.0.5"));
  std::string meanwhile = "not asked";
  metadata::ContainerPtr by_id;
  stage.engine.on_inspect([&] {
    meanwhile = stage.at("172.18.0.2");
    by_id = stage.inventory.snapshot()->by_id(kFirst);
  });
  stage.happens(Kind::kDisconnected, kFirst);
  CHECK(meanwhile.empty());
  CHECK(by_id != nullptr);
  CHECK(stage.at("172.19.0.5") == "web");
}

TEST_CASE("an event about somebody who has gone already changes nothing") {
  Stage stage;
  stage.engine.put(running(kFirst, "web", "172.18.0.2"));
  stage.start();
  for (const auto kind : {Kind::kStarted, Kind::kChanged, Kind::kDisconnected, Kind::kEnded}) {
    stage.happens(kind, kSecond);
    CHECK(stage.inventory.snapshot()->containers().size() == 1);
    CHECK(stage.at("172.18.0.2") == "web");
  }
  CHECK(stage.pause.waits.empty());
}

TEST_CASE("a stream that breaks takes the addresses with it and is asked for anew") {
  Stage stage;
  stage.engine.put(running(kFirst, "web", "172.18.0.2"));
  stage.start();
  stage.engine.remove(kFirst);
  stage.engine.put(running(kSecond, "next", "172.18.0.2"));
  std::shared_ptr<const metadata::ContainerSet> meanwhile;
  stage.engine.on_inspect([&] { meanwhile = stage.inventory.snapshot(); });
  stage.engine.end_stream(FakeEngine::down());
  stage.settle();
  REQUIRE(meanwhile);
  CHECK_FALSE(meanwhile->is_current());
  CHECK(meanwhile->error() == FakeEngine::down());
  CHECK(meanwhile->by_address("172.18.0.2") == nullptr);
  CHECK(meanwhile->by_id(kFirst) != nullptr);
  CHECK(stage.at("172.18.0.2") == "next");
  CHECK(stage.inventory.snapshot()->by_id(kFirst) == nullptr);
  CHECK(stage.log.count(LogLevel::kWarning, "the engine is down; next try in 250 ms") == 1);
  CHECK(stage.log.count(LogLevel::kInfo, "1 run now") == 2);
}

TEST_CASE("a stream that just ends is no better than a broken one") {
  Stage stage;
  stage.start();
  stage.engine.end_stream();
  stage.settle();
  CHECK(stage.log.count(LogLevel::kWarning, "ended the stream of events") == 1);
  CHECK(stage.inventory.snapshot()->is_current());
}

TEST_CASE("events that can not be asked for are asked for again") {
  Stage stage;
  stage.engine.put(running(kFirst, "web", "172.18.0.2"));
  stage.engine.fail("follow", FakeEngine::down());
  stage.engine.fail("follow", FakeEngine::down());
  stage.start();
  CHECK(stage.at("172.18.0.2") == "web");
  stage.inventory.stop();
  CHECK(stage.pause.waits == std::vector<std::chrono::milliseconds>{250ms, 500ms});
  CHECK(stage.log.count(LogLevel::kWarning, "the engine is down") == 1);
  CHECK(stage.log.count(LogLevel::kDebug, "the engine is down") == 1);
}

TEST_CASE("a fault of the program ends neither thread") {
  Stage stage(1ms);
  bool is_faulty = true;
  stage.engine.on_inspect([&] {
    if (std::exchange(is_faulty, false)) {
      throw std::logic_error("a bug");
    }
  });
  stage.engine.put(running(kFirst, "web", "172.18.0.2"));
  stage.start();
  stage.wait_for("web", "172.18.0.2");
  CHECK(stage.log.count(LogLevel::kError, "a fault of this program: a bug") == 1);
}

TEST_CASE("the list is taken again with the first event after ten minutes") {
  Stage stage;
  stage.start();
  stage.engine.put(running(kFirst, "missed", "172.18.0.2"));
  stage.clock.advance(9min);
  stage.happens(Kind::kEnded, kSecond);
  CHECK(stage.at("172.18.0.2").empty());
  stage.clock.advance(1min);
  stage.happens(Kind::kEnded, kSecond);
  CHECK(stage.at("172.18.0.2") == "missed");
}

TEST_CASE("waits double up to half a minute, and a stream that held starts them anew") {
  CHECK(reconnect_wait(1, 0) == 250ms);
  CHECK(reconnect_wait(2, 0) == 500ms);
  CHECK(reconnect_wait(2, 0.5) == 375ms);
  CHECK(reconnect_wait(7, 0) == 16s);
  CHECK(reconnect_wait(8, 0) == 30s);
  CHECK(reconnect_wait(1000000, 0) == 30s);
  CHECK(reconnect_wait(1000000, 0.999) > 15s);

  Stage stage;
  stage.start();
  for (const auto held : {1s, 1s, 31s, 1s}) {
    stage.clock.advance(held);
    stage.engine.end_stream();
    stage.settle();
  }
  stage.inventory.stop();
  CHECK(stage.pause.waits == std::vector<std::chrono::milliseconds>{250ms, 500ms, 250ms, 500ms});
}

TEST_CASE("stopping ends it whatever it waits for, and twice is once") {
  Stage stage;
  stage.start();
  stage.inventory.stop();
  stage.inventory.stop();
  CHECK_FALSE(stage.inventory.snapshot()->is_current());
  CHECK_FALSE(stage.log.contains("next try"));

  Stage pausing;
  pausing.pause.interrupted = true;
  pausing.engine.fail("follow", FakeEngine::down());
  pausing.inventory.start();
}

}  // namespace
}  // namespace understudy::docker
