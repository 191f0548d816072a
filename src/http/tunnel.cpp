#include "tunnel.hpp"

#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "understudy/base/crypto.hpp"
#include "understudy/base/text.hpp"

namespace understudy::http {
namespace {

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

/// The head of the proxy's answer. Nothing may follow it: in a tunnel it is the client that speaks first.
Result<std::string> read_head(Wire& wire) {
  constexpr std::string_view kEnd = "\r\n\r\n";
  constexpr std::size_t kLongestHead = 16 * 1024;
  std::string head;
  std::array<char, 4096> part{};
  while (head.find(kEnd) == std::string::npos) {
    if (head.size() > kLongestHead) {
      return unavailable("TooLarge", "the head of the proxy's answer is longer than any should be");
    }
    const auto count = wire.read(part.data(), part.size());
    if (count <= 0) {
      return unavailable("ConnectionError", "the proxy closed the connection without an answer");
    }
    head.append(part.data(), static_cast<std::size_t>(count));
  }
  return head;
}

/// Of a head that begins with `HTTP/1.1 200`, whatever stands behind it: what a proxy says of a body counts for nothing
/// where it opens a tunnel (RFC 9110 section 9.3.6). nullopt where it is no answer of HTTP/1.
std::optional<int> status_in(std::string_view head) {
  const bool is_http = head.starts_with("HTTP/1.1 ") || head.starts_with("HTTP/1.0 ");
  constexpr std::size_t kBegin = 9;
  constexpr std::size_t kEnd = 12;
  const auto status = is_http ? parse_decimal(head.substr(kBegin, kEnd - kBegin)) : std::nullopt;
  const bool is_whole = status && *status >= 100 && (head[kEnd] == ' ' || head[kEnd] == '\r');
  return is_whole ? std::optional(static_cast<int>(*status)) : std::nullopt;
}

Result<int> read_status(Wire& wire) {
  const auto head = read_head(wire);
  if (!head) {
    return head.error();
  }
  const auto status = status_in(*head);
  if (!status) {
    return unavailable("ConnectionError", "what came from the proxy is no answer of HTTP");
  }
  if (*status / 100 == 2 && !head->ends_with("\r\n\r\n")) {
    return unavailable("ConnectionError", "the proxy says more than that the way is open");
  }
  return *status;
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
