#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "understudy/base/clock.hpp"

/// Time-based one-time passwords (RFC 6238) as AWS's virtual MFA devices make them: HMAC-SHA-1, 30 seconds, 6 digits.
/// Pure; thread-safe.
namespace understudy {

/// RFC 4648 section 6, as seeds are shown to people: letters of either case, spaces and `=` at the end are taken.
/// nullopt for anything else and for an empty text.
[[nodiscard]] std::optional<std::string> unbase32(std::string_view text);

/// The number of the 30 seconds that `now` is in; a code is good for its own.
[[nodiscard]] std::uint64_t totp_step(WallTime now);
/// `028374`. `seed` is raw bytes.
[[nodiscard]] std::string totp_code(std::string_view seed, std::uint64_t step);

}  // namespace understudy
