#include "understudy/base/clock.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <ctime>
#include <fstream>
#include <optional>
#include <sched.h>

#include <doctest/doctest.h>

namespace understudy {
namespace {

TEST_CASE("the system's clocks go forward and the wall is in this century") {
  const SystemClock clock;
  const auto boot = clock.boot();
  CHECK(boot > BootTime());
  CHECK(clock.boot() >= boot);
  CHECK(clock.wall() > WallTime(std::chrono::seconds(1700000000)));
  CHECK(clock.wall() < WallTime(std::chrono::seconds(4102444800)));
}

constexpr std::chrono::seconds kAsleep = std::chrono::hours(24);

/// In a process of its own: writes what the program's clock shows where the machine has slept for kAsleep. A time
/// namespace (time_namespaces(7)) is that of children only, so it takes one more.
[[noreturn]] void tell_time_after_sleep(int pipe) {
  const int user = geteuid() == 0 ? 0 : CLONE_NEWUSER;
  if (unshare(CLONE_NEWTIME | user) == 0 &&
      (std::ofstream("/proc/self/timens_offsets") << CLOCK_BOOTTIME << ' ' << kAsleep.count() << " 0\n").flush()) {
    if (fork() == 0) {
      const auto now = SystemClock().boot();
      _exit(write(pipe, &now, sizeof now) == sizeof now ? 0 : 1);
    }
    wait(nullptr);
  }
  _exit(0);
}

/// Nothing where this process may have no time namespace.
std::optional<BootTime> time_after_sleep() {
  std::array<int, 2> ends{};
  if (pipe(ends.data()) != 0) {
    return std::nullopt;
  }
  const pid_t child = fork();
  if (child == 0) {
    tell_time_after_sleep(ends[1]);
  }
  close(ends[1]);
  BootTime told;
  const bool is_there = read(ends[0], &told, sizeof told) == sizeof told;
  close(ends[0]);
  waitpid(child, nullptr, 0);
  return is_there ? std::optional(told) : std::nullopt;
}

TEST_CASE("time that the machine sleeps counts" * doctest::skip(!time_after_sleep())) {
  const auto before = SystemClock().boot();
  const auto after = time_after_sleep();
  REQUIRE(after);
  CHECK(*after >= before + kAsleep);
}

TEST_CASE("jitter stays within [0, 1) and varies") {
  const auto jitter = system_jitter();
  double least = 1;
  double most = 0;
  for (int i = 0; i < 1000; ++i) {
    const double value = jitter();
    REQUIRE(value >= 0);
    REQUIRE(value < 1);
    least = value < least ? value : least;
    most = value > most ? value : most;
  }
  // 1000 even draws miss one of these with a chance below 1e-45.
  CHECK(least < 0.1);
  CHECK(most > 0.9);
}

}  // namespace
}  // namespace understudy
