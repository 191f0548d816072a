#pragma once

#include <atomic>
#include <cstdint>
#include <optional>

#include "understudy/base/clock.hpp"
#include "understudy/service/imds_scene.hpp"

namespace understudy::service {

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
