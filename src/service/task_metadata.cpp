#include "understudy/service/task_metadata.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "task_route.hpp"
#include "understudy/base/text.hpp"

namespace understudy::service {
namespace {

using metadata::TaskBook;
using metadata::TaskVersion;
using metadata::WithTags;
using Wanted = TaskRoute::Wanted;

bool ends_in_slash(std::string_view target) { return target.substr(0, target.find('?')).ends_with('/'); }

std::optional<TaskBook::Place> place_by_route(const TaskBook& tasks, const TaskRoute& route, std::string_view address) {
  if (route.by_part) {
    return place_of_part(tasks, route.id, address);
  }
  return route.version == TaskVersion::kV2 ? tasks.by_address(address) : place_of(tasks, route.id, address);
}

/// Whether it is who asks that is meant, or may be, and not another by its name.
bool is_by_address(const TaskRoute& route) {
  return route.by_part || route.version == TaskVersion::kV2 || route.id == kSelf;
}

/// A container of the task by its whole id.
const metadata::TaskContainer* member_of(const metadata::Task& task, std::string_view id) {
  const auto found = std::ranges::find_if(
      task.containers, [&](const metadata::TaskContainer& member) { return member.container.id == id; });
  return found == task.containers.end() ? nullptr : &*found;
}

/// Version 2 names a container of the caller's task.
Response no_such_member(const TaskRoute& route) {
  return task_json(400, json_string(route.wanted == Wanted::kContainer
                                        ? fmt::format("Unable to generate metadata for container '{}'", route.id)
                                        : fmt::format("Unable to get container stats for: {}", route.id)));
}

Response no_association(const TaskRoute& route) {
  const auto slash = route.name.find('/');
  if (slash == std::string_view::npos) {
    return task_json(400, json_string(fmt::format("V{} container associations handler: unable to get association name "
                                                  "from request",
                                                  route.version == TaskVersion::kV3 ? 3 : 4)));
  }
  return task_json(400, json_string(fmt::format("Unable to write container association response: unable to get "
                                                "association from association type {} and association name {}",
                                                route.name.substr(0, slash), route.name.substr(slash + 1))));
}

}  // namespace

std::optional<Answer> TaskMetadata::answer(const Request& request, std::string_view path, Patience patience) {
  auto route = are_local_ ? local_task_route(path) : std::nullopt;
  route = route ? route : task_route(path, ends_in_slash(request.target));
  if (!route) {
    return std::nullopt;
  }
  const auto tasks = tasks_.book();
  const auto& address = request.peer.address;
  const auto place = place_by_route(*tasks, *route, address);
  // A part of a name may be another's as long as it is not known who asks.
  const bool is_sure = place && (!route->by_part || route->id == place->member.container.id);
  if (!is_sure && patience == Patience::kMayWait && is_by_address(*route) && !tasks->by_address(address)) {
    return tasks_.until_known(address);
  }
  return place ? tell(*place, *route) : nobody_there(*route, address);
}

Response TaskMetadata::tell(const TaskBook::Place& place, const TaskRoute& route) const {
  const bool is_of_task = route.version == TaskVersion::kV2 && !route.id.empty() && !route.by_part;
  const auto* const member = is_of_task ? member_of(place.task, route.id) : &place.member;
  if (member == nullptr) {
    return no_such_member(route);
  }
  switch (route.wanted) {
    case Wanted::kContainer:
      return task_json(200, metadata::render_container(place.task, *member, route.version));
    case Wanted::kTask:
    case Wanted::kTaskWithTags:
      return task_json(200, metadata::render_task(place.task, route.version,
                                                  route.wanted == Wanted::kTask ? WithTags::kNo : WithTags::kYes));
    case Wanted::kContainerStats:
      return task_json(200, metadata::render_stats(stats_of(*member), route.version));
    case Wanted::kTaskStats:
      return task_json(200, task_stats(place.task, route.version));
    case Wanted::kAssociations:
      return task_json(200, R"({"Associations":null})");
    case Wanted::kAssociation:
      break;
  }
  return no_association(route);
}

metadata::ContainerStats TaskMetadata::stats_of(const metadata::TaskContainer& member) const {
  return stats_ == nullptr ? metadata::ContainerStats() : stats_->stats(member.container.id);
}

std::string TaskMetadata::task_stats(const metadata::Task& task, TaskVersion version) const {
  std::vector<std::pair<std::string, metadata::ContainerStats>> all;
  all.reserve(task.containers.size());
  for (const auto& member : task.containers) {
    all.emplace_back(member.container.id, stats_of(member));
  }
  return metadata::render_task_stats(all, version);
}

}  // namespace understudy::service
