#include "understudy/service/token_keys.hpp"

#include <future>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>

#include "fakes/cluster.hpp"
#include "fakes/fake_clock.hpp"
#include "fakes/recording_log.hpp"

#include <doctest/doctest.h>

namespace understudy::service {
namespace {

using std::chrono::seconds;

/// What the keys are read from; a test changes it. Thread-safe.
class Shelf {
 public:
  void put(Result<std::string> content) {
    const std::scoped_lock lock(mutex_);
    content_ = std::move(content);
  }
  Result<std::string> read() {
    const std::scoped_lock lock(mutex_);
    ++readings_;
    if (content_ && content_->empty()) {
      throw std::runtime_error("the reader is broken");
    }
    return content_;
  }
  int readings() {
    const std::scoped_lock lock(mutex_);
    return readings_;
  }

 private:
  std::mutex mutex_;
  Result<std::string> content_{Error{Error::Kind::kUnavailable, "Timeout", "nobody is there"}};
  int readings_ = 0;
};

struct Stage {
  Stage() = default;

  void read_anew() {
    const auto woken = std::make_shared<std::promise<void>>();
    keys.until_read_anew()->on_ready([woken] { woken->set_value(); });
    woken->get_future().wait();
  }
  std::string key_id() {
    const auto current = keys.current();
    return current ? current->front().id : "";
  }

  Shelf shelf;
  fakes::FakeClock clock;
  fakes::RecordingLog log;
  TokenKeys keys{[this] { return shelf.read(); }, "jwks.json", TokenKeys::Pace{seconds(60), seconds(5)}, clock, log};
};

TEST_CASE("keys that were read at once are there before anything runs") {
  Stage stage;
  CHECK(stage.keys.current() == nullptr);
  CHECK(stage.keys.read().error().code == "Timeout");
  stage.shelf.put(std::string("no keys"));
  CHECK(stage.keys.read().error().code == "BadKeySet");
  stage.shelf.put(fakes::Cluster("one").jwks());
  CHECK(stage.keys.read().has_value());
  CHECK(stage.key_id() == "one");
}

TEST_CASE("keys of another go on until its own are there, where they are of the same place") {
  Stage before;
  before.shelf.put(fakes::Cluster("one").jwks());
  REQUIRE(before.keys.read().has_value());
  Stage after;
  after.keys.continue_from(before.keys);
  CHECK(after.key_id() == "one");
  after.keys.start();
  after.read_anew();
  CHECK(after.key_id() == "one");
  after.shelf.put(fakes::Cluster("two").jwks());
  after.clock.advance(seconds(5));
  after.read_anew();
  CHECK(after.key_id() == "two");
}

TEST_CASE("whoever asks gets the keys of now, but they are not read again before a rest") {
  Stage stage;
  stage.shelf.put(fakes::Cluster("one").jwks());
  REQUIRE(stage.keys.read().has_value());
  stage.keys.start();
  stage.shelf.put(fakes::Cluster("two").jwks());
  stage.read_anew();
  CHECK(stage.key_id() == "two");
  stage.shelf.put(fakes::Cluster("three").jwks());
  stage.read_anew();
  CHECK(stage.key_id() == "two");
  CHECK(stage.shelf.readings() == 2);
  stage.clock.advance(seconds(5));
  stage.read_anew();
  CHECK(stage.key_id() == "three");
}

TEST_CASE("where reading fails the keys of before stay, and the log says why once for each reason") {
  Stage stage;
  stage.shelf.put(fakes::Cluster("one").jwks());
  REQUIRE(stage.keys.read().has_value());
  stage.keys.start();
  for (const auto& content : {Result<std::string>(Error{Error::Kind::kUnavailable, "Timeout", "nobody is there"}),
                              Result<std::string>(std::string("no keys")), Result<std::string>(std::string())}) {
    stage.shelf.put(content);
    for (int i = 0; i < 2; ++i) {
      stage.clock.advance(seconds(5));
      stage.read_anew();
      CHECK(stage.key_id() == "one");
    }
  }
  CHECK(stage.log.count(LogLevel::kWarning, "those read before are used on: nobody is there") == 1);
  CHECK(stage.log.count(LogLevel::kWarning, "those read before are used on: jwks.json holds no key") == 1);
  CHECK(stage.log.count(LogLevel::kWarning, "those read before are used on: the reader is broken") == 1);
  stage.shelf.put(fakes::Cluster("two").jwks());
  stage.clock.advance(seconds(5));
  stage.read_anew();
  CHECK(stage.key_id() == "two");
  CHECK(stage.log.count(LogLevel::kInfo, "the keys in jwks.json are read again") == 1);
}

TEST_CASE("without a thread, before it and after it, nobody waits") {
  Stage stage;
  stage.read_anew();
  CHECK(stage.shelf.readings() == 0);
  stage.keys.start();
  stage.keys.stop();
  const auto readings = stage.shelf.readings();
  stage.clock.advance(seconds(60));
  stage.read_anew();
  CHECK(stage.shelf.readings() == readings);
  stage.keys.stop();
}

}  // namespace
}  // namespace understudy::service
