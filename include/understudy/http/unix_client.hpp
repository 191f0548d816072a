#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string_view>
#include <utility>

#include "understudy/base/http_client.hpp"

namespace understudy::http {

/// Bounds of an answer that is a stream of lines; the whole of it has none.
struct StreamLimits {
  std::chrono::milliseconds head{5000};  ///< To connect, to ask, and for the answer's head to come.
  std::size_t max_line = 64 * 1024;      ///< Bytes, its end not counted.
};

/// Who reads a stream; called on the thread that called `follow`. False ends the stream.
struct LineReader {
  /// The peer has taken the question: a 200 without a Content-Length came, and no line was read yet.
  std::function<bool()> opened;
  /// One line without its end (LF or CR LF). Empty lines are left out. The view holds during the call.
  std::function<bool(std::string_view line)> line;
};

/// HTTP/1.1 over a Unix socket, one connection for each call: how one asks the Docker Engine.
///
/// Over Asio and not over the library of NetworkClient, which tells neither why a socket can not be opened nor reads a
/// stream that a second thread can end. Requests go out as with NetworkClient; `origin` gives the `Host` where the
/// request has none, and nothing else: `{"http", "docker", 80, "/"}`.
///
/// Errors beside those of HttpClient::send, from each call:
///
/// | kind | code | when |
/// |---|---|---|
/// | kInvalid | `BadSocket` | the path is empty or has more than 107 bytes, which is all that Linux takes |
/// | kNotFound | `NoSocket` | nothing is there |
/// | kDenied | `PermissionDenied` | this user may not open it |
/// | kUnavailable | `ConnectionError` | it is there and nobody listens; or the peer broke off, or does not speak HTTP |
///
/// Messages begin with `unix://` and the path. Thread-safe.
class UnixClient final : public HttpClient {
 public:
  explicit UnixClient(std::filesystem::path socket) : socket_(std::move(socket)) {}

  Result<Response> send(const Url& origin, const Request& request, const CallLimits& limits) override;

  /// Sends `request` and hands the lines of its answer to `reader` while they come. Blocks until the peer ends the
  /// stream or the reader has enough: then the result is the answer without a body. An
  /// answer that is no stream (another status, or one with a Content-Length) comes back as it is, if it has no more
  /// than 64 KiB, and the reader hears nothing. kUnavailable with `TooLarge` for a longer line, `Truncated` where the
  /// connection broke in the midst, else the errors above. Exceptions of the reader pass through.
  Result<Response> follow(const Url& origin, const Request& request, const StreamLimits& limits,
                          const LineReader& reader);

  /// Ends the calls under way, and every later one, with `ConnectionError`: for the end of the program.
  void stop_all() { stop_.request_stop(); }

  [[nodiscard]] const std::filesystem::path& socket() const { return socket_; }

 private:
  std::filesystem::path socket_;
  std::stop_source stop_;
};

}  // namespace understudy::http
