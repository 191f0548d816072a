#include "understudy/service/player.hpp"

#include <atomic>
#include <string>
#include <thread>

#include "fakes/fake_clock.hpp"
#include "fakes/fake_roles.hpp"
#include "fakes/recording_log.hpp"

#include <doctest/doctest.h>

namespace understudy::service {
namespace {

using std::chrono::seconds;

Cue cue(std::string name, seconds after = seconds(0)) {
  Cue out;
  out.name = std::move(name);
  out.after = after;
  out.act = [](const Playground&, const Audience&) { return Result<void>(); };
  return out;
}

std::string names(const std::vector<Cue>& cues) {
  std::string out;
  for (const auto& each : cues) {
    out += each.name + " ";
  }
  return out;
}

TEST_CASE("cues are due in the order of their times, once") {
  fakes::FakeClock clock;
  CueList list;
  CHECK_FALSE(list.until_next(clock).has_value());
  list.add(cue("late", seconds(9)), clock);
  list.add(cue("soon", seconds(2)), clock);
  auto dated = cue("dated");
  dated.at = clock.wall() + seconds(5);
  list.add(dated, clock);
  CHECK(list.until_next(clock) == std::chrono::milliseconds(2000));
  CHECK(names(list.take_due(clock)).empty());
  clock.advance(seconds(5));
  CHECK(names(list.take_due(clock)) == "soon dated ");
  clock.advance(seconds(60));
  CHECK(list.until_next(clock) == std::chrono::milliseconds(0));
  CHECK(names(list.take_due(clock)) == "late ");
  CHECK(list.size() == 0);
}

TEST_CASE("a cue that comes again waits for its next time") {
  fakes::FakeClock clock;
  CueList list;
  auto again = cue("again", seconds(1));
  again.every = seconds(10);
  list.add(again, clock);
  clock.advance(seconds(1));
  CHECK(names(list.take_due(clock)) == "again ");
  CHECK(names(list.take_due(clock)).empty());
  clock.advance(seconds(10));
  CHECK(names(list.take_due(clock)) == "again ");
  CHECK(list.size() == 1);
}

TEST_CASE("the wall clock is looked at again soon, because somebody may set it") {
  fakes::FakeClock clock;
  CueList list;
  auto dated = cue("dated");
  dated.at = clock.wall() + std::chrono::hours(5);
  list.add(dated, clock);
  CHECK(list.until_next(clock) == std::chrono::milliseconds(15000));
  clock.set_wall(clock.wall() + std::chrono::hours(6));
  CHECK(names(list.take_due(clock)) == "dated ");
}

/// A clock that goes on by a millisecond with each look at it.
class RunningClock final : public Clock {
 public:
  [[nodiscard]] WallTime wall() const override { return start_.wall() + gone(); }
  [[nodiscard]] BootTime boot() const override { return start_.boot() + gone(); }
  [[nodiscard]] int looks() const { return looks_; }

 private:
  std::chrono::milliseconds gone() const { return std::chrono::milliseconds(++looks_); }

