#pragma once

#include <string>
#include <string_view>

#include "understudy/base/result.hpp"
#include "understudy/base/url.hpp"
#include "understudy/http/proxy.hpp"
#include "wire.hpp"

namespace understudy::http {

/// Half a sentence: what a status of 407 means.
inline constexpr std::string_view kWrongCredentials = "the proxy wants other credentials than the variable gives";

/// The field's value: `Basic`, and user and password in base64. REQUIRES: the proxy has a user.
[[nodiscard]] std::string credentials_for(const Proxy& proxy);

/// Has the proxy at the other end of `wire` make a tunnel to the origin (CONNECT, RFC 9110 section 9.3.6), and reads
/// its answer's head, of 16 KiB at most. Blocks as the wire does.
///
/// kUnavailable: `ConnectionError` where it refuses (the status is told), closes, answers no HTTP, or says more than a
/// head; `TooLarge`. The messages are half sentences without the proxy's name.
Result<void> open_tunnel(Wire& wire, const Url& origin, const Proxy& proxy);

}  // namespace understudy::http
