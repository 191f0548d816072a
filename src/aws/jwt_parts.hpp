#pragma once

#include <nlohmann/json.hpp>

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "understudy/base/clock.hpp"

/// What readers of JSON Web Tokens (RFC 7519) have in common. Pure; thread-safe.
namespace understudy::aws {

/// A header, a payload, or what else is one JSON object: a discarded value where it is none.
[[nodiscard]] nlohmann::json parse_object(std::string_view text);

/// NumericDate: seconds since 1970, fractions allowed (section 2). nullopt where the claim is missing, no number, or
/// outside the years 1970 to 9999.
[[nodiscard]] std::optional<WallTime> time_claim(const nlohmann::json& claims, const char* name);

/// What is there and must not pass for absent: the first of `times` that time_claim can not read, or of `texts` that is
/// an empty text or none. Empty: nothing.
[[nodiscard]] std::string_view malformed_claim(const nlohmann::json& claims, std::initializer_list<const char*> times,
                                               std::initializer_list<const char*> texts);

/// `aud`, a text or a list of texts; empty ones are left out.
[[nodiscard]] std::vector<std::string> audience_claim(const nlohmann::json& claims);

}  // namespace understudy::aws
