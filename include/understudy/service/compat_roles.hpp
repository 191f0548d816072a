#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "understudy/base/result.hpp"
#include "understudy/source/on_demand_roles.hpp"
#include "understudy/source/role.hpp"

namespace understudy::service {

/// Those of the configuration.
struct CompatRoleSet {
  std::vector<source::Role*> all;
  std::vector<source::Role*> open;       ///< Of them, those that an entry serves without a token.
  std::vector<source::Role*> guarded;    ///< Of them, those that entries serve for tokens alone.
  std::vector<source::Role*> of_pods{};  ///< Of them, those that are for pods alone, and so are not given here.
};

/// The role that a path names, not owned where it is one of the configuration.
struct CompatFound {
  Result<std::shared_ptr<source::Role>> role;
  std::vector<source::Role*> unclear{};  ///< The cold ones that the error comes of: once they are not, ask again.
};

/// The paths by which amazon-ecs-local-container-endpoints and aws-vault's ECS server name roles, so that who comes
/// from them changes nothing: `role/<name>` and `role-arn/<ARN>`. A role of the configuration with that ARN, or with
/// that name in it, comes first; without one, and with a base for them, any role is played on demand. A role's ARN is
/// what the configuration says, or else what its last fetch told. Of several with one ARN it is an open one, else a
/// guarded one, else one of pods, else any: so none leads past another's token to what no entry gives without.
/// Thread-safe. REQUIRES: the roles and `on_demand` outlive it.
class CompatRoles {
 public:
  /// The code of the error by which it is not known yet whether a role of the configuration is meant.
  static constexpr std::string_view kUnclear = "CredentialsUninitialized";

  /// `on_demand` may be nullptr: the roles of the configuration alone.
  CompatRoles(const CompatRoleSet& configured, source::OnDemandRoles* on_demand);

  /// The role that `path` names, in normalise_path's form (`role/app`); nullopt where it is no such path.
  /// kInvalid (code `NoIdInRequest`; `InvalidIdInRequest`: no such role, no name or ARN of one, or several of that
  /// name); kDenied (code kRoleOfPods) for one of pods; kThrottled (code `TooManyRoles`, `TooManyNewRoles`);
  /// kUnavailable (code kUnclear) where it is none of these whose ARN is known, and could be one of those whose ARN is
  /// not: of what is handed out, a guarded one or one of pods that has never been fetched, so that no token is gone
  /// round; of what is not found, one that nobody has tried to fetch yet.
  [[nodiscard]] std::optional<CompatFound> find(std::string_view path) const;

 private:
  /// Where several have one ARN, what is said first goes first.
  enum class Access { kOpen, kGuarded, kOfPods, kInNoEntry };
  struct Configured {
    source::Role* role;
    Access access;
  };
  struct Look;
  using Looks = std::vector<Look>;

  [[nodiscard]] Looks look() const;
  [[nodiscard]] CompatFound by_name(std::string_view name, const Looks& looks) const;
  [[nodiscard]] CompatFound by_arn(std::string_view arn, const Looks& looks) const;
  [[nodiscard]] CompatFound make(std::string_view role, const Looks& looks) const;

  static const Look* preferred(const Look* one, const Look& other);
  static CompatFound give(const Look& found, const Looks& looks);
  /// Why what no entry gives can not be handed out now: it may be the role of one that is given for a token alone.
  static std::optional<CompatFound> doubt(const Looks& looks);

  std::vector<Configured> configured_;
  source::OnDemandRoles* on_demand_;
};

}  // namespace understudy::service
