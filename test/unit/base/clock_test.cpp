#include "understudy/base/clock.hpp"

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
