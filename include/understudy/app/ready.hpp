#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "understudy/config/config.hpp"
#include "understudy/http/server.hpp"

/// What the start tells, to people and to scripts. Pure.
namespace understudy::app {

using Addresses = std::vector<http::BoundAddress>;

/// `http://127.0.0.1:1338`; an address that stands for every interface is given as the loopback one. With TLS
/// `https://127.0.0.1:8443`, or by another name where the certificate has not that one. Empty where that listener is
/// not open, or a Unix socket, which has none.
[[nodiscard]] std::string url_of(const Addresses& addresses, std::string_view listener);

/// One JSON object and a newline: {"listeners": {"imds": "127.0.0.1:1338", ..}, "pid": 4711}.
[[nodiscard]] std::string ready_json(const Addresses& addresses, long pid);

/// A line for each listener with its URL, then what to type in a second shell so that an SDK finds the role.
[[nodiscard]] std::string ready_text(const config::Config& config, const Addresses& addresses);

/// `serving imds on 127.0.0.1:1338, containers on 127.0.0.1:1339`: for whoever looks at the service.
[[nodiscard]] std::string status_line(const Addresses& addresses);

}  // namespace understudy::app
