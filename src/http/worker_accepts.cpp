#include <exception>
#include <new>
#include <utility>

#include "connection.hpp"
#include "eviction.hpp"
#include "listening.hpp"
#include "worker.hpp"

/// How a worker takes connections in.
namespace understudy::http {
namespace {

constexpr std::chrono::milliseconds kPauseOfAccepting{50};

bool is_shortage(const ErrorCode& error) {
  using namespace boost::system::errc;
  return error == too_many_files_open || error == too_many_files_open_in_system || error == no_buffer_space ||
         error == not_enough_memory;
}

}  // namespace

Task<void> Worker::accept(Gate& gate, Raised /*is_accepting*/) {
  while (gate.acceptor.is_open()) {
    ErrorCode error;
    Socket socket(context_);
    Endpoint peer;
    co_await gate.acceptor.async_accept(socket, peer, into(error));
    if (!error) {
      close_on_exec(socket.native_handle());
      admit(gate, std::move(socket), peer);
    } else if (gate.acceptor.is_open()) {
      co_await recover(error, gate.listener);
    }
  }
}

void Worker::admit(Gate& gate, Socket socket, const Endpoint& peer) {
  if (turns_away(gate, socket, peer)) {
    return;
  }
  has_admitted_ = true;
  try {
    auto connection = std::make_unique<Connection>(*this, gate, std::move(socket), peer);
    make_room_for_descriptors();
    if (connections_.size() > limits_.connections) {
      if (shortages_.allows(std::chrono::steady_clock::now())) {
        log_.warn("{}: more than {} connections on a thread: those that wait longest are closed", gate.listener.name,
                  limits_.connections);
      }
      evict_oldest(connection.get());
    }
    begin(serve(std::move(connection)));
  } catch (const std::bad_alloc&) {
    if (shortages_.allows(std::chrono::steady_clock::now())) {
      log_.error("{}: no memory for a connection", gate.listener.name);
    }
  }
}

Task<void> Worker::serve(std::unique_ptr<Connection> connection) {
  try {
    co_await connection->run();
  } catch (const std::exception& problem) {
    if (failures_.allows(std::chrono::steady_clock::now())) {
      log_.error("{}: a connection failed: {}", connection->listener().name, problem.what());
    }
  }
}

Task<void> Worker::recover(ErrorCode error, const Listener& listener) {
  if (is_shortage(error)) {
    evict_oldest(nullptr);
  }
  if (shortages_.allows(std::chrono::steady_clock::now())) {
    log_.warn(
        "{}: no new connection for now: {}; connections that wait longest are closed (ulimit -n raises the limit)",
        listener.name, error.message());
  }
  Timer pause(context_, kPauseOfAccepting);
  ErrorCode ignored;
  co_await pause.async_wait(into(ignored));
}

void Worker::end_accepting(Gate& gate) {
  if (gate.acceptor.is_open()) {
    accept_backlog(gate);
    ErrorCode ignored;
    gate.acceptor.close(ignored);
  }
}

/// The kernel would reset those that it has taken for us, and whose requests nobody has read.
void Worker::accept_backlog(Gate& gate) {
  ErrorCode error;
  gate.acceptor.non_blocking(true, error);
  while (!error) {
    Socket socket(context_);
    Endpoint peer;
    gate.acceptor.accept(socket, peer, error);
    if (!error) {
      close_on_exec(socket.native_handle());
      admit(gate, std::move(socket), peer);
    }
  }
}

}  // namespace understudy::http
