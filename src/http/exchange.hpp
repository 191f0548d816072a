#pragma once

#include <httplib.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "answer_bounds.hpp"
#include "bounded_client.hpp"
#include "call_watchdog.hpp"
#include "client_tls.hpp"
#include "resolver.hpp"
#include "understudy/base/http_client.hpp"
#include "understudy/base/message.hpp"
#include "understudy/base/result.hpp"
#include "understudy/base/url.hpp"
#include "understudy/http/proxy.hpp"

namespace understudy::http {

/// What a call says, to whom, and which way. REQUIRES: all of it outlives the call.
struct Errand {
  const Url& origin;
  const Request& request;
  const CallLimits& limits;
  const std::optional<Proxy>& proxy;
};

[[nodiscard]] Error call_failure(std::string code, const Url& origin, std::string_view what);

/// One call on a client of the library: what has come of the answer, and why it ended. The errors are those of
/// NetworkClient. For one thread, once.
class Exchange {
 public:
  /// `tls` for an origin of https, nullptr for one of http.
  Exchange(const Errand& errand, const ClientTls* tls, CallWatchdog& watchdog);

  /// Finds the addresses of the origin, or of the proxy, and tries them in turn; `address_of_all` in their place,
  /// unless it is empty.
  Result<Response> run(Resolver& resolver, const std::string& address_of_all);

  /// What `run` does once there is a connection. REQUIRES: SIGPIPE is blocked.
  Result<Response> send_through(Wire& wire);

 private:
  void configure();
  Result<Response> send_over(Descriptor socket);
  /// The socket, or what has been made of it: TLS, inside a tunnel.
  Result<std::unique_ptr<Wire>> secure(Descriptor socket);
  [[nodiscard]] httplib::Request library_request();
  [[nodiscard]] Response taken(const httplib::Response& answer);
  [[nodiscard]] Error failure(std::string code, std::string_view what) const;
  [[nodiscard]] Error failure(httplib::Error error) const;
  /// Why the call ended, whatever the library makes of it.
  [[nodiscard]] std::optional<Error> verdict() const;

  Errand errand_;
  const ClientTls* tls_;
  BoundedClient client_;
  AnswerBounds bounds_;
  std::string body_;
  bool has_head_ = false;
  bool is_too_large_ = false;
  const std::chrono::steady_clock::time_point deadline_;
  CallWatchdog::Call call_;
};

}  // namespace understudy::http
