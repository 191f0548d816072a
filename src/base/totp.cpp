#include "understudy/base/totp.hpp"

#include <fmt/format.h>

#include <chrono>

#include "understudy/base/crypto.hpp"
#include "understudy/base/text.hpp"

namespace understudy {
namespace {

constexpr std::chrono::seconds kStep(30);

/// -1 for a character that no seed has.
int base32_value(char c) {
  if (c >= 'A' && c <= 'Z') {
    return c - 'A';
  }
  if (c >= 'a' && c <= 'z') {
    return c - 'a';
  }
  return c >= '2' && c <= '7' ? c - '2' + 26 : -1;
}

}  // namespace

std::optional<std::string> unbase32(std::string_view text) {
  text = trim(text);
  text = text.substr(0, text.find_last_not_of('=') + 1);
  std::string out;
  std::uint32_t bits = 0;
  int held = 0;
  for (const char c : text) {
    if (c == ' ' || c == '-') {
      continue;
    }
    const int value = base32_value(c);
    if (value < 0) {
      return std::nullopt;
    }
    bits = (bits << 5U) | static_cast<std::uint32_t>(value);
    held += 5;
    if (held >= 8) {
      held -= 8;
      out += static_cast<char>((bits >> static_cast<unsigned>(held)) & 255U);
    }
  }
  return out.empty() ? std::nullopt : std::optional(std::move(out));
}

std::uint64_t totp_step(WallTime now) { return static_cast<std::uint64_t>(now.time_since_epoch() / kStep); }

std::string totp_code(std::string_view seed, std::uint64_t step) {
  std::string counter(8, '\0');
  for (std::size_t i = counter.size(); i-- > 0; step >>= 8U) {
    counter[i] = static_cast<char>(step & 255U);
  }
  const auto digest = hmac_sha1(seed, counter);
  const auto at = [&](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(digest[i])); };
  const auto offset = at(19) & 15U;
  const auto number = ((at(offset) & 127U) << 24U) | (at(offset + 1) << 16U) | (at(offset + 2) << 8U) | at(offset + 3);
  return fmt::format("{:06}", number % 1000000U);
}

}  // namespace understudy
