#include "understudy/docker/stats_keeper.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

#include "fakes/fake_clock.hpp"
#include "fakes/fake_engine.hpp"
#include "fakes/recording_log.hpp"

#include <doctest/doctest.h>

using namespace understudy;
using namespace understudy::docker;

namespace {

/// Lets the keeper go on when the test says so.
class Gate final : public Pause {
 public:
  bool wait(std::chrono::milliseconds /*duration*/) override {
    std::unique_lock lock(mutex_);
    ++waiting_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return allowed_ > 0 || is_open_; });
    allowed_ -= is_open_ ? 0 : 1;
    return !is_open_;
  }
  /// Blocks until the keeper has dealt with so many questions.
  void until_asked(int count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return waiting_ >= count; });
  }
  void pass() {
    const std::scoped_lock lock(mutex_);
    ++allowed_;
    changed_.notify_all();
  }
  /// The program ends.
  void interrupt() {
    const std::scoped_lock lock(mutex_);
    is_open_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int waiting_ = 0;
  int allowed_ = 0;
  bool is_open_ = false;
};

struct Stage {
  Stage() { keeper.start(); }
  ~Stage() {
    pause.interrupt();
    keeper.stop();
  }
  /// One more question, which has been dealt with when this returns.
  void next(int count) {
    pause.pass();
    pause.until_asked(count);
  }

  fakes::FakeEngine engine;
  fakes::FakeClock clock;
  fakes::RecordingLog log;
  Gate pause;
  StatsKeeper keeper{engine, clock, pause, log};
};

}  // namespace

TEST_CASE("who asks first gets nothing yet, and then the newest with the one before") {
  Stage stage;
  stage.engine.tell_stats({"{\"n\":1}", "{\"n\":2}"});
  CHECK(stage.keeper.stats("web").now.empty());
  stage.pause.until_asked(1);
  CHECK(stage.keeper.stats("web").now == "{\"n\":1}");
  CHECK(stage.keeper.stats("web").before.empty());
  stage.next(2);
  CHECK(stage.keeper.stats("web").now == "{\"n\":2}");
  CHECK(stage.keeper.stats("web").before == "{\"n\":1}");
}

TEST_CASE("several containers are asked for in turn") {
  Stage stage;
  (void)stage.keeper.stats("web");
  stage.pause.until_asked(1);
  (void)stage.keeper.stats("job");
  stage.clock.advance(std::chrono::seconds(1));
  stage.next(2);
  stage.next(3);
  stage.next(4);
  CHECK(stage.engine.asked() == std::vector<std::string>{"stats web", "stats job", "stats web", "stats job"});
}

TEST_CASE("what nobody has asked for for a minute is asked for no more") {
  Stage stage;
  (void)stage.keeper.stats("web");
  stage.pause.until_asked(1);
  stage.clock.advance(std::chrono::seconds(59));
  (void)stage.keeper.stats("job");
  stage.clock.advance(std::chrono::seconds(1));
  stage.next(2);
  stage.next(3);
  CHECK(stage.engine.asked() == std::vector<std::string>{"stats web", "stats job", "stats job"});
}

TEST_CASE("a container that the engine does not tell of has none, until somebody asks again") {
  Stage stage;
  stage.engine.fail("stats", fakes::FakeEngine::down());
  (void)stage.keeper.stats("web");
  stage.pause.until_asked(1);
  CHECK(stage.log.count(LogLevel::kDebug, "no statistics of container web") == 1);
  CHECK(stage.keeper.stats("web").now.empty());
  stage.next(2);
  CHECK(stage.keeper.stats("web").now == "{}");
}
