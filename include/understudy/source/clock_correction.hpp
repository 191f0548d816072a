#pragma once

#include <atomic>
#include <chrono>
#include <optional>
#include <string>

#include "understudy/base/clock.hpp"
#include "understudy/base/log.hpp"

namespace understudy::source {

/// By how much the time that requests to a server are signed with differs from our clock's, learnt from its refusals.
/// Thread-safe. REQUIRES: what the constructor receives outlives it.
class ClockCorrection {
 public:
  /// `whose` clock it is, for the log: `STS's`.
  ClockCorrection(const Clock& clock, Log& log, std::string whose);

  /// Our time, corrected.
  [[nodiscard]] WallTime now() const { return clock_.wall() + by_.load(); }
  /// Of a refusal that a wrong time may be the reason of: takes over `skew` (the server's clock less ours, nullopt
  /// where its answer does not tell) and logs it, if that is over 4 min off what is corrected by already. True where it
  /// did: then the request is worth another try.
  bool learn(std::optional<std::chrono::milliseconds> skew);

 private:
  const Clock& clock_;
  Log& log_;
  std::string whose_;
  std::atomic<std::chrono::milliseconds> by_{};
};

}  // namespace understudy::source
