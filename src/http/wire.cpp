#include "wire.hpp"

#include <sys/socket.h>

#include <cerrno>

namespace understudy::http {

ssize_t PlainWire::read(char* room, std::size_t size) {
  ssize_t count = -1;
  do {
    count = ::recv(socket_.get(), room, size, 0);
  } while (count < 0 && errno == EINTR);
  return count;
}

ssize_t PlainWire::write(const char* bytes, std::size_t size) {
  std::size_t sent = 0;
  while (sent < size) {
    const auto count = ::send(socket_.get(), bytes + sent, size - sent, MSG_NOSIGNAL);
    if (count >= 0) {
      sent += static_cast<std::size_t>(count);
    } else if (errno != EINTR) {
      return -1;
    }
  }
  return static_cast<ssize_t>(size);
}

}  // namespace understudy::http
