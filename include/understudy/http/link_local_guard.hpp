#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "understudy/http/interfaces.hpp"

namespace understudy::http {

/// Keeps what listens at a link-local address to this host and its containers.
///
/// Linux answers for an address of any of its interfaces on all of them (the weak host model of RFC 1122, 3.3.4.2): so
/// whoever shares a network with this host reaches 169.254.169.254 on its loopback interface, by a route of theirs. A
/// socket bound to the loopback interface would keep the containers out, too, whose packets come in by a bridge.
///
/// Thread-safe. REQUIRES: `interfaces` outlives it.
class LinkLocalGuard {
 public:
  explicit LinkLocalGuard(const Interfaces& interfaces) : interfaces_(interfaces) {}

  /// From now on connections that come in by interfaces of these names may, wherever those reach.
  void let_in(std::vector<std::string> names);

  /// Whether connections to the address are to be asked for: it is of 169.254.0.0/16, fd00:ec2::/32 (AWS's endpoints
  /// over IPv6) or fe80::/10, and no interface that reaches outside has it. As a container's or another machine's, on
  /// its own `eth0`, it is there for others. Asks the system.
  [[nodiscard]] bool guards(const std::string& address) const;

  /// The name of the interface that an accepted connection to such an address came in by, where it is not to be served;
  /// empty where that can not be told. nullopt: it is served. Asks the system, each time anew: interfaces come and go
  /// with containers, and a bridge may get a card later.
  [[nodiscard]] std::optional<std::string> refuses(int descriptor) const;

 private:
  [[nodiscard]] bool lets_in(const std::string& name) const;

  const Interfaces& interfaces_;
  mutable std::mutex mutex_;
  std::vector<std::string> let_in_;  ///< Guarded by `mutex_`.
};

}  // namespace understudy::http
