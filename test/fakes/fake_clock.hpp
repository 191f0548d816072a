#pragma once

#include <atomic>
#include <chrono>

#include "understudy/base/clock.hpp"

namespace understudy::fakes {

/// A clock that stands still until a test moves it. Both hands are set apart, because the wall clock may jump while the
/// time since boot goes on. Thread-safe.
class FakeClock final : public Clock {
 public:
  /// 2026-11-20T23:37:24Z, five minutes after boot.
  FakeClock() = default;
  explicit FakeClock(WallTime wall) : wall_(wall) {}

  [[nodiscard]] WallTime wall() const override { return wall_; }
  [[nodiscard]] BootTime boot() const override { return boot_; }

  /// Time goes by: both hands move.
  void advance(std::chrono::milliseconds step) {
    wall_ = wall_.load() + step;
    boot_ = boot_.load() + step;
  }
  /// The time since boot at a time of the wall, as long as nobody has set either.
  [[nodiscard]] static BootTime boot_at(WallTime wall) { return kBoot + (wall - kWall); }

  /// Somebody sets the machine's clock.
  void set_wall(WallTime wall) { wall_ = wall; }
  void set_boot(BootTime boot) { boot_ = boot; }

 private:
  static constexpr WallTime kWall{std::chrono::seconds(1795217844)};
  static constexpr BootTime kBoot{std::chrono::minutes(5)};

  std::atomic<WallTime> wall_{kWall};
  std::atomic<BootTime> boot_{kBoot};
};

}  // namespace understudy::fakes
