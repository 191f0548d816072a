#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "understudy/base/result.hpp"

namespace understudy {

/// An absolute http or https URL, split.
struct Url {
  std::string scheme;        ///< `http` or `https`.
  std::string host;          ///< Lower case; an IPv6 literal without its brackets.
  std::uint16_t port = 0;    ///< Always set: 80 or 443 where the URL has none.
  std::string target = "/";  ///< Path and query, at least `/`.

  bool operator==(const Url&) const = default;

  /// The `Host` header: an IPv6 literal bracketed, the port only where it is not the scheme's own.
  [[nodiscard]] std::string authority() const;
  [[nodiscard]] std::string to_string() const;
};

/// Reads `http://host[:port][/path]`. kInvalid for another scheme, user information, a fragment, a byte that is not
/// visible ASCII, an empty host, one that is neither a name of letters, digits, `-`, `.` and `_` nor an IPv6 address in
/// brackets, or a port outside 1..65535; the message says what was expected and quotes the text, but not one with an
/// `@` anywhere: what stands before it may be a password.
Result<Url> parse_url(std::string_view text);

/// The text fit to be shown: `https://user:password@host/` is `https://...@host/`. All goes that stands between the
/// scheme, where there is one, and the last `@`, because a password may hold anything; the text need be no usable URL.
[[nodiscard]] std::string without_user_info(std::string_view text);

}  // namespace understudy
