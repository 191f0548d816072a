#include <boost/asio/write.hpp>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <exception>
#include <utility>
#include <variant>

#include "connection.hpp"
#include "understudy/base/secret.hpp"
#include "understudy/base/text.hpp"

/// The second half of a connection: from the request to the last byte of its answer.
namespace understudy::http {
namespace {

// What goes out as one record of TLS, and so as one packet where it is small.
constexpr std::size_t kTlsRecord = 16 * 1024;
// What a refused client may still send before we close over it: a reset could overtake the answer.
constexpr std::size_t kLingerBytes = 256 * 1024;
constexpr std::chrono::milliseconds kLinger{500};

}  // namespace

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
  auto& response = std::get<Response>(answer);
  if (response.delay.count() > 0) {
    co_await hold_back(response.delay);
  }
  co_return std::move(response);
}

Task<void> Connection::hold_back(std::chrono::milliseconds delay) {
  Timer timer(socket_.get_executor());
  timer.expires_after(delay);
  waiting_ = &timer;
  ErrorCode ignored;
  co_await timer.async_wait(into(ignored));
  waiting_ = nullptr;
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
  keep_alive_ = keep_alive_ && !is_last();
  auto body = request_.method == "HEAD" ? std::string_view() : response.body.view();
  try {
    write_head(response);
  } catch (const std::exception& problem) {
    write_head(fault(problem.what()));
    body = {};
  }
  set_hop_limit(response.hop_limit);
  if (tls_) {
    if (head_.size() + body.size() <= kTlsRecord) {
      head_.append(std::exchange(body, {}));
    }
    enter(State::kWriting, listener_.limits.write);
    const bool complete = co_await write_rest(head_, body, 0);
    wipe(head_);
    co_return complete;
  }
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
  if (tls_) {
    bool sent = co_await write_over_tls(head);
    if (sent) {
      sent = co_await write_over_tls(body);
    }
    co_return sent;
  }
  const auto of_head = std::min(written, head.size());
  head.remove_prefix(of_head);
  body.remove_prefix(written - of_head);
  const std::array<asio::const_buffer, 2> parts{asio::buffer(head.data(), head.size()),
                                                asio::buffer(body.data(), body.size())};
  ErrorCode error;
  co_await asio::async_write(socket_, parts, into(error));
  co_return !error && !is_closed_;
}

Response Connection::refused(int status) const {
  if (status != 400 || listener_.bad_request.empty()) {
    return {status, {}, {}, {}};
  }
  return {status, {{"Content-Type", "text/plain; charset=utf-8"}}, listener_.bad_request, {}};
}

Task<void> Connection::refuse(Refusal refusal) {
  worker_.report_refusal(*this, refusal);
  gate_.traffic.refused(refusal.status);
  keep_alive_ = false;
  let_go_of_request();
  const auto response = refused(refusal.status);
  const bool written = co_await write(response);
  if (!written) {
    co_return;
  }
  ErrorCode ignored;
  if (tls_) {
    tls_->say_goodbye();
  }
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
  if (wanted == hop_limit_ || request_.peer.address.empty()) {
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
