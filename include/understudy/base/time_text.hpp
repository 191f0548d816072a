#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "understudy/base/clock.hpp"

namespace understudy {

/// The end of the year 9999 in seconds since 1970: what is later has no form here.
inline constexpr std::int64_t kLastSecond = 253402300799;

/// `2026-11-20T23:37:24Z`: seconds, always Z, as every AWS SDK reads an Expiration. Fractions are cut.
[[nodiscard]] std::string format_iso8601(WallTime time);
/// `2026-11-20T23:37:24.59Z`: with the milliseconds there are, no zero at their end, as Go writes RFC3339Nano.
[[nodiscard]] std::string format_rfc3339_fraction(WallTime time);
/// `20261120T233724Z`, the form of X-Amz-Date.
[[nodiscard]] std::string format_amz_date(WallTime time);
/// `Fri, 20 Nov 2026 23:37:24 GMT` (RFC 9110, section 5.6.7).
[[nodiscard]] std::string format_http_date(WallTime time);

/// RFC 3339 with `Z`, `z`, `UTC` or an offset `+01:00`, with or without a fraction. nullopt for anything else.
[[nodiscard]] std::optional<WallTime> parse_iso8601(std::string_view text);
[[nodiscard]] std::optional<WallTime> parse_amz_date(std::string_view text);
[[nodiscard]] std::optional<WallTime> parse_http_date(std::string_view text);

/// `15m`, `1h`, `90s`, `1d`, `1h30m`, or a bare number of seconds: `3600`. nullopt for anything else and over 10 years.
[[nodiscard]] std::optional<std::chrono::seconds> parse_duration(std::string_view text);
/// `1h`, `15m`, `1m30s`, `0s`: what parse_duration reads back.
[[nodiscard]] std::string format_duration(std::chrono::seconds duration);

}  // namespace understudy