  fakes::FakeClock start_;
  mutable int looks_ = 0;
};

TEST_CASE("a clock that goes on changes nothing about what is due, and in which order") {
  const RunningClock clock;
  CueList list;
  const auto start = clock.wall();
  std::string expected;
  for (int i = 0; i < 50; ++i) {
    auto each = cue(std::to_string(i));
    each.at = start;
    list.add(each, clock);
    expected += each.name + " ";
  }
  list.add(cue("later", seconds(1)), clock);
  const auto before = clock.looks();
  CHECK(names(list.take_due(clock)) == expected);
  CHECK(list.until_next(clock) > std::chrono::milliseconds(900));
  CHECK(clock.looks() == before + 4);
}

struct Stage {
  fakes::FakeClock clock;
  fakes::RecordingLog log;
  fakes::FakeRoles real;
  PlayedRoles roles{real, clock};
  Player player{{nullptr, roles, clock}, log};
};

TEST_CASE("what is due is played at once, and its error told") {
  Stage stage;
  int played = 0;
  auto now = cue("now");
  now.act = [&](const Playground&, const Audience&) {
    ++played;
    return Result<void>();
  };
  CHECK(stage.player.play(now));
  now.at = stage.clock.wall() - seconds(1);
  CHECK(stage.player.play(now));
  CHECK(played == 2);
  now.act = [](const Playground&, const Audience&) {
    return Result<void>(Error{Error::Kind::kInvalid, "NoSuchRole", "none"});
  };
  CHECK(stage.player.play(now).error().code == "NoSuchRole");
  CHECK(stage.log.contains("could not play now: none"));
  CHECK(stage.player.waiting() == 0);
}

TEST_CASE("no error of an act makes a second line of the log") {
  Stage stage;
  auto now = cue("deny");
  now.act = [](const Playground&, const Audience&) {
    return Result<void>(Error{Error::Kind::kInvalid, "NoSuchRole", "no x\nerror FORGED \x1b[2J"});
  };
  CHECK_FALSE(stage.player.play(now));
  CHECK(stage.log.contains("could not play deny: no x\\x0Aerror FORGED \\x1B[2J"));
}

TEST_CASE("a player goes on with what another has still to play") {
  Stage before;
  std::atomic<int> played = 0;
  auto soon = cue("soon", seconds(100));
  soon.act = [&](const Playground&, const Audience&) {
    ++played;
    return Result<void>();
  };
  CHECK(before.player.play(soon));
  Player after({nullptr, before.roles, before.clock}, before.log);
  before.clock.advance(seconds(100));
  after.continue_from(before.player);
  while (played == 0) {
    std::this_thread::yield();
  }
  CHECK(before.player.waiting() == 0);
  CHECK(before.player.play(soon).error().code == "Stopped");
  CHECK(played == 1);
}

TEST_CASE("what is to come waits, and clear forgets it") {
  Stage stage;
  CHECK(stage.player.play(cue("later", seconds(100))));
  auto again = cue("again");
  again.every = seconds(100);
  CHECK(stage.player.play(again));
  CHECK(stage.player.waiting() == 2);
  CHECK(stage.player.play(cue("clear")));
  CHECK(stage.player.waiting() == 0);
}

TEST_CASE("who asks for what is to come after the end is told that it will not") {
  Stage stage;
  stage.player.stop();
  const auto late = stage.player.play(cue("later", seconds(100)));
  REQUIRE_FALSE(late);
  CHECK(late.error().code == "Stopped");
  CHECK(stage.player.waiting() == 0);
}

TEST_CASE("a clear among the events forgets nothing that is still to come") {
  Stage stage;
  CHECK(stage.player.play(cue("later", seconds(100))));
  auto again = cue("clear");
  again.every = seconds(100);
  CHECK(stage.player.play(again, Player::Origin::kConfiguration));
  CHECK(stage.player.waiting() == 2);
}

TEST_CASE("an event that comes again does so where its first time fails, a request does not") {
  Stage stage;
  auto again = cue("again");
  again.every = seconds(100);
  again.act = [](const Playground&, const Audience&) {
    return Result<void>(Error{Error::Kind::kInvalid, "NothingToEnd", "none"});
  };
  CHECK_FALSE(stage.player.play(again));
  CHECK(stage.player.waiting() == 0);
  CHECK(stage.player.play(again, Player::Origin::kConfiguration));
  CHECK(stage.player.waiting() == 1);
}

TEST_CASE("what is due together with a clear is not played after it") {
  Stage stage;
  std::atomic<bool> is_playing{false};
  std::atomic<bool> was_played{false};
  auto first = cue("first", seconds(1));
  first.act = [&](const Playground&, const Audience&) {
    is_playing = true;
    while (stage.player.waiting() > 0) {
      std::this_thread::yield();
    }
    return Result<void>();
  };
  auto second = cue("second", seconds(2));
  second.act = [&](const Playground&, const Audience&) {
    was_played = true;
    return Result<void>();
  };
  CHECK(stage.player.play(first));
  CHECK(stage.player.play(second));
  stage.clock.advance(seconds(5));
  CHECK(stage.player.play(cue("waking", seconds(100))));
  while (!is_playing) {
    std::this_thread::yield();
  }
  CHECK(stage.player.play(cue("clear")));
  stage.player.stop();
  CHECK_FALSE(was_played);
}

}  // namespace
}  // namespace understudy::service
