#pragma once

#include <algorithm>
#include <chrono>

#include "understudy/base/clock.hpp"

namespace understudy {

/// How often something may happen: `burst` times at once, and `per_second` more in each second, which add up to no more
/// than `burst`. A value; not thread-safe.
class TokenBucket {
 public:
  struct Rate {
    double per_second;
    double burst;
  };

  /// Full.
  TokenBucket(Rate rate, BootTime now) : rate_(rate), left_(rate.burst), at_(now) {}

  /// Whether it may happen now; then it has.
  [[nodiscard]] bool take(BootTime now) {
    left_ = filled(now);
    at_ = now;
    const bool is_allowed = left_ >= 1;
    left_ -= is_allowed ? 1 : 0;
    return is_allowed;
  }
  /// Whether it is as one that nothing was ever taken from.
  [[nodiscard]] bool is_full(BootTime now) const { return filled(now) >= rate_.burst; }

 private:
  [[nodiscard]] double filled(BootTime now) const {
    const std::chrono::duration<double> rested = now - at_;
    return std::min(rate_.burst, left_ + rested.count() * rate_.per_second);
  }

  Rate rate_;
  double left_;
  BootTime at_;
};

}  // namespace understudy
