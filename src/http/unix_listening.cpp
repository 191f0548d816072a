#include "unix_listening.hpp"

#include <boost/asio/local/stream_protocol.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "understudy/base/descriptor.hpp"
#include "understudy/base/listen_address.hpp"

namespace understudy::http {
namespace {

using Kind = Error::Kind;
using Unix = asio::local::stream_protocol;

ErrorCode last_error() { return {errno, boost::system::system_category()}; }

Error explain(const Listener& listener, const ErrorCode& error, std::string_view advice) {
  const auto message =
      fmt::format("{} can not listen on {}: {}; {}", listener.name, listener.address, error.message(), advice);
  if (error == asio::error::address_in_use) {
    return {Kind::kUnavailable, "AddressInUse", message};
  }
  if (error == asio::error::access_denied || error == boost::system::errc::operation_not_permitted) {
    return {Kind::kInvalid, "PermissionDenied", message};
  }
  if (error == boost::system::errc::no_such_file_or_directory) {
    return {Kind::kNotFound, "NoFolder", message};
  }
  return {error == boost::system::errc::not_a_socket ? Kind::kInvalid : Kind::kUnavailable,
          error == boost::system::errc::not_a_socket ? "NotASocket" : "CanNotListen", message};
}

std::string_view advice_for(const ErrorCode& error) {
  if (error == asio::error::address_in_use) {
    return "stop the server that listens there, or choose another path";
  }
  if (error == boost::system::errc::not_a_socket) {
    return "what is there is no socket: take it away, or choose another path";
  }
  if (error == boost::system::errc::no_such_file_or_directory) {
    return "make its folder";
  }
  return "choose a path in a folder that this user may write";
}

/// Whether nobody listens any more at a path where something is.
ErrorCode why_in_use(const std::string& path, asio::io_context& context) {
  struct stat facts{};
  if (::lstat(path.c_str(), &facts) != 0) {
    return errno == ENOENT ? ErrorCode() : last_error();
  }
  if (!S_ISSOCK(facts.st_mode)) {
    return make_error_code(boost::system::errc::not_a_socket);
  }
  asio::basic_stream_socket<Unix, Executor> probe(context);
  ErrorCode error;
  probe.open(Unix(), error);
  if (!error) {
    probe.native_non_blocking(true, error);
  }
  if (error) {
    return error;
  }
  // Asio's own connect waits for ever where the other's queue is full.
  const Unix::endpoint endpoint(path);
  if (::connect(probe.native_handle(), endpoint.data(), static_cast<socklen_t>(endpoint.size())) == 0 ||
      errno == EAGAIN) {
    return asio::error::address_in_use;
  }
  return errno == ECONNREFUSED ? ErrorCode() : last_error();
}

ErrorCode bind(Acceptor& acceptor, const std::string& path, asio::io_context& context) {
  ErrorCode error;
  acceptor.bind(Unix::endpoint(path), error);
  if (error != asio::error::address_in_use) {
    return error;
  }
  error = why_in_use(path, context);
  if (!error && ::unlink(path.c_str()) != 0 && errno != ENOENT) {
    error = last_error();
  }
  if (!error) {
    acceptor.bind(Unix::endpoint(path), error);
  }
  return error;
}

Result<Acceptor> copy_of(const Listener& listener, Acceptor& acceptor, asio::io_context& context) {
  const int copy = ::fcntl(acceptor.native_handle(), F_DUPFD_CLOEXEC, 0);
  if (copy < 0) {
    return explain(listener, last_error(), "ulimit -n raises the limit of descriptors");
  }
  Acceptor out(context);
  ErrorCode error;
  out.assign(Unix(), copy, error);
  if (error) {
    ::close(copy);
    return explain(listener, error, "ulimit -n raises the limit of descriptors");
  }
  return out;
}

}  // namespace

SocketFile::SocketFile(std::string path) : path_(std::move(path)) {
  struct stat facts{};
  if (::lstat(path_.c_str(), &facts) == 0) {
    device_ = facts.st_dev;
    inode_ = facts.st_ino;
  }
}

SocketFile::SocketFile(SocketFile&& other) noexcept
    : path_(std::exchange(other.path_, {})), device_(other.device_), inode_(other.inode_) {}

SocketFile& SocketFile::operator=(SocketFile&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(device_, other.device_);
  std::swap(inode_, other.inode_);
  return *this;
}

SocketFile::~SocketFile() {
  struct stat facts{};
  if (!path_.empty() && ::lstat(path_.c_str(), &facts) == 0 && facts.st_dev == device_ && facts.st_ino == inode_) {
    ::unlink(path_.c_str());
  }
}

ErrorCode SocketFile::set_mode(std::uint32_t mode) const {
  // There is no chmod that follows no links before Linux 6.6: the file is held first, and then looked at.
  const Descriptor held(::open(path_.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
  struct stat facts{};
  if (held.get() < 0 || ::fstat(held.get(), &facts) != 0) {
    return last_error();
  }
  if (!S_ISSOCK(facts.st_mode) || facts.st_dev != device_ || facts.st_ino != inode_) {
    return make_error_code(boost::system::errc::not_a_socket);
  }
  return ::chmod(fmt::format("/proc/self/fd/{}", held.get()).c_str(), mode) == 0 ? ErrorCode() : last_error();
}

Result<Listening> listen_on_unix(const Listener& listener,
                                 const std::vector<std::reference_wrapper<asio::io_context>>& contexts) {
  const auto path = ListenAddress{listener.address}.socket_file();
  Listening out;
  auto& first = out.acceptors.emplace_back(contexts.front().get());
  ErrorCode error;
  first.open(Unix(), error);
  if (!error) {
    close_on_exec(first.native_handle());
    error = bind(first, path, contexts.front().get());
  }
  if (!error) {
    out.file = SocketFile(path);
    error = out.file.set_mode(listener.mode);
  }
  if (!error) {
    first.listen(kBacklog, error);
  }
  if (error) {
    return explain(listener, error, advice_for(error));
  }
  for (std::size_t i = 1; i < contexts.size(); ++i) {
    auto copy = copy_of(listener, out.acceptors.front(), contexts[i].get());
    if (!copy) {
      return std::move(copy).error();
    }
    out.acceptors.push_back(*std::move(copy));
  }
  return out;
}

}  // namespace understudy::http
