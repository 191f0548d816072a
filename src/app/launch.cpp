#include "understudy/app/launch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "understudy/app/process_guard.hpp"
#include "understudy/base/text.hpp"

namespace understudy::app {
namespace {

using Address = std::optional<ListenAddress>;

struct Place {
  std::string_view name;
  Address config::Listeners::* address;
};
constexpr std::array<Place, 5> kPlaces{{{"imds", &config::Listeners::imds},
                                        {"containers", &config::Listeners::containers},
                                        {"pod_identity", &config::Listeners::pod_identity},
                                        {"sts", &config::Listeners::sts},
                                        {"admin", &config::Listeners::admin}}};

constexpr int kFirstDescriptor = 3;
constexpr std::uint64_t kMostDescriptors = 64;

bool is_open(const std::vector<http::OpenSocket>& sockets, std::string_view name) {
  return std::ranges::find(sockets, name, &http::OpenSocket::name) != sockets.end();
}

Error bad_socket(const ListenAddress& address, std::string_view name, std::string_view why) {
  return {Error::Kind::kInvalid, "BadSocketName",
          fmt::format("a socket on {} is passed under the name \"{}\", {}; write FileDescriptorName= with one of imds, "
                      "containers, pod_identity, sts, admin into its systemd unit, or ListenStream= as listen has it",
                      address.to_string(), escape_for_log(name, 60), why)};
}

/// The mode of a socket's file is that of who made it.
bool is_at(const Address& wanted, const ListenAddress& address) {
  return wanted && wanted->address == address.address && wanted->port == address.port;
}

/// The listener that a passed socket is for; empty: none.
std::string_view listener_of(const http::OpenSocket& socket, const config::Listeners& listen) {
  auto found = std::ranges::find(kPlaces, socket.name(), &Place::name);
  if (found == kPlaces.end()) {
    found =
        std::ranges::find_if(kPlaces, [&](const Place& one) { return is_at(listen.*one.address, socket.address()); });
  }
  return found == kPlaces.end() ? std::string_view() : found->name;
}

/// Without what is between the service manager and us alone.
Environment for_others(const Environment& environment) {
  auto variables = environment.all();
  for (const auto* name : {"LISTEN_FDS", "LISTEN_FDNAMES", "LISTEN_PID", "LISTEN_PIDFDID", "NOTIFY_SOCKET",
                           "WATCHDOG_PID", "WATCHDOG_USEC"}) {
    variables.erase(name);
  }
  return Environment(std::move(variables));
}

/// Why nobody would answer on the listener; empty where somebody does.
std::string_view lack_of(const config::Config& config, std::string_view listener) {
  if (listener == "sts" && !config.sts.embedded) {
    return "and no STS is embedded that could answer there (sts: {endpoint: embedded})";
  }
  if (listener == "pod_identity" && !config.pod_identity) {
    return "and the configuration has no pod_identity that could answer there";
  }
  return {};
}

Result<void> open_others(const config::Listeners& listen, std::vector<http::OpenSocket>& sockets) {
  for (const auto& [name, address] : kPlaces) {
    // Unix sockets need no rights of root's, and are to be the user's.
    if (!(listen.*address) || (listen.*address)->is_unix() || is_open(sockets, name)) {
      continue;
    }
    auto opened = http::OpenSocket::listen(std::string(name), *(listen.*address));
    if (!opened) {
      return opened.error();
    }
    sockets.push_back(*std::move(opened));
  }
  return {};
}

Result<void> change_user(Launch& launch) {
  const auto account = find_account(launch.config.process);
  if (!account) {
    return account.error();
  }
  if (auto opened = open_others(launch.config.listen, launch.sockets); !opened) {
    return opened;
  }
  launch.environment = environment_of(*account, launch.environment);
  return become(*account);
}

}  // namespace

Result<std::vector<http::OpenSocket>> inherited_sockets(const Environment& environment, pid_t self,
                                                        const config::Listeners& listen) {
  std::vector<http::OpenSocket> sockets;
  const auto count = parse_decimal(environment.get("LISTEN_FDS").value_or("")).value_or(0);
  if (environment.get("LISTEN_PID") != std::to_string(self)) {
    return sockets;
  }
  const auto names = split(environment.get("LISTEN_FDNAMES").value_or(""), ':');
  for (std::size_t i = 0; i < std::min(count, kMostDescriptors); ++i) {
    const std::string name(i < names.size() ? names[i] : "");
    auto socket = http::OpenSocket::adopt(name, kFirstDescriptor + static_cast<int>(i));
    if (!socket) {
      return std::move(socket).error();
    }
    const auto listener = listener_of(*socket, listen);
    if (listener.empty() || is_open(sockets, listener)) {
      return bad_socket(socket->address(), socket->name(),
                        listener.empty() ? "which is no listener's" : "and so is another one");
    }
    socket->rename(std::string(listener));
    sockets.push_back(*std::move(socket));
  }
  return sockets;
}

Result<void> place_sockets(const std::vector<PassedSocket>& sockets, config::Config& config) {
  for (const auto& [listener, address] : sockets) {
    if (const auto lack = lack_of(config, listener); !lack.empty()) {
      return bad_socket(address, listener, lack);
    }
    config.listen.*std::ranges::find(kPlaces, listener, &Place::name)->address = address;
  }
  return {};
}

Result<Launch> launch(config::Config config, const Environment& environment, pid_t self) {
  forbid_core_files();
  raise_descriptor_limit();
  auto sockets = inherited_sockets(environment, self, config.listen);
  if (!sockets) {
    return sockets.error();
  }
  Launch out{std::move(config), for_others(environment), *std::move(sockets)};
  for (const auto& socket : out.sockets) {
    out.passed.push_back({socket.name(), socket.address()});
  }
  if (auto placed = place_sockets(out.passed, out.config); !placed) {
    return placed.error();
  }
  if (out.config.process.user) {
    if (auto changed = change_user(out); !changed) {
      return changed.error();
    }
  }
  if (out.config.process.no_new_privs) {
    if (auto guarded = forbid_new_privileges(); !guarded) {
      return guarded.error();
    }
  }
  return out;
}

}  // namespace understudy::app
