#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "understudy/base/clock.hpp"
#include "understudy/base/node.hpp"
#include "understudy/base/result.hpp"
#include "understudy/service/audience.hpp"
#include "understudy/service/imds_show.hpp"
#include "understudy/service/played_role.hpp"

namespace understudy::service {

/// What acts change. Everything outlives it; `show` is nullptr where there is no instance metadata service.
struct Playground {
  ImdsShow* show;
  PlayedRoles& roles;
  const Clock& clock;
};

/// Something to be played, at the moment when it is called. Errors: kInvalid `NoSuchRole`, `NoInstance`,
/// `NothingToEnd`, `OverlappingAudience`, `TooManyAudiences`, `TagsNotShown`; then nothing has changed. Thread-safe.
using Act = std::function<Result<void>(const Playground&, const Audience&)>;

/// One kind of act, as configuration and command line name it. Adding one is a function and a line in `act_kinds`.
struct ActKind {
  /// kInstance: what clients see of the instance, so it may be played for some of them; the others are for all.
  /// kRole: the value is a role's key, or has it under `role`.
  enum class Touches { kInstance, kRole, kEverything };

  std::string_view name;     ///< `spot_interruption`
  std::string_view purpose;  ///< For help: what it plays.
  std::string_view keys;     ///< For help: `action=terminate|stop|hibernate in=2m`.
  /// Reads what stands behind the name; whatever is wrong goes to `problems`, and then the result may be empty.
  Act (*read)(const Node& value, std::vector<Problem>& problems);
  Touches touches = Touches::kInstance;
};

/// Every kind, in the order in which help lists them.
[[nodiscard]] const std::vector<ActKind>& act_kinds();

// Rows of act_kinds, by what they change.
[[nodiscard]] std::vector<ActKind> instance_acts();
[[nodiscard]] std::vector<ActKind> endpoint_acts();
[[nodiscard]] std::vector<ActKind> role_acts();

/// Changes the scene of the audience; kInvalid `NoInstance` without an instance metadata service, else ImdsShow's.
Result<void> change_scene(const Playground& ground, const Audience& audience, const ImdsShow::Change& change);

/// An act that needs no more than its name: `true` or nothing may stand behind it.
void expect_nothing(const Node& value, std::vector<Problem>& problems);

/// A moment, `"2026-12-01T10:00:00Z"`, in quotes where YAML would take it for something else. `instead` names the
/// duration whose place it takes: the two together are a problem.
[[nodiscard]] std::optional<WallTime> read_time(Fields& fields, std::string_view key, std::string_view instead = {});

}  // namespace understudy::service
