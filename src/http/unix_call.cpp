#include "unix_call.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/system/system_error.hpp>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>

#include "understudy/base/text.hpp"

namespace understudy::http {
namespace {

namespace beast_http = boost::beast::http;

constexpr std::size_t kReadSizeOfAnswers = 16 * 1024;

std::string bytes_of(const Url& origin, const Request& request) {
  auto bytes = fmt::format("{} {} HTTP/1.1\r\n", request.method, request.target);
  if (!request.headers.get("Host")) {
    bytes += fmt::format("Host: {}\r\n", origin.authority());
  }
  for (const auto& [name, value] : request.headers) {
    if (!equal_ignoring_case(name, "Content-Length") && !equal_ignoring_case(name, "Connection")) {
      bytes += fmt::format("{}: {}\r\n", name, value);
    }
  }
  if (!request.body.empty() || request.method == "POST" || request.method == "PUT") {
    bytes += fmt::format("Content-Length: {}\r\n", request.body.size());
  }
  return bytes + "Connection: close\r\n\r\n" + request.body;
}

bool is_of_parser(const ErrorCode& error) {
  return error.category() == beast_http::make_error_code(beast_http::error::bad_field).category();
}

}  // namespace

Result<std::unique_ptr<UnixCall>> UnixCall::make(const std::filesystem::path& path, std::size_t max_body,
                                                 std::stop_token stop) {
  try {
    return std::make_unique<UnixCall>(path, max_body, std::move(stop));
  } catch (const boost::system::system_error& error) {
    return Error{Error::Kind::kUnavailable, "ConnectionError",
                 fmt::format("unix://{}: {}", path.string(), error.code().message())};
  }
}

Error UnixCall::failure(Error::Kind kind, std::string code, std::string_view what) const {
  return {kind, std::move(code), fmt::format("unix://{}: {}", path_, what)};
}

Error UnixCall::unavailable(std::string code, std::string_view what) const {
  return failure(Error::Kind::kUnavailable, std::move(code), what);
}

void UnixCall::settle(const ErrorCode& outcome) {
  outcome_ = outcome;
  is_settled_ = true;
}

Result<void> UnixCall::complete(SteadyTime deadline, const std::function<void()>& start) {
  is_settled_ = false;
  context_.restart();
  start();
  {
    const std::stop_callback leave(stop_, [this] { context_.stop(); });
    context_.run_until(deadline);
  }
  if (is_settled_) {
    return {};
  }
  return stop_.stop_requested() ? unavailable("ConnectionError", "the call was ended, because the program ends")
                                : unavailable("Timeout", "no whole answer came within the time allowed");
}

Result<void> UnixCall::open() {
  if (path_.empty() || path_.size() >= sizeof(sockaddr_un::sun_path)) {
    return failure(
        Error::Kind::kInvalid, "BadSocket",
        fmt::format("the path of a socket has 1 to {} bytes; use a shorter one", sizeof(sockaddr_un::sun_path) - 1));
  }
  const int descriptor = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) {
    return unavailable("ConnectionError", ErrorCode(errno, boost::system::system_category()).message());
  }
  ErrorCode error;
  socket_.assign(asio::local::stream_protocol(), descriptor, error);
  if (error) {
    ::close(descriptor);
    return unavailable("ConnectionError", error.message());
  }
  return {};
}

Result<void> UnixCall::connect(SteadyTime deadline) {
  if (auto opened = open(); !opened) {
    return opened;
  }
  const auto connected = complete(deadline, [this] {
    socket_.async_connect(asio::local::stream_protocol::endpoint(path_), [this](ErrorCode error) { settle(error); });
  });
  if (connected && outcome_) {
    return connect_failure();
  }
  return connected;
}

Error UnixCall::connect_failure() const {
  if (outcome_ == boost::system::errc::no_such_file_or_directory) {
    return failure(Error::Kind::kNotFound, "NoSocket", "there is no such socket");
  }
  if (outcome_ == boost::system::errc::permission_denied) {
    return failure(Error::Kind::kDenied, "PermissionDenied", "this user may not open the socket");
  }
  if (outcome_ == asio::error::connection_refused) {
    return unavailable("ConnectionError", "nobody listens on the socket");
  }
  return unavailable("ConnectionError", outcome_.message());
}

