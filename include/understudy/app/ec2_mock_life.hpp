#pragma once

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

#include "understudy/app/ec2_mock_flags.hpp"
#include "understudy/app/ec2_mock_settings.hpp"
#include "understudy/base/clock.hpp"

/// What AEMM mocks, as the life that we play. Pure.
namespace understudy::app {

struct MockLife {
  nlohmann::json events;               ///< For `events`.
  std::vector<std::string> announced;  ///< For ImdsManners: AEMM lists its paths from the start on.
  std::vector<std::string> problems;   ///< What makes it impossible, a line each, as AEMM would refuse it.
};

/// `now` is the start, from which AEMM takes the times of a scheduled event that are not said; those of an interruption
/// and a recommendation are taken from when they come. A scheduled event keeps AEMM's text and place: also one that is
/// completed stands at `events/maintenance/scheduled`. Source: AEMM's pkg/mock/{spot,events,asglifecycle},
/// pkg/cmd/{spot,events}.
[[nodiscard]] MockLife translate_mock_life(const MockSettings& settings, MockPlay play, WallTime now);

}  // namespace understudy::app
