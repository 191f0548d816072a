#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "understudy/base/clock.hpp"
#include "understudy/metadata/instance_leaves.hpp"

/// What happens to an instance in its life, over what it is. Values and pure functions.
/// Source: EC2 User Guide, "Spot Instance interruption notices", "EC2 instance rebalance recommendations", "View
/// scheduled events"; EC2 Auto Scaling User Guide, "Retrieve the target lifecycle state".
namespace understudy::metadata {

struct SpotInterruption {
  std::string action;  ///< `terminate`, `stop` or `hibernate`.
  WallTime time{};     ///< When it is done.
  bool operator==(const SpotInterruption&) const = default;
};

/// A scheduled event. Active ones are at `events/maintenance/scheduled`, the others at `history`.
struct Maintenance {
  std::string id;           ///< `instance-event-` and 17 hex digits.
  std::string code;         ///< `system-reboot`
  std::string description;  ///< Without the `[Completed] ` that the history puts before it.
  std::string state;        ///< `active`, `completed` or `canceled`.
  WallTime not_before{};
  std::optional<WallTime> not_after{};
  std::optional<WallTime> not_before_deadline{};
  bool operator==(const Maintenance&) const = default;
};

struct Life {
  std::optional<SpotInterruption> spot;
  std::optional<WallTime> rebalance;  ///< When the recommendation was given.
  std::vector<Maintenance> maintenance;
  std::optional<std::string> target_state;                                 ///< Of Auto Scaling.
  std::vector<std::pair<std::string, std::optional<std::string>>> tags{};  ///< Set, or without a value taken away.
  PathOverrides paths{};                                                   ///< Over everything.
  bool operator==(const Life&) const = default;
};

/// The codes that maintenance has, and what AWS calls each.
[[nodiscard]] const std::vector<std::pair<std::string_view, std::string_view>>& maintenance_codes();

/// Lays what happens over the leaves of the instance, whatever they say: an instance that is interrupted is a spot
/// instance, and `tag-sets` follow from the tags. `spot/termination-time` is there for `terminate` alone, else where
/// `always_has_termination_time`.
void add_life_leaves(std::vector<Leaf>& leaves, const Life& life, bool always_has_termination_time = false);

/// The JSON at `events/maintenance/scheduled` and `history`, as instances write it; `[]` for none. Pure.
[[nodiscard]] std::string render_maintenance(const std::vector<Maintenance>& events, bool history);

}  // namespace understudy::metadata
