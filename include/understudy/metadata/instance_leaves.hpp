#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "understudy/metadata/instance.hpp"
#include "understudy/metadata/tree.hpp"

namespace understudy::metadata {

/// Every leaf that the instance answers with; a further path is a line here. `role_name` is what
/// `iam/security-credentials/` lists; empty: an instance without a role, which has no `iam/`.
///
/// `identity-credentials/` hands out the role's own credentials: AWS's are for its own agents and can not be had.
[[nodiscard]] std::vector<Leaf> instance_leaves(const Instance& instance, std::string_view role_name);

/// `AIPA` and 17 capital letters and digits, the same for the same profile.
[[nodiscard]] std::string instance_profile_id(std::string_view profile_arn);

}  // namespace understudy::metadata
