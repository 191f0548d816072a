#pragma once

#include <optional>
#include <string>
#include <vector>

namespace understudy::http {

/// A network interface, as far as it tells where packets come from that come in by it. A plain value.
struct Interface {
  std::string name;  ///< `eth0`; empty: it is gone.
  bool is_loopback = false;
  /// What the kernel calls its kind: `veth`, `bridge`, `vlan`, `wireguard`. Empty: a card, or it can not be told.
  std::string kind{};
  /// The kinds of the interfaces in a bridge; nullopt: they can not be told.
  std::optional<std::vector<std::string>> ports{};

  bool operator==(const Interface&) const = default;
};

/// Whether packets that come in by it may come from elsewhere than this host. Not by the loopback interface, by one end
/// of a pair whose other end a container has (veth, netkit), and by a bridge of nothing but those; by every other kind,
/// and by whatever can not be told. Pure.
///
/// What is behind the other end of a pair is not seen: in a container whose pair ends in a bridge with the host's card,
/// the network of that card counts as this host.
[[nodiscard]] bool reaches_outside(const Interface& interface);

/// What the kernel knows of sockets and interfaces of this network namespace. Indexes are those of if_nametoindex(3),
/// and 0 is none. Thread-safe.
class Interfaces {
 public:
  virtual ~Interfaces() = default;

  /// The interface that an accepted TCP connection came in by; 0: it can not be told.
  [[nodiscard]] virtual unsigned arrival_of(int descriptor) const = 0;
  /// As it is now; what can not be told stays empty.
  [[nodiscard]] virtual Interface find(unsigned index) const = 0;
  /// The interfaces that have the IP address, which is one of normal_address.
  [[nodiscard]] virtual std::vector<unsigned> holders_of(const std::string& address) const = 0;
};

/// The real ones: by getsockopt(2), rtnetlink(7) and getifaddrs(3).
///
/// The kind of an interface is asked by rtnetlink and not read in /sys: that shows the network namespace of who mounted
/// it, and tells neither a port of Open vSwitch nor a tunnel of Ethernet (gretap) or a TAP device from one of a pair.
class SystemInterfaces final : public Interfaces {
 public:
  [[nodiscard]] unsigned arrival_of(int descriptor) const override;
  [[nodiscard]] Interface find(unsigned index) const override;
  [[nodiscard]] std::vector<unsigned> holders_of(const std::string& address) const override;
};

}  // namespace understudy::http
