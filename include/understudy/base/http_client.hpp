#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "understudy/base/handler.hpp"
#include "understudy/base/message.hpp"
#include "understudy/base/result.hpp"
#include "understudy/base/url.hpp"

namespace understudy {

/// Bounds of one call; times and sizes are totals, so that a peer which drips can not hold a thread.
struct CallLimits {
  std::chrono::milliseconds connect{3000};
  std::chrono::milliseconds total{10000};
  std::size_t max_body = 64 * 1024;
  std::string ca_bundle{};  ///< PEM file of the authorities that alone are trusted; empty: those of the client.
};

/// The outside, over HTTP. Thread-safe.
class HttpClient {
 public:
  virtual ~HttpClient() = default;

  /// Sends `request` to the origin (scheme, host, port) of `origin`; `request.target` is the path, `origin.target` is
  /// not looked at. Sends the request's headers as they are, among them `Host` if it is there, adds `Content-Length`,
  /// and follows no redirect. Blocks the caller up to `limits.total`.
  /// Any status is a success. kUnavailable (code `ConnectionError`, `Timeout`, `TlsError`, `TooLarge`, `Truncated`)
  /// where no whole answer came; the message names the origin and holds nothing of request or answer.
  virtual Result<Response> send(const Url& origin, const Request& request, const CallLimits& limits) = 0;
};

/// A client that asks a handler of this process, with no socket: the mirror image that lets the embedded STS, or a test
/// service, stand in for a remote one. REQUIRES: the handler outlives it.
class HandlerClient final : public HttpClient {
 public:
  explicit HandlerClient(Handler& handler) : handler_(handler) {}
  Result<Response> send(const Url& origin, const Request& request, const CallLimits& limits) override;

 private:
  Handler& handler_;
};

}  // namespace understudy
