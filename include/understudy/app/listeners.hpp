#pragma once

#include <string>
#include <vector>

#include "understudy/app/tls_wiring.hpp"
#include "understudy/base/handler.hpp"
#include "understudy/config/config.hpp"
#include "understudy/http/open_socket.hpp"
#include "understudy/http/server.hpp"

namespace understudy::app {

/// Who answers on each listener. nullptr: it does not open.
struct Endpoints {
  Handler* imds = nullptr;
  Handler* containers = nullptr;
  Handler* pod_identity = nullptr;
  Handler* sts = nullptr;
  Handler* admin = nullptr;
  std::string imds_bad_request{};  ///< http::Listener::bad_request of imds.
  TlsParts tls{};
};

/// The listeners that the configuration names and that somebody answers on, each with what it takes as a body and with
/// the socket of its name in `sockets`, if there is one. REQUIRES: handlers and sockets as of http::Listener.
[[nodiscard]] std::vector<http::Listener> listeners_of(const config::Listeners& listen, const Endpoints& endpoints,
                                                       const std::vector<http::OpenSocket>& sockets);

}  // namespace understudy::app
