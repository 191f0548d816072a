#include "connection.hpp"

#include <utility>

#include "listening.hpp"

namespace understudy::http {
namespace {

namespace beast_http = boost::beast::http;

constexpr std::size_t kReadSizeOfBodies = 16 * 1024;
// What each connection may keep from one request to the next, uncounted: most requests never take more.
constexpr std::size_t kOwn = 4096;

Peer peer_of(const Endpoint& endpoint) {
  const auto peer = tcp_of(endpoint);
  if (!peer) {
    return {};
  }
  const auto address = peer->address();
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    return {asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string(), peer->port()};
  }
  return {address.to_string(), peer->port()};
}

Refusal refusal_of(const boost::beast::error_code& error) {
  if (error == beast_http::error::body_limit) {
    return {413, "the body is longer than the listener takes"};
  }
  if (error == beast_http::error::header_limit) {
    return {431, "the head is longer than the limit"};
  }
  if (error == beast_http::error::bad_version) {
    return {505, "the version is HTTP/1.1 or HTTP/1.0"};
  }
  return {400, "a head has the form that RFC 9112 gives it"};
}

}  // namespace

Connection::Connection(Worker& worker, Gate& gate, Socket socket, const Endpoint& peer)
    : worker_(worker),
      gate_(gate),
      listener_(gate.listener),
      socket_(std::move(socket)),
      buffer_(listener_.limits.head.head + kReadSizeOfBodies) {
  request_.peer = peer_of(peer);
  worker_.enter(*this);
}

Connection::~Connection() { worker_.leave(*this); }

Task<void> Connection::run() {
  ErrorCode ignored;
  socket_.non_blocking(true, ignored);
  if (gate_.tls) {
    const bool agreed = co_await shake_hands();
    if (!agreed) {
      co_return;
    }
  }
  do {
    const auto arrival = co_await read_request();
    if (arrival.refusal) {
      co_await refuse(*arrival.refusal);
      co_return;
    }
    if (!arrival.is_complete) {
      co_return;
    }
    has_asked_ = true;
    enter(State::kAnswering, std::chrono::milliseconds::max());
    const auto arrived = since_;
    static_cast<void>(account());
    const auto response = co_await answer();
    let_go_of_request();
    if (is_closed_) {
      co_return;
    }
    // Before the client has it: whoever then reads the counts finds its own request in them.
    gate_.traffic.answered(response.status, std::chrono::steady_clock::now() - arrived);
    const bool written = co_await write(response);
    if (!written) {
      co_return;
    }
  } while (keep_alive_);
  if (tls_) {
    tls_->say_goodbye();
  }
  socket_.shutdown(Socket::shutdown_both, ignored);
}

bool Connection::is_idle() const {
  ErrorCode ignored;
  return state_ == State::kIdle && buffer_.size() == 0 && !(tls_ && tls_->has_pending()) &&
         socket_.available(ignored) == 0;
}

bool Connection::is_last() const { return worker_.is_draining() || !gate_.acceptor.is_open(); }

void Connection::close() {
  is_closed_ = true;
  ErrorCode ignored;
  if (state_ == State::kWriting) {
    // A client that does not read would keep the unsent rest in the kernel for minutes: reset it.
    socket_.set_option(asio::socket_base::linger(true, 0), ignored);
  }
  socket_.close(ignored);
  if (waiting_ != nullptr) {
    waiting_->cancel();
  }
}

void Connection::close_if_idle() {
  if (is_idle()) {
    ErrorCode ignored;
    socket_.cancel(ignored);
  }
}

void Connection::enter(State state, std::chrono::milliseconds limit) {
  state_ = state;
  since_ = std::chrono::steady_clock::now();
  deadline_ = limit == std::chrono::milliseconds::max() ? SteadyTime::max() : since_ + limit;
}

std::string_view Connection::received() const {
  const auto bytes = buffer_.cdata();
  return {static_cast<const char*>(bytes.data()), bytes.size()};
}

bool Connection::account() {
  const auto of_head = head_size_ + request_.headers.size() * sizeof(HeaderField);
  const auto taken = buffer_.capacity() + of_head + request_.body.capacity();
  const auto held = taken > kOwn ? taken - kOwn : 0;
  return held == held_ || worker_.hold(*this, held);
}

void Connection::let_go_of_request() {
  if (held_ == 0) {
    return;
  }
  request_.headers = Headers();
  std::string().swap(request_.body);
  head_size_ = 0;
  buffer_.shrink_to_fit();
  static_cast<void>(account());
}

Task<bool> Connection::receive(std::size_t size) {
  ErrorCode error;
  const auto space = buffer_.prepare(size);
  if (!account()) {
    co_return false;
  }
  if (tls_) {
    const bool received = co_await receive_over_tls(space);
    co_return received;
  }
  const auto count = co_await socket_.async_read_some(space, into(error));
  buffer_.commit(count);
  co_return !error && !is_closed_;
}

Task<bool> Connection::read_head(std::optional<Refusal>& refusal, std::size_t& head_size) {
  HeadScanner scanner(listener_.limits.head);
  if (buffer_.size() == 0) {
    enter(State::kIdle, listener_.limits.idle);
    // Who was in the handshake when the end came can not have sent its request.
    if (is_last() && is_idle() && (has_asked_ || (worker_.is_draining() && !tls_))) {
      co_return false;
    }
  } else {
    enter(State::kReading, listener_.limits.message);
  }
  for (;;) {
    refusal = scanner.scan(received());
    head_size = scanner.head_size();
    if (refusal || head_size > 0) {
      co_return true;
    }
    const bool more = co_await receive(kReadSize);
    if (!more) {
      co_return false;
    }
    if (state_ == State::kIdle) {
      enter(State::kReading, listener_.limits.message);
    }
  }
}

Task<Connection::Arrival> Connection::read_request() {
  Arrival arrival;
  std::size_t head_size = 0;
  const bool arrived = co_await read_head(arrival.refusal, head_size);
  if (!arrived || arrival.refusal) {
    co_return arrival;
  }
  RequestParser parser(request_, listener_.limits.head, listener_.limits.body);
  boost::beast::error_code error;
  buffer_.consume(parser.put(asio::const_buffer(received().data(), head_size), error));
  if (!error && !parser.is_header_done()) {
    error = beast_http::error::need_more;
  }
  if (error) {
    arrival.refusal = refusal_of(error);
    co_return arrival;
  }
  head_size_ = head_size;
  version_ = parser.request_version();
  keep_alive_ = parser.keep_alive() && !is_last();
  arrival.refusal = check_head(request_, version_);
  if (arrival.refusal || parser.is_done()) {
    arrival.is_complete = !arrival.refusal;
    co_return arrival;
  }
  arrival = co_await read_body(parser);
  co_return arrival;
}

Task<Connection::Arrival> Connection::read_body(RequestParser& parser) {
  if (buffer_.size() == 0 && expects_continue(request_, version_)) {
    const bool told = co_await write_rest("HTTP/1.1 100 Continue\r\n\r\n", "", 0);
    if (!told) {
      co_return Arrival{};
    }
  }
  while (!parser.is_done()) {
    if (buffer_.size() == 0) {
      const bool more = co_await receive(kReadSizeOfBodies);
      if (!more) {
        co_return Arrival{};
      }
    }
    boost::beast::error_code error;
    buffer_.consume(parser.put(buffer_.cdata(), error));
    if (error && error != beast_http::error::need_more) {
      co_return Arrival{false, refusal_of(error)};
    }
  }
  co_return Arrival{true, {}};
}

}  // namespace understudy::http
