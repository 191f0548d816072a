#include "understudy/base/url.hpp"

#include <fmt/format.h>

#include "understudy/base/text.hpp"

namespace understudy {
namespace {

std::uint16_t default_port(std::string_view scheme) { return scheme == "https" ? 443 : 80; }

Error bad_url(std::string_view text, std::string_view why) {
  return {Error::Kind::kInvalid, "InvalidUrl",
          fmt::format("\"{}\" is no usable URL: {}; expected http://host[:port][/path] or https://..",
                      escape_for_log(text), why)};
}

}  // namespace

std::string Url::authority() const {
  const bool is_ipv6 = host.find(':') != std::string::npos;
  std::string out = is_ipv6 ? "[" + host + "]" : host;
  if (port != default_port(scheme)) {
    out += fmt::format(":{}", port);
  }
  return out;
}

std::string Url::to_string() const { return scheme + "://" + authority() + target; }

Result<Url> parse_url(std::string_view text) {
  const auto scheme_end = text.find("://");
  if (scheme_end == std::string_view::npos) {
    return bad_url(text, "it has no scheme");
  }
  Url url;
  url.scheme = to_lower(text.substr(0, scheme_end));
  if (url.scheme != "http" && url.scheme != "https") {
    return bad_url(text, "its scheme is neither http nor https");
  }
  auto rest = text.substr(scheme_end + 3);
  if (rest.find_first_of("#@ \t\r\n") != std::string_view::npos) {
    return bad_url(text, "user information, fragments and blanks are not allowed");
  }
  const auto authority_end = rest.find_first_of("/?");
  if (authority_end != std::string_view::npos) {
    url.target = rest[authority_end] == '?' ? "/" + std::string(rest.substr(authority_end))
                                            : std::string(rest.substr(authority_end));
    rest = rest.substr(0, authority_end);
  }
  std::string_view port;
  if (rest.starts_with('[')) {
    const auto close = rest.find(']');
    if (close == std::string_view::npos) {
      return bad_url(text, "the bracket of its IPv6 address is not closed");
    }
    url.host = to_lower(rest.substr(1, close - 1));
    rest = rest.substr(close + 1);
    if (!rest.empty() && rest[0] != ':') {
      return bad_url(text, "something other than a port follows its IPv6 address");
    }
    port = rest;
  } else {
    const auto colon = rest.find(':');
    url.host = to_lower(rest.substr(0, colon));
    port = colon == std::string_view::npos ? std::string_view() : rest.substr(colon);
  }
  if (url.host.empty()) {
    return bad_url(text, "it has no host");
  }
  url.port = default_port(url.scheme);
  if (!port.empty()) {
    const auto number = parse_decimal(port.substr(1));
    if (!number || *number == 0 || *number > 65535) {
      return bad_url(text, "its port is not a number from 1 to 65535");
    }
    url.port = static_cast<std::uint16_t>(*number);
  }
  return url;
}

}  // namespace understudy
