#include "understudy/http/open_socket.hpp"

#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <utility>

#include "listening.hpp"

namespace understudy::http {
namespace {

bool is_listening(int descriptor) {
  const int family = option_of(descriptor, SO_DOMAIN);
  return option_of(descriptor, SO_ACCEPTCONN) == 1 && option_of(descriptor, SO_TYPE) == SOCK_STREAM &&
         (family == AF_INET || family == AF_INET6 || family == AF_UNIX);
}

}  // namespace

Result<OpenSocket> OpenSocket::listen(const std::string& name, const ListenAddress& address) {
  asio::io_context context;
  auto acceptor = listen_alone(name, address, context);
  if (!acceptor) {
    return std::move(acceptor).error();
  }
  return adopt(name, acceptor->release());
}

Result<OpenSocket> OpenSocket::adopt(const std::string& name, int descriptor) {
  OpenSocket taken(name, descriptor);
  if (!is_listening(descriptor)) {
    return Error{Error::Kind::kInvalid, "NotAListeningSocket",
                 fmt::format("descriptor {}, passed for {}, is no listening stream socket; in a systemd socket unit "
                             "write ListenStream= with an IP address and a port, or a path, and leave Accept= out",
                             descriptor, name)};
  }
  close_on_exec(descriptor);
  asio::io_context context;
  auto acceptor = acceptor_of(taken, context);
  if (!acceptor) {
    return std::move(acceptor).error();
  }
  taken.address_ = address_of(acceptor->local_endpoint());
  return taken;
}

OpenSocket::OpenSocket(OpenSocket&& other) noexcept
    : name_(std::move(other.name_)),
      address_(std::move(other.address_)),
      descriptor_(std::exchange(other.descriptor_, -1)) {}

OpenSocket& OpenSocket::operator=(OpenSocket&& other) noexcept {
  std::swap(name_, other.name_);
  std::swap(address_, other.address_);
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

OpenSocket::~OpenSocket() {
  if (descriptor_ >= 0) {
    ::close(descriptor_);
  }
}

}  // namespace understudy::http
