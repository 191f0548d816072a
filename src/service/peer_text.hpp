#pragma once

#include <string>

#include "understudy/base/listen_address.hpp"
#include "understudy/base/message.hpp"

namespace understudy::service {

/// `172.18.0.2:4711`, `[fd00::2]:4711`, `unix`.
[[nodiscard]] inline std::string peer_text(const Peer& peer) {
  return peer.address.empty() ? "unix" : ListenAddress{peer.address, peer.port}.to_string();
}

}  // namespace understudy::service
