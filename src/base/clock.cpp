#include "understudy/base/clock.hpp"

#include <ctime>
#include <random>

namespace understudy {

WallTime SystemClock::wall() const {
  return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

BootTime SystemClock::boot() const {
  timespec now{};
  clock_gettime(CLOCK_BOOTTIME, &now);
  return BootTime(std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::seconds(now.tv_sec) +
                                                                        std::chrono::nanoseconds(now.tv_nsec)));
}

Jitter system_jitter() {
  return [] {
    thread_local std::minstd_rand generator{std::random_device{}()};
    return std::generate_canonical<double, 32>(generator);
  };
}

}  // namespace understudy
