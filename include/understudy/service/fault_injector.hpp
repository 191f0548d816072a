#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>

#include "understudy/base/clock.hpp"

namespace understudy::service {

/// What an endpoint does to requests that are right. All off: an endpoint that works.
struct Faults {
  std::chrono::milliseconds latency{0};  ///< Every answer is held back for so long.
  int error_status = 503;                ///< Answered, empty, to the share `error_rate` of requests.
  double error_rate = 0;                 ///< 0 to 1.
  unsigned per_second = 0;               ///< More requests than these are answered by 429; 0: no limit.
  bool operator==(const Faults&) const = default;
};

/// Decides which requests meet a fault. Thread-safe.
class FaultInjector {
 public:
  /// The status to answer with, empty, in place of the right answer; nullopt where the request goes through. Errors
  /// come evenly: with a rate of 0.25 every fourth request. The limit counts within each second since boot.
  [[nodiscard]] std::optional<int> strike(const Faults& faults, const Clock& clock);

 private:
  [[nodiscard]] bool is_over_limit(unsigned per_second, BootTime now);

  std::atomic<std::uint64_t> requests_{0};
  std::atomic<std::uint64_t> second_and_count_{0};  ///< The second in the upper half.
};

}  // namespace understudy::service
