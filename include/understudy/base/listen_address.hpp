#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "understudy/base/result.hpp"

namespace understudy {

/// Where a listener opens: an IP address and a port, or a Unix socket.
struct ListenAddress {
  std::string address;     ///< A literal without brackets: `127.0.0.1`, `::1`; or `unix:/run/understudy/imds.sock`.
  std::uint16_t port = 0;  ///< 0: the system chooses one.
  std::uint32_t mode = 0;  ///< Of a Unix socket's file: `0660`.

  bool operator==(const ListenAddress&) const = default;

  static constexpr std::string_view kUnix = "unix:";
  [[nodiscard]] bool is_unix() const { return address.starts_with(kUnix); }
  /// Of a Unix socket the file, `/run/understudy/imds.sock`; else empty.
  [[nodiscard]] std::string socket_file() const { return is_unix() ? address.substr(kUnix.size()) : std::string(); }

  /// `127.0.0.1:1338`, `[::1]:1338`, `unix:/run/understudy/imds.sock`.
  [[nodiscard]] std::string to_string() const;
  /// What a client on this machine connects to: 0.0.0.0 and ::, however it is written, become the loopback address.
  [[nodiscard]] ListenAddress reachable() const;
};

/// Reads `127.0.0.1:1338`, `[::1]:1338`, `unix:/run/understudy/imds.sock` and `unix:/run/imds.sock?mode=0666`. A
/// socket's file is an absolute path of at most 107 bytes, which is all that Linux takes, and has mode 0660 where none
/// is said. The address is required and is an IP literal, so that nobody opens every interface by leaving it out, or
/// another than meant by what a name resolves to; it comes in the one spelling of normal_address. kInvalid otherwise;
/// the message says what was expected and gives the right form of what was written.
Result<ListenAddress> parse_listen_address(std::string_view text);

}  // namespace understudy
