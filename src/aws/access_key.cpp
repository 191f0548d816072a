#include "understudy/aws/access_key.hpp"

#include <fmt/format.h>

#include <cstdint>

#include "understudy/base/crypto.hpp"
#include "understudy/base/text.hpp"

namespace understudy::aws {
namespace {

constexpr std::string_view kBase32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr std::size_t kPrefixSize = 4;
constexpr std::size_t kKeyIdSize = 20;
constexpr std::uint64_t kMostAccount = 999'999'999'999;

/// Whole groups of 5 bits; what is left over at the end is dropped.
std::string base32(std::string_view bytes) {
  std::string out;
  std::uint32_t buffer = 0;
  unsigned bits = 0;
  for (const char c : bytes) {
    buffer = (buffer << 8U | static_cast<unsigned char>(c)) & 0xFFFFU;
    for (bits += 8; bits >= 5; bits -= 5) {
      out += kBase32[buffer >> (bits - 5) & 31U];
    }
  }
  return out;
}

}  // namespace

std::string make_access_key_id(std::string_view prefix, std::string_view account, std::string_view entropy) {
  const std::uint64_t top = std::uint64_t{1} << 40U | parse_decimal(account).value_or(0);
  const auto free_bits = static_cast<unsigned char>(entropy[0]) & 0x7FU;
  std::string bytes;
  for (int shift = 33; shift >= 1; shift -= 8) {
    bytes += static_cast<char>(top >> static_cast<unsigned>(shift) & 0xFFU);
  }
  bytes += static_cast<char>((top & 1U) << 7U | free_bits);
  bytes += entropy.substr(1, 4);
  return std::string(prefix) + base32(bytes);
}

std::optional<std::string> account_of_access_key_id(std::string_view access_key_id) {
  if (access_key_id.size() != kKeyIdSize) {
    return std::nullopt;
  }
  std::uint64_t top = 0;
  std::size_t index = 0;
  for (const char c : access_key_id.substr(kPrefixSize)) {
    const auto value = kBase32.find(c);
    if (value == kBase32.npos) {
      return std::nullopt;
    }
    // Nine characters are 45 bits: the set bit, the account, and four more.
    top = index++ < 9 ? top << 5U | value : top;
  }
  const auto account = top >> 4U & ((std::uint64_t{1} << 40U) - 1);
  const bool holds_one = (top >> 44U & 1U) != 0 && account <= kMostAccount;
  return holds_one ? std::optional(fmt::format("{:012}", account)) : std::nullopt;
}

std::string make_unique_id(std::string_view prefix, std::string_view of) {
  constexpr std::size_t kLength = 17;
  const auto digest = sha256(of);
  return std::string(prefix) + base32(bytes_of(digest)).substr(0, kLength);
}

}  // namespace understudy::aws
