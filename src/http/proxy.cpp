#include "understudy/http/proxy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "understudy/base/address_range.hpp"
#include "understudy/base/own_address.hpp"
#include "understudy/base/text.hpp"

namespace understudy::http {
namespace {

struct Variable {
  std::string_view name;
  std::string_view value;
};

std::optional<Variable> read_either(const Environment& environment, std::string_view upper, std::string_view lower) {
  for (const auto name : {upper, lower}) {
    if (const auto value = environment.get(name)) {
      return Variable{name, *value};
    }
  }
  return std::nullopt;
}

bool is_near(const std::string& host) {
  return is_loopback(host) || is_link_local(host) || host == "localhost" || host.ends_with(".localhost");
}

/// Takes `:443` and the brackets of IPv6 off. An entry may be an IPv6 literal without brackets, which has no port.
std::pair<std::string, std::optional<std::string_view>> split_port(std::string_view entry) {
  if (entry.starts_with('[')) {
    const auto close = entry.find(']');
    const auto rest = close == std::string_view::npos ? std::string_view() : entry.substr(close + 1);
    return {to_lower(entry.substr(1, close - 1)), rest.starts_with(':') ? std::optional(rest.substr(1)) : std::nullopt};
  }
  const auto colon = entry.find(':');
  if (colon == std::string_view::npos || entry.find(':', colon + 1) != std::string_view::npos) {
    return {to_lower(entry), std::nullopt};
  }
  return {to_lower(entry.substr(0, colon)), entry.substr(colon + 1)};
}

bool covers(std::string_view entry, const Url& origin) {
  if (entry == "*") {
    return true;
  }
  auto [name, port] = split_port(entry);
  if (port && parse_decimal(*port) != origin.port) {
    return false;
  }
  if (name.starts_with('*')) {
    name.erase(0, 1);
  }
  if (name.starts_with('.')) {
    name.erase(0, 1);
  }
  if (name.empty()) {
    return false;
  }
  return origin.host == name || (!is_ip(origin.host) && origin.host.ends_with("." + name));
}

Result<std::optional<Proxy>> parse_proxy(const Variable& variable) {
  const Error unusable{
      Error::Kind::kInvalid, "InvalidProxy",
      fmt::format("the variable {} names no usable proxy; write it as http://[user:password@]host:port",
                  variable.name)};
  auto rest = trim(variable.value);
  if (rest.find("://") != std::string_view::npos) {
    if (!equal_ignoring_case(rest.substr(0, 7), "http://")) {
      return unusable;
    }
    rest.remove_prefix(7);
  }
  Proxy proxy;
  const auto at = rest.substr(0, rest.find('/')).rfind('@');
  if (at != std::string_view::npos) {
    const auto who = rest.substr(0, at);
    const auto colon = who.find(':');
    proxy.user = percent_decode(who.substr(0, colon));
    proxy.password = Secret(colon == std::string_view::npos ? std::string() : percent_decode(who.substr(colon + 1)));
    rest.remove_prefix(at + 1);
  }
  auto url = parse_url("http://" + std::string(rest));
  if (!url) {
    return unusable;
  }
  proxy.host = std::move(url->host);
  proxy.port = url->port;
  return std::optional(std::move(proxy));
}

}  // namespace

bool bypasses_proxy(std::string_view no_proxy, const Url& origin) {
  const auto entries = split(no_proxy, ',');
  return std::ranges::any_of(entries, [&](std::string_view entry) { return covers(trim(entry), origin); });
}

Result<std::optional<Proxy>> proxy_for(const Url& origin, const Environment& environment) {
  const auto variable = origin.scheme == "https" ? read_either(environment, "HTTPS_PROXY", "https_proxy")
                                                 : read_either(environment, "HTTP_PROXY", "http_proxy");
  if (!variable || is_near(origin.host)) {
    return std::optional<Proxy>();
  }
  const auto exceptions = read_either(environment, "NO_PROXY", "no_proxy");
  return exceptions && bypasses_proxy(exceptions->value, origin) ? std::optional<Proxy>() : parse_proxy(*variable);
}

}  // namespace understudy::http