Result<void> UnixCall::write(const Url& origin, const Request& request, SteadyTime deadline) {
  parser_.skip(request.method == "HEAD");
  const auto bytes = bytes_of(origin, request);
  const auto written = complete(deadline, [&] {
    asio::async_write(socket_, asio::buffer(bytes), [this](ErrorCode error, std::size_t) { settle(error); });
  });
  // A peer that answers before it has read all, and closes, is worth listening to.
  if (written && outcome_ && outcome_ != asio::error::broken_pipe) {
    return unavailable("ConnectionError", outcome_.message());
  }
  return written;
}

Result<void> UnixCall::read_head(SteadyTime deadline) {
  parser_.eager(true);
  while (!parser_.is_header_done()) {
    if (auto advanced = advance(deadline); !advanced) {
      return advanced;
    }
  }
  const auto length = parser_.content_length();
  if (length && *length > parser_.max_body() && !parser_.is_done()) {
    return too_large();
  }
  return {};
}

bool UnixCall::is_stream() const { return parser_.status() == 200 && !parser_.content_length(); }

Result<Response> UnixCall::read_rest(SteadyTime deadline) {
  while (!parser_.is_done()) {
    if (auto advanced = advance(deadline); !advanced) {
      return std::move(advanced).error();
    }
  }
  auto response = head();
  response.body = Body(parser_.take_body());
  return response;
}

Result<std::string> UnixCall::read_some(SteadyTime deadline) {
  auto part = parser_.take_body();
  while (part.empty() && !parser_.is_done()) {
    if (auto advanced = advance(deadline); !advanced) {
      return std::move(advanced).error();
    }
    part = parser_.take_body();
  }
  return part;
}

Result<void> UnixCall::advance(SteadyTime deadline) {
  if (parser_.is_enough(buffer_.size())) {
    const auto used = parser_.put(buffer_.cdata(), outcome_);
    buffer_.consume(used);
    if (outcome_ && outcome_ != beast_http::error::need_more) {
      return read_failure();
    }
    if (used > 0) {
      return {};
    }
  }
  return receive(deadline);
}

Result<void> UnixCall::receive(SteadyTime deadline) {
  const auto room = buffer_.max_size() - buffer_.size();
  if (room == 0) {
    return unavailable("TooLarge", "a part of the answer is longer than any should be");
  }
  const auto space = buffer_.prepare(std::min(room, kReadSizeOfAnswers));
  auto read = complete(deadline, [&] {
    socket_.async_read_some(space, [this](ErrorCode error, std::size_t size) {
      buffer_.commit(size);
      settle(error);
    });
  });
  if (!read) {
    return read;
  }
  if (outcome_ == asio::error::eof) {
    outcome_ = beast_http::error::partial_message;
    if (parser_.got_some()) {
      parser_.put_eof(outcome_);
    }
  }
  return outcome_ ? read_failure() : Result<void>();
}

Error UnixCall::too_large() const {
  return unavailable("TooLarge", fmt::format("the answer has more than {} bytes", parser_.max_body()));
}

Error UnixCall::read_failure() const {
  if (outcome_ == beast_http::error::body_limit) {
    return too_large();
  }
  if (outcome_ == beast_http::error::header_limit) {
    return unavailable("TooLarge", "the head of the answer is longer than any should be");
  }
  const bool has_ended = outcome_ == beast_http::error::partial_message || outcome_ == asio::error::connection_reset;
  if (has_ended) {
    return parser_.is_header_done() ? unavailable("Truncated", "the answer ended before it was whole")
                                    : unavailable("ConnectionError", "it closed the connection without an answer");
  }
  return unavailable("ConnectionError", is_of_parser(outcome_) ? "what came is no answer of HTTP" : outcome_.message());
}

}  // namespace understudy::http
