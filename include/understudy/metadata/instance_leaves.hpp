#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "understudy/metadata/instance.hpp"
#include "understudy/metadata/tree.hpp"

namespace understudy::metadata {

/// Below a version: the document that the leaves beside it sign.
inline constexpr std::string_view kIdentityDocument = "dynamic/instance-identity/document";

/// Every leaf that the instance answers with; a further path is a line here. `role_name` is what
/// `iam/security-credentials/` lists; empty: an instance without a role, which has no `iam/`. What the instance leaves
/// empty has no path.
///
/// `identity-credentials/` hands out the role's own credentials: AWS's are for its own agents and can not be had.
[[nodiscard]] std::vector<Leaf> instance_leaves(const Instance& instance, std::string_view role_name);

/// Paths below a version, `meta-data/kernel-id`, each with its text, or without one to take it away.
using PathOverrides = std::vector<std::pair<std::string, std::optional<std::string>>>;
/// Sets, adds or takes away single paths. One that is a folder takes the whole folder's place, one that is set below a
/// leaf makes a folder of it, and taking away what is not there changes nothing. Without the identity document there is
/// nothing to sign, so its signatures go with it.
void override_leaves(std::vector<Leaf>& leaves, const PathOverrides& overrides);

/// Adds what folders list although nothing is there yet, but at or below which nothing is, nor above it.
void announce_leaves(std::vector<Leaf>& leaves, const std::vector<std::string>& paths);

/// `{"Name":"web","Team":"a"}`, as `tag-sets/instance` has them.
[[nodiscard]] std::string tag_set(const std::vector<std::pair<std::string, std::string>>& tags);

/// `AIPA` and 17 capital letters and digits, the same for the same profile.
[[nodiscard]] std::string instance_profile_id(std::string_view profile_arn);

}  // namespace understudy::metadata
