#pragma once

#include <optional>
#include <string_view>

#include "understudy/base/message.hpp"
#include "understudy/metadata/task_document.hpp"

namespace understudy::service {

/// What a path of task metadata asks for. Views of the path.
struct TaskRoute {
  enum class Wanted { kContainer, kTask, kTaskWithTags, kContainerStats, kTaskStats, kAssociations, kAssociation };
  metadata::TaskVersion version = metadata::TaskVersion::kV2;
  Wanted wanted = Wanted::kTask;
  std::string_view id;    ///< Version 2: of a container of the caller's task; else whose path it is.
  std::string_view name;  ///< kAssociation: its type and its name, `gpu/0`.
  /// Who asks has said as much as amazon-ecs-local-container-endpoints needs to know it: TaskBook::find_part.
  bool by_part = false;
};

/// `path` is in the form of normalise_path. `ends_in_slash` tells the target's own end, for the agent's routes do:
/// `/v4/` has an empty id, `/v4/x/` is no route, and of version 2 both forms are one.
[[nodiscard]] std::optional<TaskRoute> task_route(std::string_view path, bool ends_in_slash);

/// The paths of amazon-ecs-local-container-endpoints that the agent does not have, or has for something else, each with
/// or without a slash at its end: `v3[/task][/stats]` of who asks, `v3/containers/<part>[/task][/stats]`, the same
/// below `v4`; and `v2/metadata/<part>`, `v2/stats/<part>`. Source: its local-container-endpoints/config/config.go.
[[nodiscard]] std::optional<TaskRoute> local_task_route(std::string_view path);

/// The agent's answer where nobody has the route's id; of version 2, where nobody has the caller's `address`.
[[nodiscard]] Response nobody_there(const TaskRoute& route, std::string_view address);

/// 200, or another status, with JSON.
[[nodiscard]] Response task_json(int status, Body body);

}  // namespace understudy::service
