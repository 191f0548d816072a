#include <boost/asio/post.hpp>

#include "connection.hpp"

/// What a connection does otherwise where its listener speaks TLS. Everybody else meets one branch on `tls_`.
namespace understudy::http {

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
  tls_ = std::make_unique<TlsStream>(*gate_.tls, socket_.native_handle());
  enter(State::kIdle, listener_.limits.idle);
  if (worker_.is_draining() && is_idle()) {
    co_return false;
  }
  auto step = Step::kWantsRead;
  while (step != Step::kDone) {
    const bool again = co_await wait_for_socket(step);
    if (!again) {
      co_return false;
    }
    if (state_ == State::kIdle) {
      enter(State::kReading, listener_.limits.message);
    }
    step = tls_->shake_hands();
    if (step == Step::kEnded && !tls_->complaint().empty()) {
      worker_.report_handshake(*this, tls_->complaint());
    }
  }
  co_return true;
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
