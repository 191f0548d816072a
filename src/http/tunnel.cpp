#include "tunnel.hpp"

#include <boost/asio/buffer.hpp>
#include <fmt/format.h>

#include <array>
#include <string>
#include <utility>

#include "response_parser.hpp"
#include "understudy/base/crypto.hpp"

namespace understudy::http {
namespace {

namespace beast_http = boost::beast::http;

Error unavailable(std::string code, std::string what) {
  return {Error::Kind::kUnavailable, std::move(code), std::move(what)};
}

std::string connect_request(const Url& origin, const Proxy& proxy) {
  const auto host = origin.host.find(':') == std::string::npos ? origin.host : "[" + origin.host + "]";
  const auto target = fmt::format("{}:{}", host, origin.port);
  auto head = fmt::format("CONNECT {} HTTP/1.1\r\nHost: {}\r\n", target, target);
  if (!proxy.user.empty()) {
    head += fmt::format("Proxy-Authorization: {}\r\n", credentials_for(proxy));
  }
  return head + "\r\n";
}

Error unreadable(const ResponseParser::ErrorCode& error) {
  return error == beast_http::error::header_limit
             ? unavailable("TooLarge", "the head of the proxy's answer is longer than any should be")
             : unavailable("ConnectionError", "what came from the proxy is no answer of HTTP");
}

/// The status. Nothing may follow the head: in a tunnel it is the client that speaks first.
Result<int> read_status(Wire& wire) {
  ResponseParser parser(0);
  parser.skip(true);
  std::string unread;
  std::array<char, 4096> part{};
  while (!parser.is_header_done()) {
    const auto count = wire.read(part.data(), part.size());
    if (count <= 0) {
      return unavailable("ConnectionError", "the proxy closed the connection without an answer");
    }
    unread.append(part.data(), static_cast<std::size_t>(count));
    ResponseParser::ErrorCode error;
    unread.erase(0, parser.put(boost::asio::buffer(unread), error));
    if (error && error != beast_http::error::need_more) {
      return unreadable(error);
    }
  }
  const bool is_tunnel = parser.status() / 100 == 2;
  if (is_tunnel && !unread.empty()) {
    return unavailable("ConnectionError", "the proxy says more than that the way is open");
  }
  return parser.status();
}

}  // namespace

std::string credentials_for(const Proxy& proxy) {
  return "Basic " + base64(fmt::format("{}:{}", proxy.user, proxy.password.reveal()));
}

Result<void> open_tunnel(Wire& wire, const Url& origin, const Proxy& proxy) {
  const auto request = connect_request(origin, proxy);
  if (wire.write(request.data(), request.size()) < 0) {
    return unavailable("ConnectionError", "the proxy closed the connection without an answer");
  }
  const auto status = read_status(wire);
  if (!status) {
    return status.error();
  }
  if (*status == 407) {
    return unavailable("ConnectionError", std::string(kWrongCredentials));
  }
  if (*status / 100 != 2) {
    return unavailable("ConnectionError", fmt::format("the proxy does not open a way to it: it answers {}", *status));
  }
  return {};
}

}  // namespace understudy::http
