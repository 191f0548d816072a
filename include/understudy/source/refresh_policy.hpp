#pragma once

#include <chrono>

#include "understudy/base/clock.hpp"
#include "understudy/base/result.hpp"

/// When a role's credentials are fetched again: functions of their arguments alone. All of it is reckoned on the boot
/// clock, so that setting the wall clock moves nothing. `jitter` is a number in [0, 1). Thread-safe.
namespace understudy::source {

/// How long before their end SDKs look for new credentials, by the life they had when they were fetched: up to 20 min:
/// 5 min; under 90 min: 15 min; else 60 min.
[[nodiscard]] std::chrono::milliseconds advisory_window(std::chrono::milliseconds life);

/// How long before their end we do: the advisory window or min(25 min, 40 % of life), whichever is longer, so that
/// clients which look 15 min ahead find newer ones. 1 h: 24 min; 12 h: 60 min; 15 min: 6 min.
[[nodiscard]] std::chrono::milliseconds refresh_window(std::chrono::milliseconds life);

/// In their last minute nobody is served the old ones while newer ones are on their way.
inline constexpr std::chrono::milliseconds kMandatoryWindow = std::chrono::minutes(1);

/// Keys that do not say when they end are asked for again after this: the file they stand in may have changed.
inline constexpr std::chrono::milliseconds kUntoldEndKeep = std::chrono::minutes(5);

/// What clients are told of such keys if they have a session token, so that they do end.
inline constexpr std::chrono::milliseconds kAssumedLife = std::chrono::hours(1);

/// After the `attempts`-th attempt in a row (from 1) that brought nothing newer while the old ones are good until
/// `ends`: 5 s doubling to 60 s, never past a quarter of what is left nor past `ends`, and at least 1 s.
/// REQUIRES: now < ends.
[[nodiscard]] BootTime retry_at(BootTime now, BootTime ends, int attempts, double jitter);

/// After fetching credentials that are good from `now` until `ends`: a refresh window ahead of the end; where they were
/// too old for that already, retry_at. `repeats` counts how often the same ones came again. REQUIRES: now < ends.
[[nodiscard]] BootTime refresh_at(BootTime now, BootTime ends, int repeats, double jitter);

/// After the `failures`-th failure in a row (from 1) with nothing to serve: 1 s doubling to 30 s. An error that asking
/// again does not help keeps for 1..5 s at least.
[[nodiscard]] BootTime cold_retry_at(BootTime now, const Error& error, int failures, double jitter);

/// What the wall clock shows beyond the boot clock: constant unless somebody sets the clock, or the machine was stopped
/// and copied.
[[nodiscard]] std::chrono::milliseconds clock_offset(const Clock& clock);
/// True where the offset moved by more than a minute: what was reckoned before may be wrong, so fetch again.
[[nodiscard]] bool clock_was_set(std::chrono::milliseconds before, std::chrono::milliseconds now);

}  // namespace understudy::source
