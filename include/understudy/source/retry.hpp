#pragma once

#include "understudy/base/clock.hpp"
#include "understudy/base/environment.hpp"
#include "understudy/base/pause.hpp"
#include "understudy/base/result.hpp"

namespace understudy::source {

/// The SDKs' standard retry mode (AWS SDKs and Tools Reference Guide, "Retry behavior"): so many attempts in all, and
/// between two of them jitter * min(2^i s, 20 s). A plain value. REQUIRES: `pause` outlives it.
struct Retry {
  int max_attempts = 3;
  Pause& pause;
  Jitter jitter;

  /// Whether attempt `number` (from 1) that ended with `error` is followed by another; waits for its time. False after
  /// the last attempt, for an error that is not transient, and where the program ends.
  [[nodiscard]] bool again_after(int number, const Error& error) const;
};

/// AWS_MAX_ATTEMPTS where it is a number from 1 to 100, else 3.
[[nodiscard]] int max_attempts_in(const Environment& environment);

}  // namespace understudy::source
