#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "understudy/base/result.hpp"
#include "understudy/source/on_demand_roles.hpp"
#include "understudy/source/role.hpp"

namespace understudy::service {

/// The paths by which amazon-ecs-local-container-endpoints and aws-vault's ECS server name roles, so that who comes
/// from them changes nothing: `role/<name>` and `role-arn/<ARN>`. A role of the configuration with that ARN, or with
/// that name in it, comes first; without one, and with a base for them, any role is played on demand. Thread-safe.
/// REQUIRES: the roles and `on_demand` outlive it.
class CompatRoles {
 public:
  /// `on_demand` may be nullptr: the roles of the configuration alone.
  CompatRoles(std::vector<source::Role*> configured, source::OnDemandRoles* on_demand)
      : configured_(std::move(configured)), on_demand_(on_demand) {}

  /// The role that `path` names, in normalise_path's form (`role/app`); nullopt where it is no such path. A role of
  /// the configuration is not owned by what is returned.
  /// kInvalid (code `NoIdInRequest`; `InvalidIdInRequest`: no such role, no name or ARN of one, or several of that
  /// name); kThrottled (code `TooManyRoles`, `TooManyNewRoles`).
  [[nodiscard]] std::optional<Result<std::shared_ptr<source::Role>>> find(std::string_view path) const;

 private:
  using Found = Result<std::shared_ptr<source::Role>>;

  [[nodiscard]] Found by_name(std::string_view name) const;
  [[nodiscard]] Found by_arn(std::string_view arn) const;
  [[nodiscard]] Found make(std::string_view role) const;

  std::vector<source::Role*> configured_;
  source::OnDemandRoles* on_demand_;
};

}  // namespace understudy::service
