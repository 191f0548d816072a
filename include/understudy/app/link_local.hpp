#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "understudy/base/command.hpp"
#include "understudy/base/http_client.hpp"
#include "understudy/base/result.hpp"

namespace understudy::app {

/// An address where clients look for an endpoint of AWS's without being told.
struct LinkLocalAddress {
  std::string_view address;   ///< `169.254.169.254`, `fd00:ec2::254`
  std::string_view endpoint;  ///< Who has it at AWS: `EC2 instance metadata`.

  [[nodiscard]] bool is_ipv6() const { return address.find(':') != std::string_view::npos; }
};

/// Those of EC2's metadata, ECS's agent and EKS's Pod Identity agent, IPv4 first. AWS's guides: "Access instance
/// metadata for an EC2 instance", "Amazon ECS task IAM role", "Understand how EKS Pod Identity works".
[[nodiscard]] std::span<const LinkLocalAddress> link_local_addresses();

/// How an address stands on this host.
struct LinkLocalState {
  LinkLocalAddress address;
  bool ours = false;         ///< LinkLocal put it there.
  bool on_loopback = false;  ///< By whomever: where it is not `ours`, somebody put it there by other means.
  std::string taken_by;      ///< Who else has it, for people: `interface eth1`; empty: nobody.
};

/// The link-local addresses on this host's loopback interface, so that clients outside containers find a server of ours
/// with no variable at all.
///
/// An address is put there as one host's (/32, /128): nothing else of 169.254.0.0/16 changes its way. It is marked, and
/// only what has the mark is taken away again: an IPv4 address by the label `lo:understudy`, an IPv6 address, which has
/// none, by the metric 1341, and it is never chosen as the source of another connection (`preferred_lft 0`). It is gone
/// with the next start of the host. Works by ip(8) of iproute2.
///
/// An address is taken where another interface has it, where it has a route of its own (as EC2's images and other
/// clouds set), or where somebody answers there over HTTP: an instance's metadata, an agent, another program. One that
/// is on the loopback interface without the mark is taken where somebody answers there; else it is there already.
///
/// Blocks; asks each address that is neither ours nor known to be taken over HTTP, 0.5 s at the most. REQUIRES: both
/// outlive it. Errors: kUnavailable `LinkLocalFailed`, with ip's last words and what it takes.
class LinkLocal {
 public:
  LinkLocal(CommandRunner& commands, HttpClient& http) : commands_(commands), http_(http) {}

  /// In the order of link_local_addresses.
  Result<std::vector<LinkLocalState>> look();

  /// Puts the addresses there, those of IPv6 only with `ipv6`, and returns those that were not there before. kDenied
  /// `AddressTaken` where somebody has one of them: nothing is changed then. With `force` it is put there all the same,
  /// and hides the other. Where one fails, those before it are taken away again.
  Result<std::vector<LinkLocalAddress>> up(bool ipv6, bool force);

  /// Takes away those that `up` put there, and returns them.
  Result<std::vector<LinkLocalAddress>> down();

 private:
  Result<std::vector<LinkLocalState>> on_interfaces();
  Result<std::string> taken_by(const LinkLocalAddress& address);
  Result<std::string> answering(const LinkLocalAddress& address);
  Result<std::string> run_ip(const std::string& arguments);
  Result<void> add(const LinkLocalAddress& address);
  Result<void> remove(const LinkLocalAddress& address);

  CommandRunner& commands_;
  HttpClient& http_;
};

/// A line for each address, for people: `169.254.169.254  EC2 instance metadata  on this host, by understudy`. Pure.
[[nodiscard]] std::string link_local_text(const std::vector<LinkLocalState>& states);

}  // namespace understudy::app
