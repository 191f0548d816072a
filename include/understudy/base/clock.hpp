#pragma once

#include <chrono>
#include <functional>

namespace understudy {

/// A point of UTC, as AWS writes into `Expiration`. May jump when somebody sets the clock.
using WallTime = std::chrono::sys_time<std::chrono::milliseconds>;

/// The time base of `BootTime`: never set, and it goes on while the machine sleeps.
struct BootTimeBase {
  using duration = std::chrono::milliseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<BootTimeBase, duration>;
  static constexpr bool is_steady = true;
};

/// A point since boot (CLOCK_BOOTTIME), for lifetimes of our own: tokens, back-off, time-outs.
using BootTime = BootTimeBase::time_point;

/// The two clocks, passed in so that tests can set them. Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual WallTime wall() const = 0;
  [[nodiscard]] virtual BootTime boot() const = 0;
};

/// The machine's clocks.
class SystemClock final : public Clock {
 public:
  [[nodiscard]] WallTime wall() const override;
  [[nodiscard]] BootTime boot() const override;
};

/// How long at most to wait on a std::condition_variable for a time by one of the clocks, before a look at it: the wait
/// does not count the time a machine sleeps, and knows nothing of a clock that is set.
inline constexpr std::chrono::milliseconds kLongestWait = std::chrono::seconds(15);

/// Where back-off takes its randomness from: a number in [0, 1). Thread-safe to call.
using Jitter = std::function<double()>;

/// Jitter from the system's random numbers.
[[nodiscard]] Jitter system_jitter();

}  // namespace understudy
