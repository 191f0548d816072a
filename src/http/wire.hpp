#pragma once

#include <sys/types.h>

#include <cstddef>
#include <utility>

#include "understudy/base/descriptor.hpp"

namespace understudy::http {

/// Bytes to a server and back. Blocks, until the socket is shut down at the latest. Belongs to one thread.
class Wire {
 public:
  Wire() = default;
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;
  virtual ~Wire() = default;

  /// Bytes that came, up to `size`; 0 at their end, below 0 where they broke off.
  virtual ssize_t read(char* room, std::size_t size) = 0;
  /// All of them; below 0 where that failed.
  virtual ssize_t write(const char* bytes, std::size_t size) = 0;
  [[nodiscard]] virtual int socket() const = 0;
  /// Whether `read` has something at hand that the socket no longer shows.
  [[nodiscard]] virtual bool holds_some() const { return false; }
};

/// A connected socket as it is.
class PlainWire final : public Wire {
 public:
  explicit PlainWire(Descriptor socket) : socket_(std::move(socket)) {}

  ssize_t read(char* room, std::size_t size) override;
  ssize_t write(const char* bytes, std::size_t size) override;
  [[nodiscard]] int socket() const override { return socket_.get(); }
  /// Leaves none behind.
  [[nodiscard]] Descriptor take_socket() { return std::move(socket_); }

 private:
  Descriptor socket_;
};

}  // namespace understudy::http
