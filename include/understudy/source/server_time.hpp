#pragma once

#include <chrono>
#include <optional>

#include "understudy/base/clock.hpp"
#include "understudy/base/message.hpp"

/// What an answer's `Date` tells of the server's clock, so that the life of credentials (`expiration - obtained`) is
/// right however wrong ours is. Pure.
namespace understudy::source {

/// The server's clock less ours, for a request that left and came back at those times of ours; nullopt where the answer
/// has no `Date`.
[[nodiscard]] std::optional<std::chrono::milliseconds> skew_of(const Response& response, WallTime sent,
                                                               WallTime received);

/// When the answer came: by the server's clock where that is 5 s or more off ours, else by ours. (A `Date` has whole
/// seconds, and answers take their time.)
[[nodiscard]] WallTime received_at(WallTime received, std::optional<std::chrono::milliseconds> skew);

}  // namespace understudy::source
