#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "understudy/base/result.hpp"

namespace understudy {

/// Where a listener opens: an IP address and a port.
struct ListenAddress {
  std::string address;     ///< A literal without brackets: `127.0.0.1`, `::1`.
  std::uint16_t port = 0;  ///< 0: the system chooses one.

  bool operator==(const ListenAddress&) const = default;

  /// `127.0.0.1:1338`, `[::1]:1338`.
  [[nodiscard]] std::string to_string() const;
  /// What a client on this machine connects to: 0.0.0.0 and :: become the loopback address.
  [[nodiscard]] ListenAddress reachable() const;
};

/// Reads `127.0.0.1:1338` and `[::1]:1338`. The address is required and is an IP literal, so that nobody opens every
/// interface by leaving it out, or another than meant by what a name resolves to. kInvalid otherwise; the message says
/// what was expected and gives the right form of what was written.
Result<ListenAddress> parse_listen_address(std::string_view text);

}  // namespace understudy
