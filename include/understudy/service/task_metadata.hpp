#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "understudy/base/handler.hpp"
#include "understudy/base/message.hpp"
#include "understudy/metadata/container_source.hpp"
#include "understudy/metadata/task.hpp"
#include "understudy/service/task_lookup.hpp"

namespace understudy::service {

struct TaskRoute;

/// ECS's task metadata, versions 2 to 4: a part of the container endpoint, which looks after the guard.
///
/// | path | what |
/// |---|---|
/// | `/v2/metadata[/<container id>]`, `/v2/metadataWithTags`, `/v2/stats[/<container id>]` | of the caller's task |
/// | `/v3/<id>`, `/v4/<id>` | the container |
/// | ../task, ../taskWithTags | its task |
/// | ../stats, ../task/stats | what the engine measured |
/// | ../associations/<type>[/<name>] | `{"Associations":null}`, for there are none |
///
/// Version 2 knows the caller by its address, the others by `<id>`: place_of. Who is looked for by its address and not
/// known yet waits for the next news of containers first. Any method. Bodies are render_task's and
/// its neighbours'; errors are a bare JSON string, as of amazon-ecs-agent 1.105 (agent/handlers/v2, v3 and v4,
/// ecs-agent/tmds/handlers/v4):
///
/// | version | container and task | statistics | associations |
/// |---|---|---|---|
/// | 2, by address | 400 | 400 | |
/// | 3 | 500 | 400 | 400 |
/// | 4 | 404 | 404 | 400 |
///
/// With the local paths also those of amazon-ecs-local-container-endpoints: `/v3`, `/v3/task`, `/v3/stats` of who asks
/// (so no container can be called `task` or `stats` there), and `/v3/containers/<part of a name>`; the same for `/v4`.
///
/// Thread-safe; reads one snapshot a request, and never asks the engine.
class TaskMetadata {
 public:
  enum class LocalPaths { kNo, kYes };

  /// `stats` may be nullptr: then nothing was measured. REQUIRES: both outlive this.
  TaskMetadata(TaskLookup& tasks, const metadata::StatsSource* stats, LocalPaths local = LocalPaths::kNo)
      : tasks_(tasks), stats_(stats), are_local_(local == LocalPaths::kYes) {}

  /// `path` is the target's normalise_path. nullopt where task metadata has no such path.
  [[nodiscard]] std::optional<Answer> answer(const Request& request, std::string_view path, Patience patience);

 private:
  [[nodiscard]] Response tell(const metadata::TaskBook::Place& place, const TaskRoute& route) const;
  [[nodiscard]] metadata::ContainerStats stats_of(const metadata::TaskContainer& member) const;
  [[nodiscard]] std::string task_stats(const metadata::Task& task, metadata::TaskVersion version) const;

  TaskLookup& tasks_;
  const metadata::StatsSource* stats_;
  bool are_local_;
};

}  // namespace understudy::service
