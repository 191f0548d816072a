#pragma once

#include <string>
#include <vector>

#include "understudy/config/config.hpp"

namespace understudy::config {

/// A line for each listener that is open to more than this host, with the reason to mind and what to do:
///
///     listen.containers: 0.0.0.0:1339 is open to more than this host, and whoever reaches it gets the credentials of
///     app, which asks for no token: give each entry a token_file, listen on 127.0.0.1 or 169.254.170.2, or keep
///     others off that network
///
/// Not open are addresses of the loopback interface, link-local ones, which a listener keeps to this host and its
/// containers where they are its own (http/link_local_guard.hpp), and Unix sockets. An endpoint over TLS that asks
/// everybody for a proof is meant to be open and gets no line, nor does one with nothing to give. Inside a container
/// "this host" is the container: who else is on its network can not be told from here. Pure.
[[nodiscard]] std::vector<std::string> open_listeners(const Config& config);

}  // namespace understudy::config
