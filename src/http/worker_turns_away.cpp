#include <chrono>

#include "connection.hpp"
#include "listening.hpp"
#include "worker.hpp"

/// Whom a worker does not serve, and what it tells of that.
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

void Worker::report_refusal(const Connection& connection, const Refusal& refusal) {
  if (refusals_.allows(std::chrono::steady_clock::now())) {
    const auto& peer = connection.peer().address;
    log_.info("{}: a request from {} is refused with {}: {}", connection.listener().name,
              peer.empty() ? "a Unix socket" : peer, refusal.status, refusal.rule);
  }
}

void Worker::report_handshake(const Connection& connection, std::string_view complaint) {
  if (handshakes_.allows(std::chrono::steady_clock::now())) {
    log_.warn("{}: a client at {} is not served: {}", connection.listener().name, connection.peer().address, complaint);
  }
}

void Worker::close_overdue() {
  const auto now = std::chrono::steady_clock::now();
  const bool is_over = now >= drain_deadline_;
  const Connection* in_vain = nullptr;
  for (auto* const connection : connections_) {
    if (!is_over && now < connection->deadline()) {
      continue;
    }
    if (connection->handshake_ == Connection::Handshake::kWaits && !connection->is_closed_ && !is_over) {
      connection->gate_.traffic.evicted();
      in_vain = connection;
    }
    connection->close();
  }
  if (in_vain != nullptr) {
    report_waiting_in_vain(*in_vain);
  }
}

void Worker::report_waiting_in_vain(const Connection& connection) {
  const auto& listener = connection.listener();
  if (vain_waits_.allows(std::chrono::steady_clock::now())) {
    log_.warn(
        "{}: clients, one at {} among them, are closed: they waited {} ms for their TLS handshake and it was not "
        "their turn, because others begin more handshakes than they finish",
        listener.name, connection.peer().address, listener.limits.idle.count());
  }
}

}  // namespace understudy::http
