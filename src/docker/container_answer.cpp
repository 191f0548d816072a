#include <algorithm>
#include <iterator>
#include <limits>
#include <utility>

#include "answers.hpp"
#include "json.hpp"
#include "understudy/base/json.hpp"
#include "understudy/base/text.hpp"
#include "understudy/base/time_text.hpp"

namespace understudy::docker {
namespace {

using metadata::ContainerStatus;

ContainerStatus status_of(std::string_view state) {
  // Podman has more words than Docker: `configured`, `initialized`, `stopping`.
  for (const auto* word : {"created", "configured", "initialized"}) {
    if (state == word) {
      return ContainerStatus::kCreated;
    }
  }
  for (const auto* word : {"running", "paused", "restarting", "stopping"}) {
    if (state == word) {
      return ContainerStatus::kRunning;
    }
  }
  return state.empty() ? ContainerStatus::kNone : ContainerStatus::kStopped;
}

/// Docker writes the first second of the first year for what has not been.
std::optional<WallTime> time_of(const Json& value) {
  const auto time = parse_iso8601(text_of(value));
  return time && *time > WallTime() ? time : std::nullopt;
}

int exit_code_of(const Json& value) { return static_cast<int>(number_of(value)); }

/// Since when the checks have had the outcome of the last: as far as the engine remembers, which is five of them.
std::optional<WallTime> unchanged_since(const Json& checks) {
  const bool is_well = number_of(member(checks.back(), "ExitCode")) == 0;
  const auto other = std::find_if(checks.rbegin(), checks.rend(), [&](const Json& check) {
    return (number_of(member(check, "ExitCode")) == 0) != is_well;
  });
  return time_of(member(*std::prev(other), "End"));
}

std::optional<metadata::ContainerHealth> health_of(const Json& health) {
  const auto state = text_of(member(health, "Status"));
  if (state.empty() || state == "none") {
    return std::nullopt;
  }
  metadata::ContainerHealth read;
  read.status = state == "healthy" ? "HEALTHY" : state == "unhealthy" ? "UNHEALTHY" : "UNKNOWN";
  if (const auto& checks = array_in(member(health, "Log")); !checks.empty()) {
    read.since = unchanged_since(checks);
    read.exit_code = exit_code_of(member(checks.back(), "ExitCode"));
    read.output = text_of(member(checks.back(), "Output"));
  }
  return read;
}

std::vector<metadata::ContainerNetwork> networks_of(const Json& networks) {
  std::vector<metadata::ContainerNetwork> read;
  for (const auto& [name, network] : object_in(networks).items()) {
    metadata::ContainerNetwork one{name, {}, {}};
    if (auto address = text_of(member(network, "IPAddress")); !address.empty()) {
      one.ipv4.push_back(std::move(address));
    }
    if (auto address = text_of(member(network, "GlobalIPv6Address")); !address.empty()) {
      one.ipv6.push_back(std::move(address));
    }
    read.push_back(std::move(one));
  }
  return read;
}

std::uint16_t port_of(std::string_view text) {
  const auto port = parse_decimal(text);
  return port && *port <= std::numeric_limits<std::uint16_t>::max() ? static_cast<std::uint16_t>(*port)
                                                                    : std::uint16_t{0};
}

/// `{"80/tcp": [{"HostIp": "0.0.0.0", "HostPort": "8080"}], "81/tcp": null}`
std::vector<metadata::ContainerPort> ports_of(const Json& ports) {
  std::vector<metadata::ContainerPort> read;
  for (const auto& [key, bindings] : object_in(ports).items()) {
    const auto parts = split(key, '/');
    const metadata::ContainerPort bare{port_of(parts[0]), std::string(parts.size() > 1 ? parts[1] : "tcp"), 0, {}};
    if (array_in(bindings).empty()) {
      read.push_back(bare);
    }
    for (const auto& binding : array_in(bindings)) {
      auto port = bare;
      port.host_port = port_of(text_of(member(binding, "HostPort")));
      port.host_ip = text_of(member(binding, "HostIp"));
      read.push_back(std::move(port));
    }
  }
  return read;
}

std::vector<metadata::ContainerVolume> volumes_of(const Json& mounts) {
  std::vector<metadata::ContainerVolume> read;
  for (const auto& mount : array_in(mounts)) {
    read.push_back(
        {text_of(member(mount, "Name")), text_of(member(mount, "Source")), text_of(member(mount, "Destination"))});
  }
  return read;
}

void read_state(metadata::Container& container, const Json& state) {
  const auto status = text_of(member(state, "Status"));
  container.status = status_of(status);
  if (status == "restarting") {
    // Between two lives it has no process, and whoever starts next may get what are its addresses still.
    for (auto& network : container.networks) {
      network.ipv4.clear();
      network.ipv6.clear();
    }
  }
  container.started = time_of(member(state, "StartedAt"));
  container.health = health_of(member(state, "Health"));
  if (container.status == ContainerStatus::kStopped) {
    container.exit_code = exit_code_of(member(state, "ExitCode"));
    container.finished = time_of(member(state, "FinishedAt"));
  }
}

void read_host_settings(metadata::Container& container, const Json& host) {
  container.network_mode = text_of(member(host, "NetworkMode"));
  container.cpu_shares = number_of(member(host, "CpuShares"));
  container.memory_bytes = number_of(member(host, "Memory"));
  container.log_driver = text_of(member(host, "LogConfig", "Type"));
  container.log_options = texts_of(member(host, "LogConfig", "Config"));
}

void read_names(metadata::Container& container, const Json& answer) {
  const auto label = [&](const char* name) {
    const auto found = container.labels.find(name);
    return found == container.labels.end() ? std::string() : found->second;
  };
  const auto name = text_of(member(answer, "Name"));
  container.docker_name = name.starts_with('/') ? name.substr(1) : name;
  const auto service = label("com.docker.compose.service");
  container.name = service.empty() ? container.docker_name : service;
  container.project = label("com.docker.compose.project");
}

}  // namespace

Result<metadata::Container> read_container(std::string_view json) {
  const auto answer = parse_json(json);
  metadata::Container container;
  container.id = text_of(member(answer, "Id"));
  if (container.id.empty()) {
    return Error{Error::Kind::kUnavailable, "BadAnswer",
                 "the container engine answered with something that is not a container"};
  }
  container.image = text_of(member(answer, "Config", "Image"));
  container.image_id = text_of(member(answer, "Image"));
  container.labels = texts_of(member(answer, "Config", "Labels"));
  container.created = time_of(member(answer, "Created"));
  container.networks = networks_of(member(answer, "NetworkSettings", "Networks"));
  container.ports = ports_of(member(answer, "NetworkSettings", "Ports"));
  container.volumes = volumes_of(member(answer, "Mounts"));
  read_names(container, answer);
  read_state(container, member(answer, "State"));
  read_host_settings(container, member(answer, "HostConfig"));
  const auto policy = text_of(member(answer, "HostConfig", "RestartPolicy", "Name"));
  if (!policy.empty() && policy != "no") {
    container.restart_count = static_cast<int>(number_of(member(answer, "RestartCount")));
  }
  return container;
}

}  // namespace understudy::docker
