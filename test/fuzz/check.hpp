#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

/// The property that a fuzz target holds, in builds with and without assertions: libFuzzer keeps the input that broke
/// it.
inline void require(bool holds) {
  if (!holds) std::abort();
}

inline std::string_view as_text(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// The first byte, taken off; 0 where there is none.
inline std::uint8_t take_byte(std::string_view& text) {
  if (text.empty()) return 0;
  const auto byte = static_cast<std::uint8_t>(text.front());
  text.remove_prefix(1);
  return byte;
}

/// What stands before the first `separator`, both taken off; all of it where there is none.
inline std::string_view take_until(std::string_view& text, char separator) {
  const auto end = std::min(text.find(separator), text.size());
  const auto head = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return head;
}

/// What may be shown to a person: no control character but those that a text of many lines has.
inline bool is_showable(std::string_view text) {
  return std::ranges::none_of(text,
                              [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\n') || c == 0x7F; });
}

/// Each is a line that a terminal may show.
inline void hold_for_lines(const std::vector<std::string>& lines) {
  for (const auto& line : lines) {
    require(!line.empty() && is_showable(line) && line.find('\n') == line.npos);
  }
}
