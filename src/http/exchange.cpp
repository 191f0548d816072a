#include "exchange.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "blocked_sigpipe.hpp"
#include "httplib_releases.hpp"
#include "tunnel.hpp"
#include "understudy/base/text.hpp"

namespace understudy::http {
namespace {

using std::chrono::milliseconds;

httplib::Headers headers_of(const Url& origin, const Request& request) {
  httplib::Headers headers;
  for (const auto& [name, value] : request.headers) {
    if (!equal_ignoring_case(name, "Content-Length")) {
      headers.emplace(name, value);
    }
  }
  if (!request.headers.get("Host")) {
    headers.emplace("Host", origin.authority());
  }
  return headers;
}

const std::string& host_called(const Errand& errand) { return errand.proxy ? errand.proxy->host : errand.origin.host; }

int port_called(const Errand& errand) { return errand.proxy ? errand.proxy->port : errand.origin.port; }

}  // namespace

Error call_failure(std::string code, const Url& origin, std::string_view what) {
  return {Error::Kind::kUnavailable, std::move(code),
          fmt::format("{}://{}: {}", origin.scheme, origin.authority(), what)};
}

Exchange::Exchange(const Errand& errand, const ClientTls* tls, CallWatchdog& watchdog)
    : errand_(errand),
      tls_(tls),
      client_(host_called(errand), port_called(errand)),
      deadline_(std::chrono::steady_clock::now() + errand.limits.total),
      call_(watchdog, errand.limits.total) {
  configure();
}

void Exchange::configure() {
  const auto& limits = errand_.limits;
  client_.set_connection_timeout(std::min(limits.connect, limits.total));
  // The watchdog keeps the total; these only must not end a call before it.
  client_.set_read_timeout(limits.total + milliseconds(1000));
  client_.set_write_timeout(limits.total + milliseconds(1000));
  client_.set_decompress(false);
  client_.set_compress(false);
  client_.set_tcp_nodelay(true);
  client_.set_socket_options([this](socket_t socket) { call_.watch(socket); });
  leave_target_alone(client_);
  send_no_more_than(client_, errand_.request);
}

Result<Response> Exchange::run(Resolver& resolver, const std::string& address_of_all) {
  const auto& host = host_called(errand_);
  const auto addresses = address_of_all.empty() ? resolver.find(host, deadline_) : std::vector{address_of_all};
  if (!addresses) {
    return failure(addresses.error().code, addresses.error().message);
  }
  const BlockedSigpipe blocked;
  auto error = httplib::Error::Unknown;
  for (const auto& address : *addresses) {
    if (call_.end() != CallWatchdog::End::kNone) {
      break;
    }
    // The library would look a name up itself, without an end in sight.
    client_.set_hostname_addr_map({{host, address}});
    auto socket = client_.connect(error);
    if (socket.get() >= 0) {
      return send_over(std::move(socket));
    }
  }
  return failure(error);
}

Result<Response> Exchange::send_over(Descriptor socket) {
  auto wire = secure(std::move(socket));
  if (!wire) {
    const auto ended = verdict();
    return ended ? *ended : failure(wire.error().code, wire.error().message);
  }
  return send_through(**wire);
}

Result<std::unique_ptr<Wire>> Exchange::secure(Descriptor socket) {
  auto plain = std::make_unique<PlainWire>(std::move(socket));
  if (tls_ == nullptr) {
    return std::unique_ptr<Wire>(std::move(plain));
  }
  if (errand_.proxy) {
    if (auto opened = open_tunnel(*plain, errand_.origin, *errand_.proxy); !opened) {
      return std::move(opened).error();
    }
  }
  return tls_->secure(plain->take_socket());
}

Result<Response> Exchange::send_through(Wire& wire) {
  auto request = library_request();
  httplib::Response answer;
  auto error = httplib::Error::Success;
  BoundedStream stream(wire, bounds_);
  const bool is_whole = client_.exchange(stream, request, answer, error) && error == httplib::Error::Success;
  if (auto ended = verdict(); ended || !is_whole) {
    return ended ? *ended : failure(error);
  }
  if (errand_.proxy && tls_ == nullptr && answer.status == 407) {
    return failure("ConnectionError", kWrongCredentials);
  }
  return taken(answer);
}

httplib::Request Exchange::library_request() {
  const auto& [origin, request, limits, proxy] = errand_;
  httplib::Request sent;
  sent.method = request.method;
  sent.path = request.target;
  sent.headers = headers_of(origin, request);
  ask_for_no_leave<BoundedClient>(sent.headers);
  sent.body = request.body;
  if (proxy && tls_ == nullptr) {
    sent.path = fmt::format("http://{}{}", origin.authority(), request.target);
    if (!proxy->user.empty()) {
      sent.headers.emplace("Proxy-Authorization", credentials_for(*proxy));
    }
  }
  sent.response_handler = [this](const httplib::Response& head) {
    has_head_ = true;
    bounds_.head_is_whole();
    const auto length = parse_decimal(head.get_header_value("Content-Length"));
    is_too_large_ = length && *length > errand_.limits.max_body && errand_.request.method != "HEAD";
    return !is_too_large_;
  };
  sent.content_receiver = [this](const char* data, std::size_t size, auto /*offset*/, auto /*total*/) {
    bounds_.pass_on(size);
    is_too_large_ = size > errand_.limits.max_body - body_.size();
    if (!is_too_large_) {
      body_.append(data, size);
    }
    return !is_too_large_;
  };
  return sent;
}

Response Exchange::taken(const httplib::Response& answer) {
  Response response{answer.status, {}, Body(std::move(body_)), {}};
  for (const auto& [name, value] : answer.headers) {
    response.headers.add(name, value);
  }
  return response;
}

Error Exchange::failure(std::string code, std::string_view what) const {
  return call_failure(std::move(code), errand_.origin, what);
}

std::optional<Error> Exchange::verdict() const {
  const auto& limits = errand_.limits;
  switch (call_.end()) {
    case CallWatchdog::End::kTimeout:
      return failure("Timeout", fmt::format("no whole answer within {} ms", limits.total.count()));
    case CallWatchdog::End::kStopped:
      return failure("ConnectionError", "the call was ended, because the program ends");
    case CallWatchdog::End::kNoDescriptor:
      return failure("ConnectionError", "no file descriptor is left for the call: ulimit -n raises the limit");
    case CallWatchdog::End::kNone:
      break;
  }
  if (bounds_.excess() == AnswerBounds::Excess::kHead) {
    return failure("TooLarge", "the head of the answer is longer than any should be");
  }
  if (bounds_.excess() == AnswerBounds::Excess::kAnswer) {
    return failure("TooLarge", "the answer is far longer than the body in it");
  }
  if (is_too_large_) {
    return failure("TooLarge", fmt::format("the answer has more than {} bytes", limits.max_body));
  }
  return std::nullopt;
}

Error Exchange::failure(httplib::Error error) const {
  if (auto ended = verdict()) {
    return *ended;
  }
  switch (error) {
    case httplib::Error::ConnectionTimeout:
      return failure("Timeout", fmt::format("no connection within {} ms", errand_.limits.connect.count()));
    case httplib::Error::Read:
      return has_head_ ? failure("Truncated", "the answer ended before it was whole")
                       : failure("ConnectionError", "it closed the connection without an answer");
    case httplib::Error::Connection:
      return failure("ConnectionError", "no connection: nobody listens there, or there is no way to it");
    default:
      return failure("ConnectionError", httplib::to_string(error));
  }
}

}  // namespace understudy::http
