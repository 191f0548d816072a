#include "fakes/fake_clock.hpp"
#include "fakes/recording_log.hpp"
#include "understudy/base/time_text.hpp"

#include <doctest/doctest.h>

namespace understudy::fakes {
namespace {

using std::chrono::seconds;

TEST_CASE("a fake clock stands still until it is moved, and then both hands move") {
  FakeClock clock;
  const auto wall = clock.wall();
  const auto boot = clock.boot();
  CHECK(format_iso8601(wall) == "2026-11-20T23:37:24Z");
  CHECK(clock.wall() == wall);
  clock.advance(seconds(90));
  CHECK(clock.wall() - wall == seconds(90));
  CHECK(clock.boot() - boot == seconds(90));
}

TEST_CASE("setting a fake clock's wall leaves the time since boot alone") {
  FakeClock clock;
  const auto boot = clock.boot();
  clock.set_wall(WallTime(seconds(0)));
  CHECK(clock.wall() == WallTime(seconds(0)));
  CHECK(clock.boot() == boot);
  clock.set_boot(BootTime(seconds(1)));
  CHECK(clock.boot() == BootTime(seconds(1)));
  CHECK(clock.wall() == WallTime(seconds(0)));
}

TEST_CASE("a recording log keeps lines in order and counts them by level and text") {
  RecordingLog log;
  log.info("role {} is ready", "app");
  log.warn("role {} is late", "app");
  REQUIRE(log.lines().size() == 2);
  CHECK(log.lines()[0] == RecordingLog::Line{LogLevel::kInfo, "role app is ready"});
  CHECK(log.count("role app") == 2);
  CHECK(log.count(LogLevel::kWarning, "role app") == 1);
  CHECK(log.contains("late"));
  CHECK_FALSE(log.contains("early"));
}

}  // namespace
}  // namespace understudy::fakes
