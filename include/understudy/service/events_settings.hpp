#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "understudy/base/node.hpp"
#include "understudy/service/cue.hpp"

namespace understudy::service {

/// Reads the list behind `events`: each a Cue, played from the start on.
///
///     events: [{after: 30s, spot_interruption: true}, {every: 10m, rotate: app}]
///
/// `wrong_role` tells what is wrong with a role that an event names, or nothing.
[[nodiscard]] std::vector<Cue> read_events(
    const Node& list, const std::function<std::optional<std::string>(const std::string&)>& wrong_role,
    std::vector<Problem>& problems);

}  // namespace understudy::service
