#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "understudy/metadata/task.hpp"

/// The documents of ECS's task metadata endpoints, member for member in the order of amazon-ecs-agent 1.105
/// (ecs-agent/tmds/handlers/{v2,v4}, stats in agent/handlers). Pure. JSON without spaces or a newline at its end; what
/// is empty is left out, save where the agent writes it always. Times are of UTC, with the milliseconds there are and
/// no zero at their end: `2026-11-20T23:37:24.59Z`. `PullStartedAt` and `PullStoppedAt` are when the first and the last
/// container were made, for engines do not keep when they pulled. The task's overlays come last.
namespace understudy::metadata {

/// Version 3 has the documents of version 2.
enum class TaskVersion { kV2, kV3, kV4 };

enum class WithTags { kNo, kYes };

/// `{"Cluster":"default","TaskARN":"arn:..","Family":"shop","Revision":"1","DesiredStatus":"RUNNING",
/// "KnownStatus":"RUNNING","Containers":[..],..}`. Of version 4 alone are `LaunchType`, `VPCID`, `ServiceName`, `Group`
/// and `FaultInjectionEnabled`; `TaskTags` and `ContainerInstanceTags` only with tags.
[[nodiscard]] std::string render_task(const Task& task, TaskVersion version, WithTags with_tags);

/// `{"DockerId":"..","Name":"web","DockerName":"shop-web-1",..}`, with the labels that ECS sets besides its own. Of
/// version 4 alone are a port's `HostIp`, `LogDriver`, `LogOptions`, `ContainerARN` and `RestartCount`.
/// REQUIRES: `member` is of `task`.
[[nodiscard]] std::string render_container(const Task& task, const TaskContainer& member, TaskVersion version);

/// What the container engine told of one container: its StatsJSON, and an earlier one.
struct ContainerStats {
  std::string now;     ///< Empty: none yet.
  std::string before;  ///< Empty: none; rates are then unknown.
};

/// The engine's StatsJSON as it stands; version 4 adds `network_rate_stats`, bytes a second since `before` over all
/// networks, where both tell them and are of different times. Without stats: `null`, in version 4 `{}`.
[[nodiscard]] std::string render_stats(const ContainerStats& stats, TaskVersion version);

/// `{"<docker id>":{..},"<docker id>":null}` in the order given.
[[nodiscard]] std::string render_task_stats(const std::vector<std::pair<std::string, ContainerStats>>& containers,
                                            TaskVersion version);

}  // namespace understudy::metadata
