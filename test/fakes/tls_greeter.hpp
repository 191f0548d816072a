#pragma once

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <poll.h>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fakes/certificates.hpp"
#include "fakes/raw_socket.hpp"

namespace understudy::fakes {

/// A client of TLS that has said its greeting, and goes on when it is told to; it takes any certificate.
class TlsGreeter {
 public:
  explicit TlsGreeter(std::uint16_t port, const char* source = nullptr)
      : socket_(RawSocket::connect_to(port, source)), context_(SSL_CTX_new(TLS_client_method())) {
    session_.reset(SSL_new(context_.get()));
    from_server_ = BIO_new(BIO_s_mem());
    to_server_ = BIO_new(BIO_s_mem());
    SSL_set_bio(session_.get(), from_server_, to_server_);
    SSL_set_connect_state(session_.get());
    take_step();
  }

  [[nodiscard]] const RawSocket& socket() const { return socket_; }
  /// What has come after the handshake.
  [[nodiscard]] const std::string& answer() const { return answer_; }
  [[nodiscard]] bool is_closed() const { return is_closed_; }

  /// Goes on with what the server has said; sends `request` as soon as the handshake is done.
  void go_on(std::string_view request) {
    const auto came = socket_.receive_some();
    is_closed_ = came.empty();
    BIO_write(from_server_, came.data(), static_cast<int>(came.size()));
    const bool was_done = SSL_is_init_finished(session_.get()) == 1;
    take_step();
    if (SSL_is_init_finished(session_.get()) != 1) {
      return;
    }
    if (!was_done) {
      SSL_write(session_.get(), request.data(), static_cast<int>(request.size()));
      flush();
    }
    std::array<char, 4096> part{};
    for (int count = 1; count > 0;) {
      count = SSL_read(session_.get(), part.data(), static_cast<int>(part.size()));
      answer_.append(part.data(), count > 0 ? static_cast<std::size_t>(count) : 0);
    }
  }

 private:
  void take_step() {
    ERR_clear_error();
    SSL_do_handshake(session_.get());
    flush();
  }
  void flush() const {
    socket_.send(text_in(*to_server_));
    BIO_reset(to_server_);
  }

  RawSocket socket_;
  TlsContext context_;
  TlsSession session_;
  BIO* from_server_ = nullptr;  ///< The session's, as the other one.
  BIO* to_server_ = nullptr;
  std::string answer_;
  bool is_closed_ = false;
};

/// Has all of them go on as they are told something, each until it is answered with `expected` or closed, or until
/// nothing has come for ten seconds.
inline void finish_all(std::vector<TlsGreeter>& clients, std::string_view request, std::string_view expected) {
  std::vector<pollfd> waiting;
  for (const auto& each : clients) {
    waiting.push_back({each.socket().fd(), POLLIN, 0});
  }
  std::size_t left = clients.size();
  while (left > 0 && ::poll(waiting.data(), waiting.size(), 10'000) > 0) {
    for (std::size_t i = 0; i < clients.size(); ++i) {
      if (waiting[i].revents != 0) {
        clients[i].go_on(request);
        if (clients[i].is_closed() || clients[i].answer().ends_with(expected)) {
          waiting[i].fd = -1;
          --left;
        }
      }
    }
  }
}

}  // namespace understudy::fakes
