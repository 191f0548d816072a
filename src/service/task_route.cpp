#include "task_route.hpp"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "understudy/base/text.hpp"

namespace understudy::service {
namespace {

using metadata::TaskVersion;
using Wanted = TaskRoute::Wanted;

/// Up to the next slash; `rest` is what is behind it.
std::string_view take_segment(std::string_view& rest) {
  const auto end = rest.find('/');
  const auto segment = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  return segment;
}

std::optional<TaskRoute> route_v2(std::string_view rest) {
  const auto what = take_segment(rest);
  if (what == "metadata") {
    return TaskRoute{TaskVersion::kV2, rest.empty() ? Wanted::kTask : Wanted::kContainer, rest, {}, false};
  }
  if (what == "stats") {
    return TaskRoute{TaskVersion::kV2, rest.empty() ? Wanted::kTaskStats : Wanted::kContainerStats, rest, {}, false};
  }
  return what == "metadataWithTags" && rest.empty()
             ? std::optional(TaskRoute{TaskVersion::kV2, Wanted::kTaskWithTags, {}, {}, false})
             : std::nullopt;
}

std::optional<Wanted> wanted_by(std::string_view what) {
  constexpr std::pair<std::string_view, Wanted> kRoutes[]{{"", Wanted::kContainer},
                                                          {"task", Wanted::kTask},
                                                          {"taskWithTags", Wanted::kTaskWithTags},
                                                          {"stats", Wanted::kContainerStats},
                                                          {"task/stats", Wanted::kTaskStats}};
  for (const auto& [path, wanted] : kRoutes) {
    if (path == what) {
      return wanted;
    }
  }
  return std::nullopt;
}

std::optional<TaskRoute> route_by_id(TaskVersion version, std::string_view rest, bool ends_in_slash) {
  constexpr std::string_view kAssociations = "associations/";
  const bool is_bare = rest.empty();
  const auto id = take_segment(rest);
  if (rest.starts_with(kAssociations)) {
    const auto name = rest.substr(kAssociations.size());
    const bool is_one = ends_in_slash || name.find('/') != std::string_view::npos;
    return TaskRoute{version, is_one ? Wanted::kAssociation : Wanted::kAssociations, id, name, false};
  }
  const auto wanted = wanted_by(rest);
  return wanted && ends_in_slash == is_bare ? std::optional(TaskRoute{version, *wanted, id, {}, false}) : std::nullopt;
}

struct HandlerWords {
  std::string_view name;
  bool seeks_container;  ///< The agent looks for the container by its id first, or for the task.
};

HandlerWords handler_of(Wanted wanted) {
  switch (wanted) {
    case Wanted::kContainer:
      return {"container metadata", true};
    case Wanted::kTask:
    case Wanted::kTaskWithTags:
      return {"task metadata", false};
    case Wanted::kContainerStats:
      return {"container stats", false};
    case Wanted::kTaskStats:
      return {"task stats", false};
    case Wanted::kAssociations:
      return {"container associations", true};
    case Wanted::kAssociation:
      break;
  }
  return {"container associations", false};
}

int status_of(const TaskRoute& route) {
  const bool is_association = route.wanted == Wanted::kAssociations || route.wanted == Wanted::kAssociation;
  const bool is_stats = route.wanted == Wanted::kContainerStats || route.wanted == Wanted::kTaskStats;
  if (is_association || route.version == TaskVersion::kV2) {
    return 400;
  }
  const int of_v3 = is_stats ? 400 : 500;
  return route.version == TaskVersion::kV4 ? 404 : of_v3;
}

}  // namespace

std::optional<TaskRoute> task_route(std::string_view path, bool ends_in_slash) {
  auto rest = path;
  const auto version = take_segment(rest);
  if (version == "v2") {
    return route_v2(rest);
  }
  if (version == "v3" || version == "v4") {
    return route_by_id(version == "v3" ? TaskVersion::kV3 : TaskVersion::kV4, rest, ends_in_slash);
  }
  return std::nullopt;
}

std::optional<TaskRoute> local_task_route(std::string_view path) {
  constexpr std::string_view kContainers = "containers";
  auto rest = path;
  const auto version = take_segment(rest);
  if (version == "v2") {
    auto route = route_v2(rest);
    if (route) {
      route->by_part = !route->id.empty();
    }
    return route;
  }
  if (version != "v3" && version != "v4") {
    return std::nullopt;
  }
  const auto number = version == "v3" ? TaskVersion::kV3 : TaskVersion::kV4;
  if (const auto wanted = wanted_by(rest)) {
    return TaskRoute{number, *wanted, "self", {}, false};
  }
  const bool is_named = take_segment(rest) == kContainers;
  const auto part = take_segment(rest);
  const auto wanted = is_named && !part.empty() ? wanted_by(rest) : std::nullopt;
  return wanted ? std::optional(TaskRoute{number, *wanted, part, {}, true}) : std::nullopt;
}

Response nobody_there(const TaskRoute& route, std::string_view address) {
  if (route.version == TaskVersion::kV2) {
    return task_json(400, json_string(fmt::format("Unable to get task arn from request: unable to associate '{}' with "
                                                  "task",
                                                  address)));
  }
  const auto handler = handler_of(route.wanted);
  // The agent's own spelling differs between these.
  const auto* const sought = route.wanted == Wanted::kAssociations ? "container id" : "container ID";
  return task_json(
      status_of(route),
      json_string(fmt::format("V{} {} handler: unable to get {} from request: unable to get {} from v3 endpoint ID: {}",
                              route.version == TaskVersion::kV3 ? 3 : 4, handler.name,
                              handler.seeks_container ? sought : "task arn",
                              handler.seeks_container ? "docker ID" : "task Arn", route.id)));
}

Response task_json(int status, Body body) {
  Response response;
  response.status = status;
  response.headers.add("Content-Type", "application/json");
  response.body = std::move(body);
  return response;
}

}  // namespace understudy::service
