#pragma once

#include <string>
#include <utility>

#include "understudy/base/listen_address.hpp"
#include "understudy/base/result.hpp"

namespace understudy::http {

/// A socket that listens before there is a server for it: one that the parent process opened, or one that needs
/// rights which the server is to be without. Whoever connects meanwhile waits until a Server accepts
/// (Listener::socket).
///
/// A resource, closed by the destructor; not passed on to programs that are started. Thread-safety: that of a value.
class OpenSocket {
 public:
  /// Opens one for the listener `name`. Errors: those of Server::start.
  static Result<OpenSocket> listen(const std::string& name, const ListenAddress& address);

  /// Takes the descriptor of a listening socket over, and closes it where it is not one. kInvalid, code
  /// `NotAListeningSocket`: it is none, or not of TCP or a Unix stream.
  static Result<OpenSocket> adopt(const std::string& name, int descriptor);

  OpenSocket(OpenSocket&& other) noexcept;
  OpenSocket& operator=(OpenSocket&& other) noexcept;
  ~OpenSocket();

  [[nodiscard]] const std::string& name() const { return name_; }
  void rename(std::string name) { name_ = std::move(name); }
  [[nodiscard]] const ListenAddress& address() const { return address_; }
  [[nodiscard]] int descriptor() const { return descriptor_; }

 private:
  OpenSocket(std::string name, int descriptor) : name_(std::move(name)), descriptor_(descriptor) {}

  std::string name_;
  ListenAddress address_;
  int descriptor_ = -1;
};

}  // namespace understudy::http
