#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "understudy/base/environment.hpp"
#include "understudy/base/result.hpp"
#include "understudy/base/secret.hpp"
#include "understudy/base/url.hpp"

namespace understudy::http {

/// An HTTP proxy: https origins are reached through CONNECT, http ones by an absolute target.
struct Proxy {
  std::string host;
  std::uint16_t port = 0;
  std::string user;  ///< Empty: no Proxy-Authorization.
  Secret password;
  bool operator==(const Proxy&) const = default;
};

/// Whether `NO_PROXY` covers an origin. It is a list with commas: `*` covers everything, `corp.example` (also
/// `.corp.example`, `*.corp.example`) that host and those below it, `10.1.2.3` that address, and each may end with a
/// `:port`. Pure; thread-safe.
[[nodiscard]] bool bypasses_proxy(std::string_view no_proxy, const Url& origin);

/// The proxy for `origin` by the variables that AWS's SDKs read: `HTTPS_PROXY` or `HTTP_PROXY` by the origin's scheme,
/// each also in lower case, upper case first: `http://user:secret@proxy.corp:3128`, `proxy.corp:3128`. User and
/// password are percent-decoded.
///
/// nullopt where there is none, where `NO_PROXY` covers the origin, and always for `localhost`, loopback and link-local
/// addresses and AWS's fd00:ec2::/32 (IMDS and EKS Pod Identity over IPv6): what listens there is on this machine.
/// kInvalid with code `InvalidProxy` for anything but an http URL; the message names the variable and not its value,
/// which may hold a password. Pure; thread-safe.
Result<std::optional<Proxy>> proxy_for(const Url& origin, const Environment& environment);

}  // namespace understudy::http
