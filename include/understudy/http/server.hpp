#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "understudy/base/clock.hpp"
#include "understudy/base/handler.hpp"
#include "understudy/base/log.hpp"
#include "understudy/base/result.hpp"
#include "understudy/http/head_policy.hpp"
#include "understudy/http/tls.hpp"
#include "understudy/http/traffic.hpp"

namespace understudy::http {

/// What one client may take of us. All times are totals, so that a client which drips gains nothing.
struct Limits {
  HeadLimits head{};
  std::size_t body = 64 * 1024;             ///< Bytes of a request's body; more is 413.
  std::chrono::milliseconds idle{5000};     ///< Until the first byte of a request, then the connection closes.
  std::chrono::milliseconds message{3000};  ///< From the first byte of a request to its last.
  std::chrono::milliseconds write{3000};    ///< For one answer.
  std::chrono::milliseconds deferred{800};  ///< How long a Deferred is waited for: SDKs give up after a second.
};

class OpenSocket;

/// An address to listen on and who answers there. REQUIRES: the handler outlives the server.
struct Listener {
  std::string name;        ///< For messages: `imds`.
  std::string address;     ///< A literal: `127.0.0.1`, `::1`, `fe80::1%eth0`; or `unix:/run/understudy/imds.sock`.
  std::uint16_t port = 0;  ///< 0: the system chooses one.
  Handler& handler;
  Limits limits{};
  /// Listens already, in place of `address` and `port`. Server::start copies its descriptor and needs it no longer.
  const OpenSocket* socket = nullptr;
  /// The text of every 400 for a request that does not reach the handler, `400 Bad Request`; empty: no body.
  std::string bad_request{};
  /// Other sockets of this process listen on the port, and this one is to join them: at another address, or until they
  /// are closed. Another understudy of the same user is then not noticed there.
  bool joins = false;
  std::uint32_t mode = 0660;  ///< Of a Unix socket's file.
  /// nullptr: plain HTTP. Else the client's greeting has `idle` to begin and `message` to be there, as a request has,
  /// then it waits for at most `idle` until it is its turn (ServerSettings::max_buffered), and the handshake has
  /// `message`.
  std::shared_ptr<const TlsContext> tls{};
};

/// Where a listener really is; as ListenAddress.
struct BoundAddress {
  std::string name;
  std::string address;
  std::uint16_t port = 0;
  /// A name of its certificate, the address itself if that is among them; empty: it speaks plain HTTP.
  std::string tls_name{};
  bool operator==(const BoundAddress&) const = default;
};

struct ServerSettings {
  unsigned threads = 0;  ///< 0: one for each core.
  /// Of all listeners together, shared out evenly to the threads. Where one more comes to a thread, those of its own
  /// that have waited longest for their client are closed, never the new one, and never one whose answer is under way.
  std::size_t max_connections = 16384;
  /// Bytes of memory for requests that are not answered yet, greetings of TLS among them, of all listeners together,
  /// beside 4 KiB of each connection, and over TLS 16 KiB more from its handshake on and a record of 16 KiB; shared out
  /// evenly to the threads, but 2 MiB to each where it is more than that. Nobody has to say who he is before his
  /// request is here, so without it connections times bodies would be the bound. Where it is used up on a thread, those
  /// that are still sending are closed: the oldest of the source that holds most, never one whose answer is under way;
  /// and whoever sends, if nobody else is left.
  ///
  /// As much again for handshakes of TLS, whose greetings are there: one for each kHandshakeBytes (handshakes.hpp).
  /// Who finds no place waits for one, `idle` at most, so that a fleet that starts at one moment is served to the last.
  /// The last half of the places is given one by one over `Limits::message`, to the newest of the source that has least
  /// under way: beside a flood that stands who comes next waits for a moment, under one that goes on for one of these.
  std::size_t max_buffered = 16 * 1024 * 1024;
  /// Server::let_in from the start on.
  std::vector<std::string> outside_interfaces{};
};

/// HTTP/1.1 (and 1.0) for every listener: one thread and one event loop a core, each with acceptors of its own, so that
/// a connection never leaves its thread. Keep-alive, pipelined requests answered in order, one write for each answer;
/// no chunked encoding, no compression. Requests that head_policy.hpp refuses get an empty answer (but
/// Listener::bad_request) and a closed connection and never reach a handler. A handler's exception is an empty 500 and
/// one line in the log. A client whose handshake with a TLS listener fails, or that speaks plain HTTP to it, is closed,
/// with a line in the log now and then that says what to do.
///
/// Where a handler defers, its client is held until the Deferred wakes it or `Limits::deferred` is over; then the
/// handler is asked for its final word. Where file descriptors run out, accepting pauses, the oldest waiting
/// connections go, and it recovers by itself.
///
/// Connections from outside this host to a link-local address of its own are closed unasked (link_local_guard.hpp),
/// counted, and logged now and then with what to do.
///
/// Thread-safety: start, open, close, speak, set_mode and stop from one thread at a time, `traffic` from any after
/// `start`. REQUIRES: handlers, log and clock outlive the server.
class Server {
 public:
  Server(std::vector<Listener> listeners, ServerSettings settings, Log& log, const Clock& clock);
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  /// stop(0).
  ~Server();

  /// Opens every listener, or none, and begins to answer. Gives the addresses in the listeners' order.
  /// kInvalid with code `BadAddress`, `AddressNotAvailable`, `PermissionDenied`; kUnavailable with `AddressInUse` (also
  /// where another understudy has it), `CanNotListen` or `NoThread`; the message names the listener, the address and
  /// what to do. Of Unix sockets also kInvalid with `NotASocket`, kNotFound with `NoFolder`.
  /// REQUIRES: not started before.
  Result<std::vector<BoundAddress>> start();

  /// Opens further listeners, all or none. Errors: those of start. REQUIRES: started; one thread at a time.
  Result<std::vector<BoundAddress>> open(std::vector<Listener> listeners);
  /// Closes the listener of that handler, and its connections that wait for another request; the others after the
  /// answer that is under way, or to their first request. Nobody can connect any more when it returns. REQUIRES:
  /// started.
  void close(const Handler& handler);

  /// From now on who connects to the listener of that handler is spoken to so; nullptr: by plain HTTP. Connections that
  /// are there go on as they began. REQUIRES: started.
  void speak(const Handler& handler, const std::shared_ptr<const TlsContext>& tls);

  /// Sets the mode of the file of that handler's Unix socket; nothing where it was not made here, or where another is
  /// in its place by now. REQUIRES: started.
  void set_mode(const Handler& handler, std::uint32_t mode);

  /// Interfaces by whose names connections to a link-local address may come in, too, from now on, in place of those
  /// that were named before. From any thread.
  void let_in(std::vector<std::string> outside_interfaces);

  /// Whether every thread takes up work that is given to it now, `within` that time. False before the start and after
  /// the end. From any thread.
  [[nodiscard]] bool responds(std::chrono::milliseconds within);

  /// Closes the listeners and the connections that wait for a request; lets requests under way be answered until
  /// `drain` is over, then closes what is left. Blocks until all of it is done, also where clients drip. Does nothing
  /// the second time. REQUIRES: not called from a handler.
  void stop(std::chrono::milliseconds drain);

  /// Of the listeners of each name, in their order, closed ones too. Each thread counts for itself; this adds up.
  [[nodiscard]] std::vector<Traffic> traffic() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace understudy::http
