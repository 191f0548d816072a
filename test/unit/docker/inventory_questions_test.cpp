#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "inventory_stage.hpp"

#include <doctest/doctest.h>

namespace understudy::docker {
namespace {

using namespace std::chrono_literals;
using Stage = InventoryStage;

TEST_CASE("a question that fails is asked again, and the stream goes on") {
  for (const std::string question : {"list", "inspect"}) {
    CAPTURE(question);
    Stage stage(1ms);
    stage.engine.put(running(kFirst, "web", "172.18.0.2"));
    stage.engine.fail(question, FakeEngine::down());
    stage.engine.fail(question, FakeEngine::down());
    stage.start();
    stage.wait_for("web", "172.18.0.2");
    stage.inventory.stop();
    CHECK(stage.pause.waits.empty());
    CHECK(stage.log.count(LogLevel::kWarning, "the engine is down") == 1);
    CHECK(stage.log.count(LogLevel::kDebug, "the engine is down") == 1);
  }
}

TEST_CASE("a list that fails leaves nobody known by address, and says why") {
  Stage stage;
  stage.engine.put(running(kFirst, "web", "172.18.0.2"));
  stage.engine.fail("list", kTimeout);
  stage.start();
  CHECK_FALSE(stage.inventory.snapshot()->is_current());
  CHECK(stage.inventory.snapshot()->error() == kTimeout);
}

TEST_CASE("a container that the engine does not answer about does not hide the others") {
  for (const auto& failure : {kTimeout, Error{Error::Kind::kUnavailable, "Http500", "no answer in time"},
                              Error{Error::Kind::kUnavailable, "BadAnswer", "no answer in time"}}) {
    CAPTURE(failure.code);
    Stage stage;
    stage.engine.put(running(kFirst, "stuck", "172.18.0.2"));
    stage.engine.put(running(kSecond, "web", "172.18.0.3"));
    stage.engine.fail("inspect", failure);
    stage.start();
    CHECK(stage.at("172.18.0.2").empty());
    CHECK(stage.at("172.18.0.3") == "web");
    CHECK(stage.inventory.snapshot()->is_current());
    CHECK(stage.inventory.snapshot()->error() == failure);
    CHECK(stage.log.count(LogLevel::kWarning, "container aaaaaaaaaaaa... is not known: no answer in time") == 1);
    stage.happens(Kind::kChanged, kFirst);
    CHECK(stage.at("172.18.0.2") == "stuck");
    CHECK_FALSE(stage.inventory.snapshot()->error());
    CHECK(stage.pause.waits.empty());
  }
}

TEST_CASE("what was known of a container stays while the engine does not answer about its change") {
  Stage stage;
  stage.engine.put(running(kFirst, "web", "172.18.0.2"));
  stage.start();
  stage.engine.fail("inspect", kTimeout);
  stage.happens(Kind::kChanged, kFirst);
  CHECK(stage.at("172.18.0.2") == "web");
  CHECK(stage.inventory.snapshot()->error() == kTimeout);
  stage.engine.fail("inspect", kTimeout);
  stage.happens(Kind::kDisconnected, kFirst);
  CHECK(stage.at("172.18.0.2").empty());
  stage.happens(Kind::kEnded, kFirst);
  CHECK_FALSE(stage.inventory.snapshot()->error());
}

TEST_CASE("until the engine has answered about who started, an unknown address may be its") {
  Stage stage;
  stage.start();
  CHECK_FALSE(stage.inventory.snapshot()->error());
  stage.engine.put(running(kFirst, "web", "172.18.0.2"));
  Gate gate(stage.engine);
  stage.engine.emit(Kind::kStarted, kFirst);
  gate.wait();
  CHECK(stage.inventory.snapshot()->is_current());
  REQUIRE(stage.inventory.snapshot()->error());
  CHECK(stage.inventory.snapshot()->error()->code == "NotToldYet");
  gate.open();
  stage.settle();
  CHECK_FALSE(stage.inventory.snapshot()->error());
  CHECK(stage.at("172.18.0.2") == "web");
}

TEST_CASE("labels are told from those of the image, which is asked about once") {
  Stage stage;
  for (const auto& id : {kFirst, kSecond}) {
    auto container = running(id, "web", id == kFirst ? "172.18.0.2" : "172.18.0.3");
    container.image_id = "sha256:0f";
    container.labels = {{"role", id == kFirst ? "own" : "image's"}};
    stage.engine.put(container);
  }
  stage.engine.put_image("sha256:0f", {{"role", "image's"}});
  stage.start();
  CHECK(stage.inventory.snapshot()->by_address("172.18.0.2")->own_labels == Labels{{"role", "own"}});
  CHECK(stage.inventory.snapshot()->by_address("172.18.0.3")->own_labels.empty());
  CHECK(stage.inventory.snapshot()->by_address("172.18.0.3")->labels == Labels{{"role", "image's"}});
  const auto asked = stage.engine.asked();
  CHECK(std::ranges::count(asked, "image sha256:0f") == 1);
}

TEST_CASE("a container whose image is not told of yet is asked about again") {
  Stage stage(1ms);
  auto container = running(kFirst, "web", "172.18.0.2");
  container.image_id = "sha256:0f";
  container.labels = {{"role", "own"}};
  stage.engine.put(container);
  stage.engine.put_image("sha256:0f", {});
  stage.engine.fail("image", kTimeout);
  stage.start();
  stage.wait_for("web", "172.18.0.2");
  CHECK(stage.inventory.snapshot()->by_address("172.18.0.2")->own_labels == container.labels);
}

TEST_CASE("where nobody tells of images the container is known, without a label of its own") {
  Stage stage;
  for (const auto& id : {kFirst, kSecond}) {
    auto container = running(id, "web", id == kFirst ? "172.18.0.2" : "172.18.0.3");
    container.labels = {{"role", "own"}};
    stage.engine.put(container);
  }
  stage.engine.fail("image", {Error::Kind::kUnavailable, "Http403", "the proxy says no"});
  stage.start();
  CHECK(stage.at("172.18.0.2") == "web");
  CHECK(stage.at("172.18.0.3") == "web");
  CHECK(stage.inventory.snapshot()->by_address("172.18.0.2")->own_labels.empty());
  CHECK_FALSE(stage.inventory.snapshot()->error());
  CHECK(stage.log.count(LogLevel::kWarning, "no label of container aaaaaaaaaaaa... counts") == 1);
  CHECK(stage.log.count(LogLevel::kWarning, "/images/<id>/json") == 1);
}

TEST_CASE("an end is minded while the engine is asked about another") {
  Stage stage;
  stage.engine.put(running(kFirst, "old", "172.18.0.2"));
  stage.start();
  Gate gate(stage.engine);
  stage.engine.emit(Kind::kStarted, kSecond);
  gate.wait();
  for (const auto kind : {Kind::kDisconnected, Kind::kEnded}) {
    stage.engine.emit(kind, kFirst);
    stage.engine.settle();
    CHECK(stage.at("172.18.0.2").empty());
  }
  gate.open();
}

TEST_CASE("an end is minded while the list is taken again") {
  Stage stage;
  stage.engine.put(running(kFirst, "old", "172.18.0.2"));
  stage.start();
  Gate gate(stage.engine);
  stage.clock.advance(10min);
  stage.engine.emit(Kind::kEnded, kSecond);
  gate.wait();
  stage.engine.emit(Kind::kEnded, kFirst);
  stage.engine.settle();
  CHECK(stage.at("172.18.0.2").empty());
  gate.open();
}

TEST_CASE("an answer about who ended, or left a network, meanwhile is not believed") {
  for (const auto kind : {Kind::kEnded, Kind::kDisconnected}) {
    Stage stage;
    stage.start();
    stage.engine.put(running(kFirst, "old", "172.18.0.2"));
    Gate gate(stage.engine);
    stage.engine.emit(Kind::kStarted, kFirst);
    gate.wait();
    stage.engine.emit(kind, kFirst);
    stage.engine.settle();
    gate.open();
    stage.settle();
    CHECK(stage.at("172.18.0.2") == (kind == Kind::kEnded ? "" : "old"));
    const auto asked = stage.engine.asked();
    CHECK(std::ranges::count(asked, "inspect " + kFirst) == (kind == Kind::kEnded ? 1 : 2));
  }
}

TEST_CASE("nothing is asked about a network that somebody joins before its start") {
  Stage stage;
  stage.start();
  const auto before = stage.engine.asked();
  stage.engine.put(running(kFirst, "web", "172.18.0.2"));
  stage.happens(Kind::kChanged, kFirst);
  CHECK(stage.engine.asked() == before);
  stage.happens(Kind::kStarted, kFirst);
  CHECK(stage.at("172.18.0.2") == "web");
}

}  // namespace
}  // namespace understudy::docker
