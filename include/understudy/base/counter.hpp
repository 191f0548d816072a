#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "understudy/base/result.hpp"

namespace understudy {

/// Counts up from 0. Thread-safe: one relaxed atomic addition, no lock, no memory.
class Counter {
 public:
  void add(std::uint64_t more = 1) { value_.fetch_add(more, std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

/// The same for a hot path: an addition as to a plain number, since one thread alone adds. Read from any thread.
/// REQUIRES: `add` is never called by two threads at a time.
class OwnedCounter {
 public:
  void add(std::uint64_t more = 1) { value_.store(value() + more, std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

/// How often something came out well, and how often not by the kind of its Error. Thread-safe as Counter.
class OutcomeCounts {
 public:
  /// In the order of `value`'s index; the first is success, the others are Error's kinds.
  static constexpr std::array<std::string_view, 8> kNames{"success", "invalid",   "not_found",   "denied",
                                                          "expired", "throttled", "unavailable", "action_needed"};

  template <class T>
  void add(const Result<T>& outcome) {
    counts_.at(outcome ? 0 : static_cast<std::size_t>(outcome.error().kind) + 1).add();
  }
  [[nodiscard]] std::uint64_t value(std::size_t index) const { return counts_.at(index).value(); }

 private:
  std::array<Counter, kNames.size()> counts_;
};
static_assert(static_cast<std::size_t>(Error::Kind::kActionNeeded) + 2 == OutcomeCounts::kNames.size());

/// How often something took how long, as read at one moment. A plain value.
struct LatencyCounts {
  /// The upper ends of the spans, which belong to them; what took longer is in one more.
  static constexpr std::array<std::chrono::microseconds, 15> kBounds{
      std::chrono::microseconds(100),     std::chrono::microseconds(250),     std::chrono::microseconds(500),
      std::chrono::microseconds(1000),    std::chrono::microseconds(2500),    std::chrono::microseconds(5000),
      std::chrono::microseconds(10000),   std::chrono::microseconds(25000),   std::chrono::microseconds(50000),
      std::chrono::microseconds(100000),  std::chrono::microseconds(250000),  std::chrono::microseconds(500000),
      std::chrono::microseconds(1000000), std::chrono::microseconds(2500000), std::chrono::microseconds(10000000)};

  std::array<std::uint64_t, kBounds.size() + 1> spans{};
  std::chrono::microseconds sum{};
};

/// Counts such times on a hot path. REQUIRES: as OwnedCounter.
class OwnedLatency {
 public:
  void add(std::chrono::microseconds took) {
    std::size_t span = 0;
    while (span < LatencyCounts::kBounds.size() && took > LatencyCounts::kBounds[span]) {
      ++span;
    }
    spans_[span].add();
    microseconds_.add(static_cast<std::uint64_t>(took.count()));
  }
  /// Adds what was counted up to now to `out`. From any thread.
  void add_to(LatencyCounts& out) const {
    for (std::size_t i = 0; i < spans_.size(); ++i) {
      out.spans[i] += spans_[i].value();
    }
    out.sum += std::chrono::microseconds(microseconds_.value());
  }

 private:
  std::array<OwnedCounter, LatencyCounts::kBounds.size() + 1> spans_;
  OwnedCounter microseconds_;
};

}  // namespace understudy
