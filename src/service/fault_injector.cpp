#include "understudy/service/fault_injector.hpp"

#include <chrono>

namespace understudy::service {
namespace {

constexpr int kTooManyRequests = 429;
constexpr std::uint64_t kCountMask = 0xffffffff;

/// How many errors there are among the first `requests`.
std::uint64_t errors_among(std::uint64_t requests, double rate) {
  return static_cast<std::uint64_t>(static_cast<double>(requests) * rate);
}

}  // namespace

std::optional<int> FaultInjector::strike(const Faults& faults, const Clock& clock) {
  if (faults.per_second > 0 && is_over_limit(faults.per_second, clock.boot())) {
    return kTooManyRequests;
  }
  if (faults.error_rate <= 0) {
    return std::nullopt;
  }
  const auto before = requests_.fetch_add(1, std::memory_order_relaxed);
  const bool strikes = errors_among(before + 1, faults.error_rate) > errors_among(before, faults.error_rate);
  return strikes ? std::optional(faults.error_status) : std::nullopt;
}

bool FaultInjector::is_over_limit(unsigned per_second, BootTime now) {
  const auto second =
      static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count());
  auto held = second_and_count_.load(std::memory_order_relaxed);
  std::uint64_t next = 0;
  do {
    next = held >> 32 == second ? held + 1 : second << 32 | 1;
  } while (!second_and_count_.compare_exchange_weak(held, next, std::memory_order_relaxed));
  return (next & kCountMask) > per_second;
}

}  // namespace understudy::service
