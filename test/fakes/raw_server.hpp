#pragma once

#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>
#include <utility>

#include "fakes/raw_socket.hpp"

namespace understudy::fakes {

/// A server that does with each connection what the test says, one after another, on a thread of its own: on the
/// loopback, or on a listening socket that the test has made.
class RawServer {
 public:
  using Script = std::function<void(RawSocket&)>;

  explicit RawServer(Script script) : RawServer(listen_on_loopback(), std::move(script)) {}
  RawServer(RawSocket listener, Script script) : listener_(std::move(listener)) {
    thread_ = std::thread([this, script = std::move(script)] {
      // OpenSSL writes without MSG_NOSIGNAL; a client under test may be gone.
      sigset_t pipe;
      sigemptyset(&pipe);
      sigaddset(&pipe, SIGPIPE);
      pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
      for (int fd = accept(); fd >= 0; fd = accept()) {
        ++connections_;
        RawSocket client(fd);
        script(client);
      }
    });
  }
  RawServer(const RawServer&) = delete;
  RawServer& operator=(const RawServer&) = delete;
  ~RawServer() {
    is_leaving_ = true;
    ::shutdown(listener_.fd(), SHUT_RDWR);
    thread_.join();
  }

  /// Sends `answer` once the head of a request has come, and closes.
  static Script answering(std::string answer) {
    return [answer = std::move(answer)](RawSocket& client) {
      client.receive_until("\r\n\r\n");
      client.send(answer);
    };
  }

  /// REQUIRES: it is on the loopback.
  [[nodiscard]] std::uint16_t port() const {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    ::getsockname(listener_.fd(), reinterpret_cast<sockaddr*>(&address), &size);
    return ntohs(address.sin_port);
  }
  [[nodiscard]] int connections() const { return connections_; }

 private:
  static RawSocket listen_on_loopback() {
    RawSocket listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const auto address = RawSocket::loopback(0);
    if (::bind(listener.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(listener.fd(), 16) != 0) {
      throw std::runtime_error("can not listen");
    }
    return listener;
  }

  int accept() const {
    int fd = -1;
    do {
      fd = ::accept4(listener_.fd(), nullptr, nullptr, SOCK_CLOEXEC);
    } while (fd < 0 && !is_leaving_);
    return fd;
  }

  RawSocket listener_;
  std::atomic<int> connections_{0};
  std::atomic<bool> is_leaving_{false};
  std::thread thread_;
};

}  // namespace understudy::fakes
