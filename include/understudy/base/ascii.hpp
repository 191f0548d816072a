#pragma once

#include <algorithm>
#include <string_view>

/// Kinds of ASCII characters, whatever the locale; a byte over 127 is of none. Pure.
namespace understudy {

[[nodiscard]] constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
[[nodiscard]] constexpr bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
[[nodiscard]] constexpr bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
[[nodiscard]] constexpr bool is_alphanumeric(char c) { return is_lower(c) || is_upper(c) || is_digit(c); }

/// No blank, no control character, nothing over 126, from end to end.
[[nodiscard]] constexpr bool is_visible(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c <= '~'; });
}

/// At least one character, each a letter, a digit or one of `marks`.
[[nodiscard]] constexpr bool is_word(std::string_view text, std::string_view marks) {
  return !text.empty() && std::ranges::all_of(text, [marks](char c) {
    return is_alphanumeric(c) || marks.find(c) != std::string_view::npos;
  });
}

/// The same without capital letters.
[[nodiscard]] constexpr bool is_lower_word(std::string_view text, std::string_view marks) {
  return is_word(text, marks) && std::ranges::none_of(text, is_upper);
}

}  // namespace understudy
