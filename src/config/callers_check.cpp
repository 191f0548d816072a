#include "callers_check.hpp"

#include <string_view>

#include "understudy/metadata/task.hpp"

namespace understudy::config {

void check_callers(const Node& tree, const Config& config, std::vector<Problem>& warnings) {
  const Node* containers = tree.find("containers");
  const auto& settings = config.containers;
  if (containers == nullptr || !settings.callers) {
    return;
  }
  const auto warn = [&](std::string_view key, const char* message) {
    if (const Node* place = containers->find(key)) {
      warnings.push_back({place->path, place->line, message});
    }
  };
  if (settings.compat) {
    warn("compat",
         "beside callers, any caller gets any role by /role/<name> and /role-arn/<ARN>, but those that are given for a "
         "token alone; leave compat out where each caller is to have its own role and no other");
  }
  const bool needs_containers = settings.callers->labels || !settings.callers->services.empty();
  const bool knows_containers = settings.docker || !metadata::configured_containers(settings.tasks, {}).empty();
  if (needs_containers && !knows_containers) {
    warn("callers",
         "labels and services are those of containers, and none are known here, so that they give nobody a role; let "
         "the engine be asked (docker: true), or name the containers and their addresses by tasks");
  }
}

}  // namespace understudy::config
