#pragma once

#include <chrono>
#include <memory>
#include <optional>

#include "understudy/base/result.hpp"
#include "understudy/config/config.hpp"
#include "understudy/docker/inventory.hpp"
#include "understudy/docker/socket_engine.hpp"
#include "understudy/docker/stats_keeper.hpp"
#include "understudy/metadata/container_source.hpp"
#include "understudy/service/agent_api.hpp"
#include "understudy/service/task_lookup.hpp"
#include "understudy/service/task_metadata.hpp"
#include "understudy/source/kind.hpp"

namespace understudy::app {

/// What the configuration says of ECS and its tasks, with what follows from the rest of it: the region, the account of
/// the first role, the zone `<region>a`.
[[nodiscard]] metadata::TaskSettings task_settings(const config::Config& config, const std::string& region);

/// Which containers run, by the engine or by the configuration, and the metadata of their tasks. Thread-safety: one
/// thread at a time, but for what `containers`, `metadata` and `agent` give.
class TaskParts {
 public:
  using LocalPaths = service::TaskMetadata::LocalPaths;

  /// Nothing is asked of the engine yet. One whose socket is not there, or does not answer, is asked again and again
  /// once started, and the log says what to do. kInvalid: docker::find_socket's, for a DOCKER_HOST that is no socket.
  /// REQUIRES: what `surroundings` refers to outlives this.
  static Result<std::unique_ptr<TaskParts>> build(const config::Config& config,
                                                  const source::Surroundings& surroundings);

  /// Use build.
  TaskParts(const std::optional<std::filesystem::path>& socket, metadata::TaskSettings settings, LocalPaths local,
            const source::Surroundings& surroundings);

  /// AgentApi::continue_from; the configuration's containers run since they did there. REQUIRES: nobody asks this yet.
  void continue_from(const TaskParts& before);
  /// Begins to follow the engine's events.
  void start();
  /// Waits until the engine has told which containers run, or can not, at most so long. REQUIRES: started.
  void await_containers(std::chrono::milliseconds at_most) const;
  /// Ends that, with the questions under way. Idempotent. REQUIRES: the pause of `surroundings` has been interrupted.
  void stop();

  [[nodiscard]] const metadata::ContainerSource& containers() const;
  [[nodiscard]] service::TaskMetadata& metadata() { return metadata_; }
  [[nodiscard]] service::AgentApi& agent() { return agent_; }
  /// Of the task whose container has that address; empty: none is known. From any thread.
  [[nodiscard]] std::string task_arn_at(std::string_view address);

 private:
  struct Docker {
    Docker(const std::filesystem::path& socket, const source::Surroundings& surroundings);
    docker::SocketEngine engine;
    docker::Inventory inventory;
    docker::StatsKeeper stats;
  };

  std::unique_ptr<Docker> docker_;  ///< nullptr: none is asked.
  WallTime begun_;                  ///< Since when those of the configuration run.
  metadata::FixedContainers fixed_;
  service::TaskLookup tasks_;
  service::TaskMetadata metadata_;
  service::AgentApi agent_;
};

}  // namespace understudy::app
