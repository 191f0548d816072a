#include "understudy/base/address_range.hpp"

#include <arpa/inet.h>

#include <algorithm>

#include "understudy/base/text.hpp"

namespace understudy {
namespace {

constexpr int kV4Bits = 32;
constexpr int kV6Bits = 128;
constexpr int kByte = 8;

using Bytes = std::array<std::uint8_t, 16>;

int family_of(bool is_v6) { return is_v6 ? AF_INET6 : AF_INET; }

void keep_bits(Bytes& bytes, int bits) {
  for (int i = 0; i < static_cast<int>(bytes.size()); ++i) {
    const int kept = bits - i * kByte;
    if (kept < kByte) {
      const unsigned mask = kept <= 0 ? 0U : 0xFFU << static_cast<unsigned>(kByte - kept);
      auto& byte = bytes.at(static_cast<std::size_t>(i));
      byte = static_cast<std::uint8_t>(byte & mask);
    }
  }
}

bool is_v6_text(std::string_view address) { return address.find(':') != std::string_view::npos; }

}  // namespace

std::optional<Bytes> read_ip(int family, std::string_view text) {
  std::array<char, INET6_ADDRSTRLEN + 1> copy{};
  Bytes bytes{};
  if (text.size() >= copy.size() || text.find('\0') != std::string_view::npos) {
    return std::nullopt;
  }
  text.copy(copy.data(), text.size());
  return ::inet_pton(family, copy.data(), bytes.data()) == 1 ? std::optional(bytes) : std::nullopt;
}

bool is_ip(int family, std::string_view text) { return read_ip(family, text).has_value(); }

bool is_ip(std::string_view text) { return is_ip(AF_INET, text) || is_ip(AF_INET6, text); }

std::optional<std::string> normal_address(std::string_view text) {
  constexpr std::string_view kMapped = "::ffff:";
  const bool is_v6 = is_v6_text(text);
  const auto bytes = read_ip(family_of(is_v6), is_v6 ? text.substr(0, text.find('%')) : text);
  if (!bytes) {
    return std::nullopt;
  }
  std::array<char, INET6_ADDRSTRLEN> out{};
  const std::string_view spelled = ::inet_ntop(family_of(is_v6), bytes->data(), out.data(), out.size());
  const bool is_mapped = spelled.starts_with(kMapped) && spelled.find('.') != std::string_view::npos;
  return std::string(is_mapped ? spelled.substr(kMapped.size()) : spelled);
}

std::optional<AddressRange> AddressRange::parse(std::string_view text) {
  const auto slash = text.find('/');
  const auto address = text.substr(0, slash);
  AddressRange range;
  range.is_v6_ = is_v6_text(address);
  const int most = range.is_v6_ ? kV6Bits : kV4Bits;
  range.bits_ = most;
  if (slash != std::string_view::npos) {
    const auto bits = parse_decimal(text.substr(slash + 1));
    if (!bits || *bits > static_cast<std::uint64_t>(most)) {
      return std::nullopt;
    }
    range.bits_ = static_cast<int>(*bits);
  }
  const auto bytes = read_ip(family_of(range.is_v6_), address);
  if (!bytes) {
    return std::nullopt;
  }
  range.bytes_ = *bytes;
  keep_bits(range.bytes_, range.bits_);
  range.unmap();
  return range;
}

void AddressRange::unmap() {
  constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
  constexpr int kMappedBits = kV6Bits - kV4Bits;
  if (!is_v6_ || bits_ < kMappedBits || !std::equal(kMapped.begin(), kMapped.end(), bytes_.begin())) {
    return;
  }
  Bytes v4{};
  std::copy(bytes_.begin() + kMapped.size(), bytes_.end(), v4.begin());
  bytes_ = v4;
  bits_ -= kMappedBits;
  is_v6_ = false;
}

bool AddressRange::contains(std::string_view address) const {
  auto other = address.find('/') == std::string_view::npos ? parse(address) : std::nullopt;
  if (!other || other->is_v6_ != is_v6_) {
    return false;
  }
  keep_bits(other->bytes_, bits_);
  return other->bytes_ == bytes_;
}

}  // namespace understudy
