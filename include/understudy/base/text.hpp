#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace understudy {

/// ASCII only: bytes over 127 compare as they are.
[[nodiscard]] bool equal_ignoring_case(std::string_view left, std::string_view right);
[[nodiscard]] std::string to_lower(std::string_view text);
[[nodiscard]] std::string to_upper(std::string_view text);

/// Without the spaces, tabs and line ends at both ends.
[[nodiscard]] std::string_view trim(std::string_view text);

/// Up to the first `\n`, without it.
[[nodiscard]] std::string_view first_line(std::string_view text);

/// `split("a,,b", ',')` is {"a", "", "b"}; the empty text gives one empty part.
[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char separator);

/// Well-formed UTF-8 (RFC 3629) from end to end: no overlong forms, no surrogates.
[[nodiscard]] bool is_utf8(std::string_view text);

/// Decimal digits only, the whole text, no sign; nullopt for anything else and on overflow.
[[nodiscard]] std::optional<std::uint64_t> parse_decimal(std::string_view text);

/// 0..15 for a hex digit of either case, -1 for another character.
[[nodiscard]] int hex_digit_value(char c);

/// Percent-encodes every byte but `A-Z a-z 0-9 - . _ ~` and those in `keep`, in upper-case hex (RFC 3986).
[[nodiscard]] std::string percent_encode(std::string_view text, std::string_view keep = "");
/// Decodes `%41`; a `%` without two hex digits behind it stays as it is. `+` stays `+`.
[[nodiscard]] std::string percent_decode(std::string_view text);

/// `text` with U+FFFD for every byte that belongs to no well-formed UTF-8 sequence (RFC 3629).
[[nodiscard]] std::string replace_invalid_utf8(std::string_view text);

/// Appends `text` as a JSON string with its quotes (RFC 8259); bytes that are not UTF-8 become U+FFFD.
void append_json_string(std::string& out, std::string_view text);
[[nodiscard]] std::string json_string(std::string_view text);

/// For logs: control characters, backslash and bytes over 126 as `\xNN`, cut at `limit` bytes with `...`.
[[nodiscard]] std::string escape_for_log(std::string_view text, std::size_t limit = 256);

/// The candidate that `word` was most likely meant to be (edit distance with transpositions, at most a third of the
/// word's length and at least 1); nullopt when none is near.
[[nodiscard]] std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace understudy
