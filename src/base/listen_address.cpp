#include "understudy/base/listen_address.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "understudy/base/text.hpp"

namespace understudy {
namespace {

bool is_ip(int family, std::string_view text) {
  unsigned char buffer[sizeof(in6_addr)];
  return inet_pton(family, std::string(text).c_str(), buffer) == 1;
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  const auto number = parse_decimal(text);
  return number && *number <= 65535 ? std::optional(static_cast<std::uint16_t>(*number)) : std::nullopt;
}

Error expected(std::string_view form, std::string_view found) {
  return {Error::Kind::kInvalid, "InvalidAddress",
          fmt::format("expected {}, found \"{}\"", form, escape_for_log(found, 60))};
}

/// What somebody most likely meant who wrote no address.
Error without_address(std::string_view port, std::string_view found) {
  return expected(
      fmt::format("an address too: 127.0.0.1:{0} (this machine only) or 0.0.0.0:{0} (every interface)", port), found);
}

Error wrong_host(std::string_view host, std::string_view port, std::string_view text) {
  if (is_ip(AF_INET6, host)) {
    return expected(fmt::format("brackets around an IPv6 address, in quotes: \"[{}]:{}\"", host, port), text);
  }
  if (is_ip(AF_INET6, text)) {
    return expected(fmt::format("a port too, in quotes: \"[{}]:1338\"", text), text);
  }
  if (host == "localhost") {
    return expected(fmt::format("an IP address: 127.0.0.1:{}", port), text);
  }
  return expected("an IP address and a port, such as 127.0.0.1:1338", text);
}

}  // namespace

std::string ListenAddress::to_string() const {
  const bool is_v6 = address.find(':') != std::string::npos;
  return is_v6 ? fmt::format("[{}]:{}", address, port) : fmt::format("{}:{}", address, port);
}

ListenAddress ListenAddress::reachable() const {
  if (address == "0.0.0.0") {
    return {"127.0.0.1", port};
  }
  return address == "::" ? ListenAddress{"::1", port} : *this;
}

Result<ListenAddress> parse_listen_address(std::string_view text) {
  if (parse_port(text)) {
    return without_address(text, text);
  }
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) {
    return expected(is_ip(AF_INET, text) ? fmt::format("a port too: {}:1338", text)
                                         : std::string("an IP address and a port, such as 127.0.0.1:1338"),
                    text);
  }
  const auto host = text.substr(0, colon);
  const auto port_text = text.substr(colon + 1);
  const auto port = parse_port(port_text);
  if (host.empty() && port) {
    return without_address(port_text, text);
  }
  const bool bracketed =
      host.starts_with('[') && host.ends_with(']') && is_ip(AF_INET6, host.substr(1, host.size() - 2));
  if (!bracketed && !is_ip(AF_INET, host)) {
    return wrong_host(host, port_text, text);
  }
  if (!port) {
    return expected("a port from 0 to 65535 behind the last colon", text);
  }
  return ListenAddress{std::string(bracketed ? host.substr(1, host.size() - 2) : host), *port};
}

}  // namespace understudy
