#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "understudy/metadata/container_source.hpp"
#include "understudy/metadata/task.hpp"
#include "understudy/metadata/task_book.hpp"

namespace understudy::service {

/// The tasks of now: makes a TaskBook of the newest snapshot when somebody asks, and keeps it for the next.
/// Thread-safe.
class TaskLookup {
 public:
  /// REQUIRES: `source` outlives this.
  TaskLookup(const metadata::ContainerSource& source, metadata::TaskSettings settings)
      : source_(source), settings_(std::move(settings)) {}

  /// Never null.
  [[nodiscard]] std::shared_ptr<const metadata::TaskBook> book();
  [[nodiscard]] const metadata::TaskSettings& settings() const { return settings_; }

 private:
  const metadata::ContainerSource& source_;
  const metadata::TaskSettings settings_;
  /// Of the newest snapshot that somebody asked for; by std::atomic_load and atomic_store only.
  std::shared_ptr<const metadata::TaskBook> book_;
};

/// Whom the `<id>` of a path means: TaskBook::find; `self`, which is ours, is who asks, by its address, also where a
/// container is called so: it would take the place of everybody.
[[nodiscard]] std::optional<metadata::TaskBook::Place> place_of(const metadata::TaskBook& book, std::string_view id,
                                                                std::string_view address);

}  // namespace understudy::service
