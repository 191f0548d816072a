#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "understudy/base/clock.hpp"

/// Containers as ECS's task metadata tells of them. Plain values; what is empty or absent is left out of documents.
namespace understudy::metadata {

/// What ECS calls the states; a later one is further on (amazon-ecs-agent, `ContainerStatus`).
enum class ContainerStatus { kNone, kPulled, kCreated, kRunning, kResourcesProvisioned, kStopped };

/// `NONE`, `PULLED`, `CREATED`, `RUNNING`, `RESOURCES_PROVISIONED`, `STOPPED`.
[[nodiscard]] std::string_view name_of(ContainerStatus status);

struct ContainerNetwork {
  std::string mode;  ///< ECS's NetworkMode, which is Docker's name of the network: `bridge`, `host`, `shop_default`.
  std::vector<std::string> ipv4;
  std::vector<std::string> ipv6;
  bool operator==(const ContainerNetwork&) const = default;
};

struct ContainerPort {
  std::uint16_t container_port = 0;
  std::string protocol;         ///< `tcp`
  std::uint16_t host_port = 0;  ///< 0: not published.
  std::string host_ip;          ///< `0.0.0.0`
  bool operator==(const ContainerPort&) const = default;
};

struct ContainerVolume {
  std::string docker_name;  ///< Of a named volume.
  std::string source;       ///< On the host.
  std::string destination;  ///< In the container.
  bool operator==(const ContainerVolume&) const = default;
};

/// What the image's health check said last.
struct ContainerHealth {
  std::string status;  ///< `HEALTHY`, `UNHEALTHY`, or `UNKNOWN` while it starts.
  std::optional<WallTime> since;
  std::optional<int> exit_code;
  std::string output;
  bool operator==(const ContainerHealth&) const = default;
};

struct Container {
  std::string id;           ///< 64 hex digits.
  std::string docker_name;  ///< `shop-web-1`, without Docker's slash.
  std::string name;         ///< What its task calls it: the compose service, else the docker name.
  std::string image;        ///< As it was asked for: `nginx:1.27`.
  std::string image_id;     ///< `sha256:..`
  std::string project;      ///< The compose project; empty: none.
  std::map<std::string, std::string> labels;
  /// Those of them that it was given when it was made. What its image says, too, is not among them.
  std::map<std::string, std::string> own_labels;
  ContainerStatus status = ContainerStatus::kNone;
  std::optional<int> exit_code;  ///< Of one that has ended.
  std::optional<WallTime> created;
  std::optional<WallTime> started;
  std::optional<WallTime> finished;
  std::optional<ContainerHealth> health;
  std::string network_mode;  ///< Of the host's configuration: `bridge`, `host`, `container:..`.
  std::vector<ContainerNetwork> networks;
  std::vector<ContainerPort> ports;
  std::vector<ContainerVolume> volumes;
  std::int64_t cpu_shares = 0;    ///< 0: none set.
  std::int64_t memory_bytes = 0;  ///< 0: no limit.
  std::string log_driver;
  std::map<std::string, std::string> log_options;
  std::optional<int> restart_count;  ///< Only with a restart policy.

  bool operator==(const Container&) const = default;
};

/// The containers that make one task: those of one compose project (label `com.docker.compose.project`), or a single
/// one that belongs to none.
struct ContainerTask {
  std::string project;  ///< Empty for a single container.
  std::vector<Container> containers;
  bool operator==(const ContainerTask&) const = default;
};

/// Projects by their names, then the single containers; within each in the order given.
[[nodiscard]] std::vector<ContainerTask> tasks_of(const std::vector<Container>& containers);

}  // namespace understudy::metadata
