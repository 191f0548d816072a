#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string_view>

/// JSON that others wrote: files, answers of servers, bodies of requests.
namespace understudy {

/// Levels of lists and objects in each other that are read, far more than any document of AWS's or Docker's has.
/// Reading takes no stack, but copying and writing a value take some for each level.
constexpr int kMostJsonLevels = 64;

/// Discarded, which is no object, no list and nothing else, where the text is not JSON or has more levels; never
/// throws. A member that comes twice is its last. Thread-safe.
[[nodiscard]] nlohmann::json parse_json(std::string_view text);

/// The same, its members in the order of the text.
[[nodiscard]] nlohmann::ordered_json parse_ordered_json(std::string_view text);

}  // namespace understudy
