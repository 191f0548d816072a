#include "understudy/metadata/container.hpp"

#include <iterator>

namespace understudy::metadata {

std::string_view name_of(ContainerStatus status) {
  switch (status) {
    case ContainerStatus::kPulled:
      return "PULLED";
    case ContainerStatus::kCreated:
      return "CREATED";
    case ContainerStatus::kRunning:
      return "RUNNING";
    case ContainerStatus::kResourcesProvisioned:
      return "RESOURCES_PROVISIONED";
    case ContainerStatus::kStopped:
      return "STOPPED";
    case ContainerStatus::kNone:
      break;
  }
  return "NONE";
}

std::vector<ContainerTask> tasks_of(const std::vector<Container>& containers) {
  std::map<std::string, ContainerTask> projects;
  std::vector<ContainerTask> singles;
  for (const auto& container : containers) {
    if (container.project.empty()) {
      singles.push_back({{}, {container}});
    } else {
      auto& task = projects[container.project];
      task.project = container.project;
      task.containers.push_back(container);
    }
  }
  std::vector<ContainerTask> tasks;
  for (auto& [name, task] : projects) {
    tasks.push_back(std::move(task));
  }
  tasks.insert(tasks.end(), std::make_move_iterator(singles.begin()), std::make_move_iterator(singles.end()));
  return tasks;
}

}  // namespace understudy::metadata
