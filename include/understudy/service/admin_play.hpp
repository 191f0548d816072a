#pragma once

#include <vector>

#include "understudy/service/admin.hpp"
#include "understudy/service/player.hpp"

namespace understudy::service {

/// What the operator plays:
///
///     POST /v1/play   a Cue as an entry of `events` in the configuration, in JSON: {"spot_interruption": {"action":
///                     "stop"}, "after": "30s"}. 202 and the state: it is played, or waits for its time; 400 BadAct
///                     with every mistake in it, 409 with an Act's error
///     GET  /v1/acts   [{"act", "purpose", "keys"}]
///     GET  /v1/state  {"imds": [ImdsShow::describe..], "roles": {"app": "denied"}, "waiting": 1}
///
/// REQUIRES: the player outlives the routes.
[[nodiscard]] std::vector<AdminRoute> play_routes(Player& player);

}  // namespace understudy::service
