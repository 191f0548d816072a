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

/// A server on the loopback that does with each connection what the test says, one after another, on a thread of its
/// own.
class RawServer {
 public:
  using Script = std::function<void(RawSocket&)>;

  explicit RawServer(Script script) : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    auto address = RawSocket::loopback(0);
    socklen_t size = sizeof address;
    if (::bind(listener_.fd(), reinterpret_cast<const sockaddr*>(&address), size) != 0 ||
        ::listen(listener_.fd(), 16) != 0 ||
        ::getsockname(listener_.fd(), reinterpret_cast<sockaddr*>(&address), &size) != 0) {
      throw std::runtime_error("can not listen");
    }
    port_ = ntohs(address.sin_port);
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

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] int connections() const { return connections_; }

 private:
  int accept() const {
    int fd = -1;
    do {
      fd = ::accept4(listener_.fd(), nullptr, nullptr, SOCK_CLOEXEC);
    } while (fd < 0 && !is_leaving_);
    return fd;
  }

  RawSocket listener_;
  std::uint16_t port_ = 0;
  std::atomic<int> connections_{0};
  std::atomic<bool> is_leaving_{false};
  std::thread thread_;
};

}  // namespace understudy::fakes
