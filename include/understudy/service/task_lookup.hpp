#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "understudy/base/handler.hpp"
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
  /// Wakes with the news by which a container has that address, or when none will come: one asks faster than its start
  /// is heard of. REQUIRES: it ends before this does.
  [[nodiscard]] std::shared_ptr<Deferred> until_known(std::string address) const;

 private:
  const metadata::ContainerSource& source_;
  const metadata::TaskSettings settings_;
  /// Of the newest snapshot that somebody asked for; by std::atomic_load and atomic_store only.
  std::shared_ptr<const metadata::TaskBook> book_;
};

/// In the place of an `<id>`: who asks, by its address, also where a container is called so, which would take the place
/// of everybody.
inline constexpr std::string_view kSelf = "self";

/// Whom the `<id>` of a path means: kSelf, or a container's whole id. A name, or a part of an id, is looked for in the
/// task alone that the container at `address` is of, so that none guesses another's; for who is at none, as the host
/// is, in all: TaskBook::find. While it is not known who is where, and at an address that two have, in none.
[[nodiscard]] std::optional<metadata::TaskBook::Place> place_of(const metadata::TaskBook& book, std::string_view id,
                                                                std::string_view address);

/// The same for what is a part of a name or an id: TaskBook::find_part, within the task of who asks; nobody where it is
/// of another task's containers alone.
[[nodiscard]] std::optional<metadata::TaskBook::Place> place_of_part(const metadata::TaskBook& book,
                                                                     std::string_view part, std::string_view address);

}  // namespace understudy::service
