#include "listening.hpp"
#include "worker.hpp"

namespace understudy::http {

bool Worker::turns_away(Gate& gate, Socket& socket, const Endpoint& peer) {
  const auto interface = gate.is_guarded ? link_local_.refuses(socket.native_handle()) : std::nullopt;
  if (!interface) {
    return false;
  }
  gate.traffic.turned_away();
  if (outsiders_.allows(std::chrono::steady_clock::now())) {
    log_.warn(
        "{}: a connection from {} is closed unasked: it came in by {}, which may reach outside this host, and "
        "link-local addresses are for this host and its containers; link_local: {{interfaces: [{}]}} lets in whoever "
        "comes by it",
        gate.listener.name, address_of(peer).address, interface->empty() ? "an unknown interface" : *interface,
        interface->empty() ? "NAME" : *interface);
  }
  return true;
}

}  // namespace understudy::http
