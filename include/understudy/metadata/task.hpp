#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "understudy/aws/partition.hpp"
#include "understudy/metadata/container.hpp"

/// A task as ECS sees it: containers, and what no container engine knows of them. Plain values and pure functions.
namespace understudy::metadata {

using Tags = std::vector<std::pair<std::string, std::string>>;

/// Of one container; what is absent is the engine's word, or derived.
struct ContainerOverride {
  std::optional<std::string> arn;
  std::optional<std::string> name;
  std::optional<std::int64_t> cpu_units;
  std::optional<std::int64_t> memory_mib;
  std::optional<std::string> id{};  ///< This and what follows is for configured_containers alone.
  std::optional<std::string> image{};
  std::vector<std::string> addresses{};  ///< Literals, of both families.
  std::map<std::string, std::string> labels{};
  bool operator==(const ContainerOverride&) const = default;
};

using ContainerOverrides = std::map<std::string, ContainerOverride, std::less<>>;

/// Of one task; what is absent is derived or left out.
struct TaskOverride {
  std::optional<std::string> arn;
  std::optional<std::string> family;
  std::optional<std::string> revision;
  std::optional<std::string> service_name;
  std::optional<std::string> group;
  std::optional<double> vcpus;
  std::optional<std::int64_t> memory_mib;
  Tags tags;
  ContainerOverrides containers{};  ///< By docker name, or what the task calls it: the compose service.
  bool operator==(const TaskOverride&) const = default;
};

/// In the place of a task's name: every task that has no entry of its own.
inline constexpr std::string_view kEveryTask = "*";

/// JSON objects that documents are overlaid with, as texts: objects in them member by member, anything else replaced.
/// Empty: nothing. amazon-ecs-local-container-endpoints has them as files (handlers/metadata.go, `mergemap`).
struct TaskOverlays {
  std::string task{};
  std::string container{};  ///< Of every container, in its task's document too.
  bool operator==(const TaskOverlays&) const = default;
};

struct TaskSettings {
  std::string region{aws::kFallbackRegion};
  std::string account_id = "000000000000";
  std::string cluster = "default";  ///< A name, or an ARN, which ends in the name.
  std::string availability_zone;    ///< Empty: left out, as `vpc_id`.
  std::string vpc_id;
  std::string launch_type = "EC2";
  Tags instance_tags;
  TaskOverlays overlays;
  std::map<std::string, TaskOverride, std::less<>> tasks;  ///< By compose project, docker name without one, kEveryTask.
  bool operator==(const TaskSettings&) const = default;
};

struct TaskContainer {
  Container container;  ///< With the overrides in it.
  std::string arn;      ///< `arn:aws:ecs:us-east-1:111122223333:container/default/<task>/<uuid>`
  bool operator==(const TaskContainer&) const = default;
};

struct Task {
  std::string cluster;
  std::string arn;       ///< `arn:aws:ecs:us-east-1:111122223333:task/default/<32 hex digits>`
  std::string family;    ///< The compose project, or the container's docker name.
  std::string revision;  ///< `1`
  std::string availability_zone;
  std::string launch_type;
  std::string vpc_id;
  std::string service_name;
  std::string group;
  std::optional<double> vcpus;
  std::optional<std::int64_t> memory_mib;
  Tags tags;
  Tags instance_tags;
  TaskOverlays overlays;
  std::vector<TaskContainer> containers;
  bool operator==(const Task&) const = default;

  /// As far as the container that is least far on, which is how ECS has it; NONE without containers.
  [[nodiscard]] ContainerStatus status() const;
};

/// ARNs follow from region, account, cluster, project and names, so that they are the same after each `compose up`.
[[nodiscard]] Task make_task(const ContainerTask& containers, const TaskSettings& settings);

/// The containers that the settings name, for where no engine tells of any: running since `started`, ids derived.
[[nodiscard]] std::vector<Container> configured_containers(const TaskSettings& settings, WallTime started);

}  // namespace understudy::metadata
