#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "understudy/base/node.hpp"
#include "understudy/source/role_registry.hpp"

namespace understudy::config {

/// Reads the map behind `roles`: per role one way of getting credentials (source::kinds()), `source` where the way
/// builds on another role, and what the way allows beside it. Pure.
///
///     base: {environment: true}
///     app: {assume_role: arn:aws:iam::111122223333:role/app, source: base, duration: 1h}
///
/// Roles with a problem are left out of the result. Problems: a name with other characters than letters, digits, `.`,
/// `_` and `-` or over 64 of them; no way or several; what the way's own reader finds; an unknown key; a `source` that
/// is missing, superfluous, unknown or leads in a circle.
[[nodiscard]] std::vector<source::RolePlan> read_roles(const Node& roles, std::vector<Problem>& problems);

/// `expected the name of a role, found "ap"; did you mean "app"?`
[[nodiscard]] std::string unknown_role(std::string_view name, const Node* roles);

}  // namespace understudy::config
