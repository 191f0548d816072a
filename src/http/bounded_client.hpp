#pragma once

#include <httplib.h>

#include <array>
#include <cstddef>
#include <ctime>
#include <string>

#include "answer_bounds.hpp"
#include "understudy/base/descriptor.hpp"
#include "wire.hpp"

namespace understudy::http {

/// A wire as the library reads and writes it, within bounds: what goes over them is a broken connection to the library,
/// and told by AnswerBounds. It has what any release wants of a Stream, from 0.11 to 0.41, so without `override`.
/// REQUIRES: wire and bounds outlive it.
class BoundedStream final : public httplib::Stream {
 public:
  BoundedStream(Wire& wire, AnswerBounds& bounds) : wire_(wire), bounds_(bounds) {}

  using httplib::Stream::write;
  // NOLINTBEGIN(modernize-use-override): which of them override differs by release.
  virtual bool is_readable() const;
  virtual bool wait_readable() const;
  virtual bool is_writable() const { return true; }
  virtual bool wait_writable() const { return true; }
  virtual ssize_t read(char* room, std::size_t size);
  virtual ssize_t write(const char* bytes, std::size_t size) { return wire_.write(bytes, size); }
  virtual void get_remote_ip_and_port(std::string& /*ip*/, int& /*port*/) const {}
  virtual void get_local_ip_and_port(std::string& /*ip*/, int& /*port*/) const {}
  virtual socket_t socket() const { return wire_.socket(); }
  virtual std::time_t duration() const { return 0; }
  // NOLINTEND(modernize-use-override)

 private:
  [[nodiscard]] bool comes_within(int milliseconds) const;

  Wire& wire_;
  AnswerBounds& bounds_;
  std::array<char, 4096> buffer_{};
  std::size_t next_ = 0;
  std::size_t end_ = 0;
};

/// The library's client in two steps, so that what lies between (a tunnel, TLS) and what the answer is read from is not
/// the library's: neither its own TLS client nor its way through a proxy reads within bounds, and the first can not be
/// derived from in newer releases.
class BoundedClient final : public httplib::ClientImpl {
 public:
  using httplib::ClientImpl::ClientImpl;

  /// A socket connected by the client's settings, which blocks; none where that failed, by `error`.
  Descriptor connect(httplib::Error& error) {
    Socket made;
    return create_and_connect_socket(made, error) ? Descriptor(made.sock) : Descriptor();
  }

  /// Writes the request and reads the answer.
  bool exchange(httplib::Stream& stream, httplib::Request& request, httplib::Response& response,
                httplib::Error& error) {
    constexpr bool kClosesThen = true;
    return process_request(stream, request, response, kClosesThen, error);
  }
};

}  // namespace understudy::http
