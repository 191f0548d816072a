#include "understudy/base/listen_address.hpp"

#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <optional>

#include "understudy/base/address_range.hpp"
#include "understudy/base/text.hpp"

namespace understudy {
namespace {

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

Error wrong_host(std::string_view host, std::string_view port_text, std::string_view text) {
  // What is no port may be any text, and has no place in an example.
  const auto port = parse_port(port_text) ? port_text : std::string_view("1338");
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

/// `0660` and the like.
std::optional<std::uint32_t> parse_mode(std::string_view text) {
  std::uint32_t mode = 0;
  for (const char digit : text) {
    if (digit < '0' || digit > '7') {
      return std::nullopt;
    }
    mode = mode * 8 + static_cast<std::uint32_t>(digit - '0');
  }
  return text.size() == 4 && text.front() == '0' ? std::optional(mode) : std::nullopt;
}

Result<ListenAddress> parse_socket(std::string_view text) {
  constexpr std::string_view kMode = "?mode=";
  constexpr std::uint32_t kUsualMode = 0660;
  constexpr std::size_t kLongest = 107;
  const auto question = text.find('?');
  const auto address = text.substr(0, question);
  const auto rest = question == std::string_view::npos ? std::string_view() : text.substr(question);
  const auto file = address.substr(ListenAddress::kUnix.size());
  if (!file.starts_with('/') || file.ends_with('/') || file.size() > kLongest ||
      std::ranges::any_of(file, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; })) {
    return expected("an absolute path of at most 107 bytes behind unix:, such as unix:/run/understudy/imds.sock", text);
  }
  const auto mode = rest.starts_with(kMode) ? parse_mode(rest.substr(kMode.size())) : std::nullopt;
  if (!rest.empty() && !mode) {
    return expected("?mode= with four octal digits behind the path, such as ?mode=0660", text);
  }
  return ListenAddress{std::string(address), 0, mode.value_or(kUsualMode)};
}

}  // namespace

std::string ListenAddress::to_string() const {
  if (is_unix()) {
    return address;
  }
  const bool is_v6 = address.find(':') != std::string::npos;
  return is_v6 ? fmt::format("[{}]:{}", address, port) : fmt::format("{}:{}", address, port);
}

ListenAddress ListenAddress::reachable() const {
  const auto is_wildcard = [&](int family) { return read_ip(family, address) == std::array<std::uint8_t, 16>{}; };
  if (is_wildcard(AF_INET)) {
    return {"127.0.0.1", port};
  }
  return is_wildcard(AF_INET6) ? ListenAddress{"::1", port} : *this;
}

Result<ListenAddress> parse_listen_address(std::string_view text) {
  if (text.starts_with(ListenAddress::kUnix)) {
    return parse_socket(text);
  }
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
  const auto literal = bracketed ? host.substr(1, host.size() - 2) : host;
  return ListenAddress{normal_address(literal).value_or(std::string(literal)), *port};
}

}  // namespace understudy
