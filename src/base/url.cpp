#include "understudy/base/url.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "understudy/base/ascii.hpp"
#include "understudy/base/text.hpp"

namespace understudy {
namespace {

std::uint16_t default_port(std::string_view scheme) { return scheme == "https" ? 443 : 80; }

/// Nothing of the text is repeated: there may be a password in it.
Error has_user_information() {
  return {Error::Kind::kInvalid, "InvalidUrl",
          "a URL with user information (user:password@host) is not usable here; expected http://host[:port][/path] or "
          "https://.."};
}

Error bad_url(std::string_view text, std::string_view why) {
  if (text.find('@') != std::string_view::npos) {
    // A password may hold the very '/', '?' or '#' that ends the authority before its '@'.
    return has_user_information();
  }
  return {Error::Kind::kInvalid, "InvalidUrl",
          fmt::format("\"{}\" is no usable URL: {}; expected http://host[:port][/path] or https://..",
                      escape_for_log(text), why)};
}

constexpr std::string_view kNameSigns = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._";
constexpr std::string_view kIpv6Signs = "0123456789abcdefABCDEF:.";

bool is_ipv6_literal(std::string_view host) {
  return host.find(':') != std::string_view::npos && host.find_first_not_of(kIpv6Signs) == std::string_view::npos;
}

/// Sets the host and returns the rest, a port with its colon or nothing.
Result<std::string_view> read_host(std::string_view text, std::string_view authority, Url& url) {
  std::size_t end = std::min(authority.find(':'), authority.size());
  auto host = authority.substr(0, end);
  if (authority.starts_with('[')) {
    const auto close = authority.find(']');
    if (close == std::string_view::npos) {
      return bad_url(text, "the bracket of its IPv6 address is not closed");
    }
    host = authority.substr(1, close - 1);
    end = close + 1;
    if (end < authority.size() && authority[end] != ':') {
      return bad_url(text, "something other than a port follows its IPv6 address");
    }
    if (!host.empty() && !is_ipv6_literal(host)) {
      return bad_url(text, "what stands in brackets is no IPv6 address");
    }
  } else if (host.find_first_not_of(kNameSigns) != std::string_view::npos) {
    return bad_url(text, "its host has other signs than letters, digits, '-', '.' and '_'");
  }
  if (host.empty()) {
    return bad_url(text, "it has no host");
  }
  url.host = to_lower(host);
  return authority.substr(end);
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
  const auto rest = text.substr(scheme_end + 3);
  const auto authority = rest.substr(0, rest.find_first_of("/?#"));
  if (authority.find('@') != std::string_view::npos) {
    return has_user_information();
  }
  Url url;
  url.scheme = to_lower(text.substr(0, scheme_end));
  if (url.scheme != "http" && url.scheme != "https") {
    return bad_url(text, "its scheme is neither http nor https");
  }
  if (rest.find('#') != std::string_view::npos || !is_visible(rest)) {
    return bad_url(text, "fragments, blanks and bytes that are not visible ASCII are not allowed");
  }
  const auto port = read_host(text, authority, url);
  if (!port) {
    return port.error();
  }
  url.port = default_port(url.scheme);
  if (!port->empty()) {
    const auto number = parse_decimal(port->substr(1));
    if (!number || *number == 0 || *number > 65535) {
      return bad_url(text, "its port is not a number from 1 to 65535");
    }
    url.port = static_cast<std::uint16_t>(*number);
  }
  const auto target = rest.substr(authority.size());
  url.target = target.starts_with('/') ? std::string(target) : "/" + std::string(target);
  return url;
}

std::string without_user_info(std::string_view text) {
  const auto at = text.rfind('@');
  if (at == std::string_view::npos) {
    return std::string(text);
  }
  const auto scheme_end = text.substr(0, at).find("://");
  const auto kept = scheme_end == std::string_view::npos ? std::string_view() : text.substr(0, scheme_end + 3);
  return fmt::format("{}...{}", kept, text.substr(at));
}

}  // namespace understudy
