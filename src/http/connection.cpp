#include "connection.hpp"

#include <boost/asio/write.hpp>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <exception>
#include <utility>
#include <variant>

#include "understudy/base/text.hpp"

namespace understudy::http {
namespace {

namespace beast_http = boost::beast::http;

constexpr std::size_t kReadSize = 2048;
constexpr std::size_t kReadSizeOfBodies = 16 * 1024;
// Linux's word for "as the route says", in both families.
constexpr int kDefaultHops = -1;
// What a refused client may still send before we close over it: a reset could overtake the answer.
constexpr std::size_t kLingerBytes = 256 * 1024;
constexpr std::chrono::milliseconds kLinger{500};

Peer peer_of(const asio::ip::tcp::endpoint& endpoint) {
  const auto address = endpoint.address();
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    return {asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string(), endpoint.port()};
  }
  return {address.to_string(), endpoint.port()};
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

Connection::Connection(Worker& worker, const Listener& listener, Socket socket, const asio::ip::tcp::endpoint& peer)
    : worker_(worker),
      listener_(listener),
      socket_(std::move(socket)),
      buffer_(listener.limits.head.head + kReadSizeOfBodies),
      hop_limit_(kDefaultHops) {
  request_.peer = peer_of(peer);
  worker_.enter(*this);
}

Connection::~Connection() { worker_.leave(*this); }

Task<void> Connection::run() {
  ErrorCode ignored;
  socket_.non_blocking(true, ignored);
  do {
    const auto arrival = co_await read_request();
    if (arrival.refusal) {
      co_await refuse(*arrival.refusal);
      co_return;
    }
    if (!arrival.is_complete) {
      co_return;
    }
    enter(State::kAnswering, std::chrono::milliseconds::max());
    const auto response = co_await answer();
    if (is_closed_) {
      co_return;
    }
    const bool written = co_await write(response);
    if (!written) {
      co_return;
    }
  } while (keep_alive_);
  socket_.shutdown(Socket::shutdown_both, ignored);
}

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

void Connection::enter(State state, std::chrono::milliseconds limit) {
  state_ = state;
  since_ = std::chrono::steady_clock::now();
  deadline_ = limit == std::chrono::milliseconds::max() ? SteadyTime::max() : since_ + limit;
}

std::string_view Connection::received() const {
  const auto bytes = buffer_.cdata();
  return {static_cast<const char*>(bytes.data()), bytes.size()};
}

Task<bool> Connection::receive(std::size_t size) {
  ErrorCode error;
  const auto space = buffer_.prepare(size);
  const auto count = co_await socket_.async_read_some(space, into(error));
  buffer_.commit(count);
  co_return !error && !is_closed_;
}

Task<bool> Connection::read_head(std::optional<Refusal>& refusal, std::size_t& head_size) {
  HeadScanner scanner(listener_.limits.head);
  if (buffer_.size() == 0) {
    if (worker_.is_draining()) {
      co_return false;
    }
    enter(State::kIdle, listener_.limits.idle);
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
  version_ = parser.request_version();
  keep_alive_ = parser.keep_alive() && !worker_.is_draining();
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

Response Connection::fault(std::string_view what) {
  worker_.log().error("{}: a request failed inside, answered with 500: {}", listener_.name, escape_for_log(what));
  return Response{500, {}, {}, {}};
}

Answer Connection::ask(Patience patience) {
  try {
    if (patience == Patience::kMayWait) {
      return listener_.handler.answer(request_, patience);
    }
    return answer_now(listener_.handler, request_);
  } catch (const std::exception& problem) {
    return fault(problem.what());
  } catch (...) {
    return fault("an exception of unknown type");
  }
}

Task<Response> Connection::answer() {
  auto answer = ask(Patience::kMayWait);
  if (auto* const deferred = std::get_if<std::shared_ptr<Deferred>>(&answer)) {
    co_await wait_for(std::move(*deferred));
    if (is_closed_) {
      co_return Response{};
    }
    answer = ask(Patience::kMustAnswer);
  }
  co_return std::move(std::get<Response>(answer));
}

Task<void> Connection::wait_for(std::shared_ptr<Deferred> deferred) {
  // The wake may come from any thread, at any time, also when the connection or the whole server has gone.
  const auto timer = std::make_shared<Timer>(socket_.get_executor());
  timer->expires_after(listener_.limits.deferred);
  waiting_ = timer.get();
  try {
    deferred->on_ready([mailbox = worker_.mailbox(), waiting = std::weak_ptr<Timer>(timer)] {
      mailbox->post([waiting] {
        if (const auto alive = waiting.lock()) {
          alive->cancel();
        }
      });
    });
  } catch (const std::exception& problem) {
    worker_.log().error("{}: waiting failed: {}", listener_.name, escape_for_log(problem.what()));
    timer->expires_after(std::chrono::milliseconds(0));
  }
  ErrorCode ignored;
  co_await timer->async_wait(into(ignored));
  waiting_ = nullptr;
}

void Connection::write_head(const Response& response) {
  head_.clear();
  append_response_head(head_, response, {worker_.date(), keep_alive_, version_ == Version::kHttp10});
}

Task<bool> Connection::write(const Response& response) {
  keep_alive_ = keep_alive_ && !worker_.is_draining();
  auto body = request_.method == "HEAD" ? std::string_view() : response.body.view();
  try {
    write_head(response);
  } catch (const std::exception& problem) {
    write_head(fault(problem.what()));
    body = {};
  }
  set_hop_limit(response.hop_limit);
  // Nearly always the kernel takes all of it at once; waiting for that through the loop would cost a fifth of the rate.
  ErrorCode error;
  const std::array<asio::const_buffer, 2> parts{asio::buffer(head_), asio::buffer(body.data(), body.size())};
  const auto written = socket_.write_some(parts, error);
  if (error && error != asio::error::would_block) {
    co_return false;
  }
  if (written == head_.size() + body.size()) {
    co_return true;
  }
  enter(State::kWriting, listener_.limits.write);
  const bool complete = co_await write_rest(head_, body, written);
  co_return complete;
}

Task<bool> Connection::write_rest(std::string_view head, std::string_view body, std::size_t written) {
  const auto of_head = std::min(written, head.size());
  head.remove_prefix(of_head);
  body.remove_prefix(written - of_head);
  const std::array<asio::const_buffer, 2> parts{asio::buffer(head.data(), head.size()),
                                                asio::buffer(body.data(), body.size())};
  ErrorCode error;
  co_await asio::async_write(socket_, parts, into(error));
  co_return !error && !is_closed_;
}

Task<void> Connection::refuse(Refusal refusal) {
  worker_.report_refusal(*this, refusal);
  keep_alive_ = false;
  const Response response{refusal.status, {}, {}, {}};
  const bool written = co_await write(response);
  if (!written) {
    co_return;
  }
  ErrorCode ignored;
  socket_.shutdown(Socket::shutdown_send, ignored);
  enter(State::kWriting, kLinger);
  for (std::size_t total = 0; total < kLingerBytes; total += buffer_.size()) {
    buffer_.consume(buffer_.size());
    const bool more = co_await receive(kReadSize);
    if (!more) {
      break;
    }
  }
}

void Connection::set_hop_limit(std::optional<int> hops) {
  const int wanted = hops.value_or(kDefaultHops);
  if (wanted == hop_limit_) {
    return;
  }
  // A socket for both families takes each option for the packets of its family; one of them may not apply.
  const auto fails = [&](int level, int option) {
    return ::setsockopt(socket_.native_handle(), level, option, &wanted, sizeof wanted) != 0;
  };
  const bool fails_v4 = fails(IPPROTO_IP, IP_TTL);
  const bool fails_v6 = fails(IPPROTO_IPV6, IPV6_UNICAST_HOPS);
  if (fails_v4 && fails_v6) {
    worker_.log().error("{}: the hop limit {} can not be set", listener_.name, wanted);
  }
  hop_limit_ = wanted;
}

}  // namespace understudy::http
