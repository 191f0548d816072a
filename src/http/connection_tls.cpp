#include <boost/asio/post.hpp>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>

#include "connection.hpp"
#include "understudy/http/handshakes.hpp"

/// What a connection does otherwise where its listener speaks TLS. Everybody else meets one branch on `tls_`.
namespace understudy::http {

namespace {

/// A client by Nagle's algorithm, one without TCP_NODELAY, keeps its request back until the last of its handshake is
/// acknowledged, which the kernel puts off for 40 ms where there is nothing to say (tcp(7), TCP_QUICKACK).
void acknowledge(int descriptor) {
  const int now = 1;
  ::setsockopt(descriptor, IPPROTO_TCP, TCP_QUICKACK, &now, sizeof now);
}

}  // namespace

using Step = TlsStream::Step;

/// True: the step may be tried again.
Task<bool> Connection::wait_for_socket(Step step) {
  if (step == Step::kEnded) {
    co_return false;
  }
  ErrorCode error;
  co_await socket_.async_wait(step == Step::kWantsRead ? Socket::wait_read : Socket::wait_write, into(error));
  co_return !error && !is_closed_;
}

Task<bool> Connection::shake_hands() {
  // The listener may speak otherwise by the time that it is this client's turn.
  const auto context = gate_.tls;
  bool goes_on = co_await read_greeting();
  if (goes_on) {
    goes_on = co_await wait_for_place();
  }
  if (!goes_on) {
    co_return false;
  }
  enter(State::kReading, listener_.limits.message);
  tls_ = std::make_unique<TlsStream>(*context, socket_.native_handle(), received());
  buffer_.clear();
  let_go_of_request();
  for (auto step = tls_->shake_hands(); step != Step::kDone; step = tls_->shake_hands()) {
    const bool again = co_await wait_for_socket(step);
    if (!again) {
      if (!tls_->complaint().empty()) {
        worker_.report_handshake(*this, tls_->complaint());
      }
      co_return false;
    }
  }
  acknowledge(socket_.native_handle());
  worker_.end_handshake(*this);
  co_return true;
}

Task<bool> Connection::read_greeting() {
  enter(State::kIdle, listener_.limits.idle);
  if (worker_.is_draining() && is_idle()) {
    co_return false;
  }
  while (missing_of_greeting(received()) > 0) {
    const bool more = co_await receive(std::min(kReadSize, kLongestHandshake - buffer_.size()));
    if (!more) {
      co_return false;
    }
    if (state_ == State::kIdle) {
      enter(State::kReading, listener_.limits.message);
    }
  }
  co_return true;
}

Task<bool> Connection::wait_for_place() {
  enter(State::kReading, listener_.limits.idle);
  if (worker_.begin_handshake(*this)) {
    co_return true;
  }
  Timer turn(socket_.get_executor(), SteadyTime::max());
  waiting_ = &turn;
  ErrorCode ignored;
  co_await turn.async_wait(into(ignored));
  waiting_ = nullptr;
  co_return !is_closed_;
}

void Connection::take_place() {
  handshake_ = Handshake::kUnderWay;
  if (waiting_ != nullptr) {
    waiting_->cancel();
  }
}

Task<bool> Connection::receive_over_tls(boost::beast::flat_buffer::mutable_buffers_type space) {
  std::size_t count = 0;
  auto step = tls_->read(space.data(), space.size(), count);
  if (step == Step::kDone) {
    // Without this a client that sends faster than it is answered would have the thread to itself.
    co_await asio::post(socket_.get_executor(), asio::use_awaitable_t<Executor>());
  }
  while (step != Step::kDone) {
    const bool again = co_await wait_for_socket(step);
    if (!again) {
      co_return false;
    }
    step = tls_->read(space.data(), space.size(), count);
  }
  buffer_.commit(count);
  co_return !is_closed_;
}

Task<bool> Connection::write_over_tls(std::string_view text) {
  while (!text.empty()) {
    std::size_t count = 0;
    const auto step = tls_->write(text, count);
    text.remove_prefix(count);
    if (step != Step::kDone) {
      const bool again = co_await wait_for_socket(step);
      if (!again) {
        co_return false;
      }
    }
  }
  co_return true;
}

}  // namespace understudy::http
