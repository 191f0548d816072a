#pragma once

#include <sys/socket.h>
#include <sys/un.h>

#include <filesystem>
#include <stdexcept>

#include "fakes/raw_socket.hpp"

namespace understudy::fakes {

/// A socket that listens at `path`, for a RawServer. The file goes with its folder.
inline RawSocket listen_at(const std::filesystem::path& path, int backlog = 16) {
  RawSocket listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.string().copy(address.sun_path, sizeof address.sun_path - 1);
  if (::bind(listener.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(listener.fd(), backlog) != 0) {
    throw std::runtime_error("can not listen at " + path.string());
  }
  return listener;
}

}  // namespace understudy::fakes
