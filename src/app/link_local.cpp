#include "understudy/app/link_local.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstdint>

#include "understudy/aws/json_keys.hpp"
#include "understudy/base/json.hpp"
#include "understudy/base/url.hpp"

namespace understudy::app {
namespace {

using nlohmann::json;
using namespace std::chrono_literals;

constexpr std::array kAddresses{
    LinkLocalAddress{"169.254.169.254", "EC2 instance metadata"},
    LinkLocalAddress{"169.254.170.2", "ECS"},
    LinkLocalAddress{"169.254.170.23", "EKS Pod Identity"},
    LinkLocalAddress{"fd00:ec2::254", "EC2 instance metadata"},
    LinkLocalAddress{"fd00:ec2::23", "EKS Pod Identity"},
};
constexpr std::string_view kLabel = "lo:understudy";
constexpr std::int64_t kMetric = 1341;
const CallLimits kProbe{.connect = 400ms, .total = 500ms, .max_body = 4096};

Error failed(std::string message) { return {Error::Kind::kUnavailable, "LinkLocalFailed", std::move(message)}; }

std::string_view family(const LinkLocalAddress& address) { return address.is_ipv6() ? "-6" : "-4"; }
std::string with_length(const LinkLocalAddress& address) {
  return fmt::format("{}/{}", address.address, address.is_ipv6() ? 128 : 32);
}

bool has_our_mark(const json& entry) {
  return aws::json_text(entry, "label") == kLabel || aws::json_number(entry, "metric", kMetric) == kMetric;
}

/// What one entry of an interface's `addr_info` says of our addresses.
void note(const json& entry, const std::string& interface, std::vector<LinkLocalState>& states) {
  for (auto& state : states) {
    if (aws::json_text(entry, "local") != state.address.address) {
      continue;
    }
    state.on_loopback = state.on_loopback || interface == "lo";
    if (interface != "lo") {
      state.taken_by = "interface " + interface;
    } else if (has_our_mark(entry)) {
      state.ours = true;
    }
  }
}

/// What there is to say of an address that is on `lo` and that `down` leaves there.
std::string unmarked(const LinkLocalState& state) {
  return state.on_loopback && !state.ours ? fmt::format(
                                                " (it is on lo without understudy's mark: sudo ip address del "
                                                "{} dev lo takes it away)",
                                                with_length(state.address))
                                          : std::string();
}

Result<json> parse_list(const std::string& text) {
  // ip prints nothing, or [{}], where there is nothing to tell.
  auto parsed = text.empty() ? json::array() : parse_json(text);
  if (!parsed.is_array()) {
    return failed("ip prints no JSON: it takes iproute2 4.13 or newer.");
  }
  return parsed;
}

}  // namespace

std::span<const LinkLocalAddress> link_local_addresses() { return kAddresses; }

Result<std::string> LinkLocal::run_ip(const std::string& arguments) {
  // Users' PATHs often lack the folders of the administrator's programs.
  const auto done = commands_.run({.text = "PATH=$PATH:/usr/sbin:/sbin exec ip " + arguments,
                                   .what = "ip " + arguments,
                                   .total = 10s,
                                   .max_output = std::size_t{1024} * 1024});
  if (!done) {
    return failed(done.error().message +
                  ". It takes ip (of iproute2), and root or CAP_NET_ADMIN to change an address.");
  }
  return std::string(done->reveal());
}

Result<std::vector<LinkLocalState>> LinkLocal::on_interfaces() {
  const auto text = run_ip("-json addr show");
  const auto interfaces = text ? parse_list(*text) : Result<json>(text.error());
  if (!interfaces) {
    return interfaces.error();
  }
  std::vector<LinkLocalState> states;
  for (const auto& address : kAddresses) {
    states.push_back({.address = address, .taken_by = {}});
  }
  for (const auto& interface : *interfaces) {
    const auto entries = interface.is_object() ? interface.value("addr_info", json::array()) : json::array();
    for (const auto& entry : entries) {
      note(entry, aws::json_text(interface, "ifname"), states);
    }
  }
  return states;
}

Result<std::string> LinkLocal::taken_by(const LinkLocalAddress& address) {
  const auto text = run_ip(fmt::format("{} -json route show exact {}", family(address), with_length(address)));
  const auto routes = text ? parse_list(*text) : Result<json>(text.error());
  if (!routes) {
    return routes.error();
  }
  if (!routes->empty() && routes->front().contains("dst")) {
    return fmt::format("a route of its own, by interface {}", aws::json_text(routes->front(), "dev"));
  }
  return answering(address);
}

Result<std::string> LinkLocal::answering(const LinkLocalAddress& address) {
  const auto host = address.is_ipv6() ? fmt::format("[{}]", address.address) : std::string(address.address);
  const auto origin = parse_url(fmt::format("http://{}/", host));
  if (!origin) {
    return origin.error();
  }
  // Answered by each of the endpoints, if only by a refusal, and changes nothing.
  const auto answer =
      http_.send(*origin, {.method = "GET", .target = "/", .headers = {}, .body = {}, .peer = {}}, kProbe);
  return answer ? fmt::format("somebody who answers there (HTTP status {})", answer->status) : std::string();
}

Result<std::vector<LinkLocalState>> LinkLocal::look() {
  auto states = on_interfaces();
  if (!states) {
    return states.error();
  }
  for (auto& state : *states) {
    if (state.ours || !state.taken_by.empty()) {
      continue;
    }
    // What is on the loopback interface has a route of its own by that.
    auto other = state.on_loopback ? answering(state.address) : taken_by(state.address);
    if (!other) {
      return other.error();
    }
    state.taken_by = std::move(*other);
  }
  return states;
}

Result<void> LinkLocal::add(const LinkLocalAddress& address) {
  const auto mark = address.is_ipv6() ? fmt::format("metric {} preferred_lft 0", kMetric)
                                      : fmt::format("scope host label {}", kLabel);
  const auto done = run_ip(fmt::format("{} addr add {} dev lo {}", family(address), with_length(address), mark));
  return done ? Result<void>() : done.error();
}

Result<void> LinkLocal::remove(const LinkLocalAddress& address) {
  const auto mark = address.is_ipv6() ? std::string() : fmt::format(" label {}", kLabel);
  const auto done = run_ip(fmt::format("{} addr del {} dev lo{}", family(address), with_length(address), mark));
  return done ? Result<void>() : done.error();
}

Result<std::vector<LinkLocalAddress>> LinkLocal::up(bool ipv6, bool force) {
  auto states = look();
  if (!states) {
    return states.error();
  }
  std::erase_if(*states, [ipv6](const auto& state) { return state.address.is_ipv6() && !ipv6; });
  std::vector<std::string> taken;
  for (const auto& state : *states) {
    if (!state.taken_by.empty() && !force) {
      taken.push_back(fmt::format("{} is taken by {}{}", state.address.address, state.taken_by, unmarked(state)));
    }
  }
  if (!taken.empty()) {
    return Error{
        Error::Kind::kDenied, "AddressTaken",
        fmt::format("{}, as on an EC2 instance, an ECS host or another cloud's machine. Nothing was changed; --force "
                    "puts the addresses here all the same, and hides what is there.",
                    fmt::join(taken, "; "))};
  }
  std::vector<LinkLocalAddress> added;
  for (const auto& state : *states) {
    if (state.on_loopback) {
      continue;
    }
    if (const auto done = add(state.address); !done) {
      std::for_each(added.rbegin(), added.rend(), [this](const auto& one) { static_cast<void>(remove(one)); });
      return done.error();
    }
    added.push_back(state.address);
  }
  return added;
}

Result<std::vector<LinkLocalAddress>> LinkLocal::down() {
  const auto states = on_interfaces();
  if (!states) {
    return states.error();
  }
  std::vector<LinkLocalAddress> removed;
  for (const auto& state : *states) {
    if (!state.ours) {
      continue;
    }
    if (const auto done = remove(state.address); !done) {
      return done.error();
    }
    removed.push_back(state.address);
  }
  return removed;
}

std::string link_local_text(const std::vector<LinkLocalState>& states) {
  std::string text;
  for (const auto& state : states) {
    const auto where = state.ours                ? "on this host, by understudy"
                       : !state.taken_by.empty() ? "taken by " + state.taken_by
                       : state.on_loopback       ? "on this host"
                                                 : "not on this host";
    text +=
        fmt::format("{:<16}  {:<21}  {}{}\n", state.address.address, state.address.endpoint, where, unmarked(state));
  }
  return text;
}

}  // namespace understudy::app
