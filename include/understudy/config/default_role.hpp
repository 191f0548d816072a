#pragma once

#include "understudy/base/environment.hpp"
#include "understudy/base/node.hpp"
#include "understudy/config/overrides.hpp"

namespace understudy::config {

/// Adds the role that is played where nobody configured one (no `roles` in the tree), or where `--role-arn`,
/// `--profile` or their variables ask for one. Pure.
///
///     roles:
///       base: {default_chain: true}
///       default: {assume_role: ARN, source: base}      # without an ARN, what `base` is above
///     imds: {role: default}
///     containers: {credentials: {default: {role: default, path: /creds}}}
///
/// With `--profile` the start is `{profile: NAME}`. A role `base` that the configuration has is the start of
/// an ARN, unless `--profile` is given. The two flags replace `roles.default` and `imds.role`; else only what is
/// missing is added. `path` is left out where another entry has it already. With
/// `containers.callers` containers get no default role.
[[nodiscard]] Node with_default_role(Node tree, const Environment& environment, const Flags& flags);

}  // namespace understudy::config
