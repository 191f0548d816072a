#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "understudy/metadata/container_set.hpp"
#include "understudy/metadata/task.hpp"

namespace understudy::metadata {

/// The tasks that the containers of one moment make, and where each container stands in them. Immutable, so
/// thread-safe.
class TaskBook {
 public:
  /// A container and its task; both live as long as the book.
  struct Place {
    const Task& task;
    const TaskContainer& member;
  };

  /// REQUIRES: `set` is not null.
  TaskBook(std::shared_ptr<const ContainerSet> set, const TaskSettings& settings);
  TaskBook(const TaskBook&) = delete;
  TaskBook& operator=(const TaskBook&) = delete;

  /// What it was made of.
  [[nodiscard]] const std::shared_ptr<const ContainerSet>& set() const { return set_; }

  /// By what stands in a path such as `/v4/<id>`: the container's id or its first 12 digits or more, its docker name
  /// (`shop-web-1`), or what its task calls it (`web`) where one container alone is called so.
  [[nodiscard]] std::optional<Place> find(std::string_view id) const;
  /// Whether a task has that ARN.
  [[nodiscard]] bool has_task(std::string_view arn) const;
  /// As amazon-ecs-local-container-endpoints finds it (handlers/metadata.go, findContainer): as `find`; else the one
  /// whose id begins with `part` or whose docker name has it in it; where several do, or none, the one at `address`.
  [[nodiscard]] std::optional<Place> find_part(std::string_view part, std::string_view address) const;
  /// As ContainerSet::by_address.
  [[nodiscard]] std::optional<Place> by_address(std::string_view address) const;

 private:
  [[nodiscard]] std::optional<Place> place_of(const ContainerPtr& container) const;
  [[nodiscard]] std::optional<Place> by_task_name(std::string_view name) const;

  std::shared_ptr<const ContainerSet> set_;
  std::vector<Task> tasks_;
};

}  // namespace understudy::metadata
