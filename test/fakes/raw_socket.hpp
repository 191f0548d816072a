#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <poll.h>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace understudy::fakes {

/// A TCP connection that sends and receives bytes as they are, for what no well-behaved client or server would say.
/// Every wait ends after ten seconds with an exception, so that a test fails and does not hang.
class RawSocket {
 public:
  explicit RawSocket(int fd) : fd_(fd) {
    const timeval limit{10, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  }
  RawSocket(RawSocket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  RawSocket(const RawSocket&) = delete;
  RawSocket& operator=(const RawSocket&) = delete;
  RawSocket& operator=(RawSocket&&) = delete;
  ~RawSocket() {
    if (fd_ >= 0) {
      ::close(fd_);
    }
  }

  /// Connects to the IPv4 loopback, from `source` where one is said.
  static RawSocket connect_to(std::uint16_t port, const char* source = nullptr) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    RawSocket made(fd);
    if (source != nullptr) {
      sockaddr_in own = loopback(0);
      ::inet_pton(AF_INET, source, &own.sin_addr);
      if (::bind(fd, reinterpret_cast<const sockaddr*>(&own), sizeof own) != 0) {
        throw std::runtime_error("can not connect from there");
      }
    }
    const sockaddr_in address = loopback(port);
    if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      throw std::runtime_error("can not connect");
    }
    return made;
  }

  static sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
  }

  /// False where the other side has closed.
  bool send(std::string_view bytes) const {
    while (!bytes.empty()) {
      const auto count = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (count <= 0) {
        return false;
      }
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
  }

  /// Whatever comes next; empty once the other side has closed or reset.
  std::string receive_some() const {
    std::array<char, 16384> part{};
    const auto count = ::recv(fd_, part.data(), part.size(), 0);
    if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
      throw std::runtime_error("nothing came in ten seconds");
    }
    return count > 0 ? std::string(part.data(), static_cast<std::size_t>(count)) : std::string();
  }

  /// Everything until the other side closes.
  std::string receive_all() const {
    std::string all;
    for (auto part = receive_some(); !part.empty(); part = receive_some()) {
      all += part;
    }
    return all;
  }

  /// Until `text` has come, or the other side has closed.
  std::string receive_until(std::string_view text) const {
    std::string all;
    while (all.find(text) == std::string::npos) {
      const auto part = receive_some();
      if (part.empty()) {
        break;
      }
      all += part;
    }
    return all;
  }

  /// Whether the other side says something within that time, or ends the connection.
  [[nodiscard]] bool is_told_within(std::chrono::milliseconds time) const {
    pollfd waiting{fd_, POLLIN, 0};
    return ::poll(&waiting, 1, static_cast<int>(time.count())) == 1;
  }

  void finish_sending() const { ::shutdown(fd_, SHUT_WR); }

  [[nodiscard]] int fd() const { return fd_; }

 private:
  int fd_;
};

}  // namespace understudy::fakes
