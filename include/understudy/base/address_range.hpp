#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace understudy {

/// The bytes of an IPv4 (AF_INET, the first 4) or IPv6 literal (AF_INET6), in the order in which they are sent. nullopt
/// where `text` is anything but such a literal from end to end: with brackets, a zone, or a NUL, behind which the
/// system's reader would not look.
[[nodiscard]] std::optional<std::array<std::uint8_t, 16>> read_ip(int family, std::string_view text);

/// Whether it is one, of that family or of either.
[[nodiscard]] bool is_ip(int family, std::string_view text);
[[nodiscard]] bool is_ip(std::string_view text);

/// One spelling for each address, that of Peer::address: `2001:DB8:0::7` is `2001:db8::7`, an IPv4-mapped one
/// (`::ffff:10.0.0.7`) is `10.0.0.7`, and a zone (`fe80::1%eth0`) is left out. nullopt for what is no address.
[[nodiscard]] std::optional<std::string> normal_address(std::string_view text);

/// An IP address, or the network that begins so: `172.18.0.5`, `10.1.0.0/16`, `fd00::/64`. A plain value.
class AddressRange {
 public:
  /// nullopt for what is none. Bits behind the network's own are cut off: `10.1.2.3/16` is `10.1.0.0/16`. One of
  /// IPv4-mapped addresses is that of IPv4, as for normal_address: `::ffff:10.1.0.0/112` is `10.1.0.0/16`.
  [[nodiscard]] static std::optional<AddressRange> parse(std::string_view text);

  /// False for what is no address, and for one of the other family; an IPv4-mapped one is of IPv4.
  [[nodiscard]] bool contains(std::string_view address) const;
  /// How many bits are fixed: of two ranges of one family that contain an address, the one with more is narrower.
  [[nodiscard]] int bits() const { return bits_; }

  bool operator==(const AddressRange&) const = default;

 private:
  void unmap();

  std::array<std::uint8_t, 16> bytes_{};
  int bits_ = 0;
  bool is_v6_ = false;
};

}  // namespace understudy
