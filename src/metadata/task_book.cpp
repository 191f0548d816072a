#include "understudy/metadata/task_book.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace understudy::metadata {

TaskBook::TaskBook(std::shared_ptr<const ContainerSet> set, const TaskSettings& settings) : set_(std::move(set)) {
  std::vector<Container> containers;
  containers.reserve(set_->containers().size());
  for (const auto& container : set_->containers()) {
    containers.push_back(*container);
  }
  for (const auto& task : tasks_of(containers)) {
    tasks_.push_back(make_task(task, settings));
  }
}

std::optional<TaskBook::Place> TaskBook::find(std::string_view id) const {
  if (auto place = place_of(set_->by_id(id))) {
    return place;
  }
  const auto named = place_of(set_->by_name(id));
  return named ? named : by_task_name(id);
}

bool TaskBook::has_task(std::string_view arn) const {
  return std::ranges::find(tasks_, arn, &Task::arn) != tasks_.end();
}

std::optional<TaskBook::Place> TaskBook::find_part(std::string_view part, std::string_view address) const {
  if (auto place = find(part)) {
    return place;
  }
  const auto has_part = [&](const ContainerPtr& container) {
    return container->id.starts_with(part) || container->docker_name.find(part) != std::string::npos;
  };
  std::vector<ContainerPtr> found;
  std::ranges::copy_if(set_->containers(), std::back_inserter(found), has_part);
  if (found.size() == 1) {
    return place_of(found.front());
  }
  const auto asks = set_->by_address(address);
  const bool is_one = asks && (found.empty() || has_part(asks));
  return is_one ? place_of(asks) : std::nullopt;
}

std::optional<TaskBook::Place> TaskBook::by_address(std::string_view address) const {
  return place_of(set_->by_address(address));
}

std::optional<TaskBook::Place> TaskBook::place_of(const ContainerPtr& container) const {
  for (const auto& task : tasks_) {
    for (const auto& member : task.containers) {
      if (container && member.container.id == container->id) {
        return Place{task, member};
      }
    }
  }
  return std::nullopt;
}

std::optional<TaskBook::Place> TaskBook::by_task_name(std::string_view name) const {
  const Task* found_task = nullptr;
  const TaskContainer* found = nullptr;
  for (const auto& task : tasks_) {
    for (const auto& member : task.containers) {
      if (member.container.name != name || name.empty()) {
        continue;
      }
      if (found != nullptr) {
        return std::nullopt;
      }
      found_task = &task;
      found = &member;
    }
  }
  return found == nullptr ? std::nullopt : std::optional(Place{*found_task, *found});
}

}  // namespace understudy::metadata
