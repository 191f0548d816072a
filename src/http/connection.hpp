#pragma once

#include <boost/beast/core/flat_buffer.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "asio.hpp"
#include "request_parser.hpp"
#include "tls_stream.hpp"
#include "understudy/base/handler.hpp"
#include "understudy/base/message.hpp"
#include "worker.hpp"

namespace understudy::http {

/// One client: reads its requests, asks the handler, writes the answers, in order. Lives on its worker's thread. Its
/// deadline is a field; the worker looks at it and calls `close`, upon which the coroutine ends.
class Connection {
 public:
  Connection(Worker& worker, Gate& gate, Socket socket, const Endpoint& peer);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  Task<void> run();

  /// Cancels whatever it waits for; `run` then ends.
  void close();
  /// Ends it unless a request has begun to come, also where that has been read and not looked at.
  void close_if_idle();

  [[nodiscard]] SteadyTime deadline() const { return deadline_; }
  /// Since when it waits for its client to begin or to finish a request.
  [[nodiscard]] SteadyTime waiting_since() const { return since_; }
  /// A request of it has come in part.
  [[nodiscard]] bool is_reading() const { return state_ == State::kReading; }
  [[nodiscard]] bool is_waiting() const { return state_ == State::kIdle || state_ == State::kReading; }
  [[nodiscard]] const Peer& peer() const { return request_.peer; }
  [[nodiscard]] const Listener& listener() const { return listener_; }
  /// False for one that has just come, and that the client expects to be answered on.
  [[nodiscard]] bool has_asked() const { return has_asked_; }

 private:
  friend class Worker;
  // Linux's word for "as the route says", in both families.
  static constexpr int kDefaultHops = -1;
  static constexpr std::size_t kReadSize = 2048;
  enum class State { kIdle, kReading, kAnswering, kWriting };
  enum class Handshake { kNone, kWaits, kUnderWay };
  /// A request is there, it is refused, or the client has gone.
  struct Arrival {
    bool is_complete = false;
    std::optional<Refusal> refusal{};
  };

  /// Nothing of a request has come; what the kernel still holds counts.
  [[nodiscard]] bool is_idle() const;
  /// Whether the request that is here, or is to come, is the last one: the listener is closed.
  [[nodiscard]] bool is_last() const;
  Task<Arrival> read_request();
  Task<bool> read_head(std::optional<Refusal>& refusal, std::size_t& head_size);
  Task<Arrival> read_body(RequestParser& parser);
  Task<bool> receive(std::size_t size);
  Task<bool> shake_hands();
  /// Until all of the client's greeting is in the buffer, or what is none.
  Task<bool> read_greeting();
  Task<bool> wait_for_place();
  /// Has its handshake go on, which waits for a place.
  void take_place();
  Task<bool> receive_over_tls(boost::beast::flat_buffer::mutable_buffers_type space);
  Task<bool> write_over_tls(std::string_view text);
  Task<bool> wait_for_socket(TlsStream::Step step);
  Task<Response> answer();
  Task<void> wait_for(std::shared_ptr<Deferred> deferred);
  Task<void> hold_back(std::chrono::milliseconds delay);
  Task<bool> write(const Response& response);
  Task<bool> write_rest(std::string_view head, std::string_view body, std::size_t written);
  Task<void> refuse(Refusal refusal);

  void enter(State state, std::chrono::milliseconds limit);
  /// Tells the worker what this request takes. False where it has to be closed for that.
  [[nodiscard]] bool account();
  /// Frees what the request took beyond what every connection has; its method and its target stay.
  void let_go_of_request();
  Answer ask(Patience patience);
  [[nodiscard]] Response refused(int status) const;
  Response fault(std::string_view what);
  void write_head(const Response& response);
  void set_hop_limit(std::optional<int> hops);
  [[nodiscard]] std::string_view received() const;

  Worker& worker_;
  Gate& gate_;
  const Listener& listener_;
  Socket socket_;
  std::unique_ptr<TlsStream> tls_;  ///< nullptr: plain HTTP.
  boost::beast::flat_buffer buffer_;
  Request request_;
  std::string head_;
  Version version_ = Version::kHttp11;
  bool keep_alive_ = true;
  bool is_closed_ = false;
  bool has_asked_ = false;  ///< A request of it came.
  State state_ = State::kIdle;
  std::size_t head_size_ = 0;  ///< Of the request whose fields are kept.
  std::size_t held_ = 0;       ///< As the worker knows it.
  Handshake handshake_ = Handshake::kNone;
  int hop_limit_ = kDefaultHops;
  SteadyTime since_{};
  SteadyTime deadline_ = SteadyTime::max();
  Timer* waiting_ = nullptr;
  std::size_t slot_ = 0;  ///< The worker's place for it.
};

}  // namespace understudy::http
