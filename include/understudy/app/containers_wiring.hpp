#pragma once

#include <chrono>
#include <memory>
#include <vector>

#include "understudy/app/pod_identity_wiring.hpp"
#include "understudy/app/task_wiring.hpp"
#include "understudy/base/result.hpp"
#include "understudy/config/config.hpp"
#include "understudy/service/audit.hpp"
#include "understudy/service/containers.hpp"
#include "understudy/service/containers_settings.hpp"
#include "understudy/service/rate_limiter.hpp"
#include "understudy/source/on_demand_roles.hpp"
#include "understudy/source/role.hpp"
#include "understudy/source/role_registry.hpp"

namespace understudy::app {

/// What the container endpoint serves, with its roles and tokens; token files that are missing are made. Errors:
/// service::ensure_token_file's; with callers also kInvalid (`SameToken`) where entries of two roles have one token.
/// REQUIRES: every role is there.
Result<std::vector<service::ContainerCredential>> container_credentials(const service::ContainersSettings& settings,
                                                                        source::Roles& roles);

/// Who may ask each of the two: by the names of its own listener's certificate.
struct ContainerGuards {
  service::GuardRules containers;
  service::GuardRules pod_identity;
};

/// The endpoints for containers, ECS's and Pod Identity, as far as a listener is there for them; without one nobody
/// could use the token files that building makes. Thread-safety: one thread at a time, but for the handlers.
class ContainerParts {
 public:
  /// `roles` is what clients see of the roles in `registry`. Errors: container_credentials's,
  /// TaskParts::build's, PodIdentityParts::build's. REQUIRES: the others outlive this, the configuration does not have
  /// to; every role that it names is there.
  static Result<ContainerParts> build(const config::Config& config, source::Roles& roles,
                                      source::RoleRegistry& registry, const source::Surroundings& surroundings,
                                      const ContainerGuards& guards);

  /// PodIdentityParts::continue_from, and that of TaskParts where both have tasks. REQUIRES: nobody asks this yet.
  void continue_from(const ContainerParts& before);
  void start();
  /// TaskParts::await_containers, where an engine is asked.
  void await_containers(std::chrono::milliseconds at_most) const;
  /// Ends what works in the background (break off its calls first). Idempotent.
  void stop();

  /// REQUIRES: the configuration has the listener.
  [[nodiscard]] Handler& on_containers() { return *front_; }
  /// nullptr where Pod Identity is not configured. Behind a log and a limit as on the containers listener.
  [[nodiscard]] Handler* on_pod_identity() { return pods_front_; }

  /// nullptr where callers are not told apart. Lives as long as this.
  [[nodiscard]] const service::CallerRoles* callers() const { return callers_.get(); }

  /// Of those endpoints that there are.
  [[nodiscard]] std::vector<const service::RefusalLog*> refusals();

 private:
  Result<void> add_ecs(const config::Config& config, source::Roles& roles, source::RoleRegistry& registry,
                       const source::Surroundings& surroundings, const service::GuardRules& guard);
  void add_on_demand(const config::Config& config, const service::CompatRoleSet& configured,
                     source::RoleRegistry& registry, const source::Surroundings& surroundings);
  void add_fronts(const config::Config& config, const source::Surroundings& surroundings);
  /// `inner` behind the log and the limit that the configuration wants; `refusals` is its own.
  Handler& behind_front(Handler& inner, service::RefusalLog& refusals, service::RateLimited::Agent agent,
                        const config::Config& config, const source::Surroundings& surroundings);

  std::unique_ptr<source::OnDemandRoles> on_demand_;
  std::unique_ptr<TaskParts> tasks_;  ///< nullptr: it does not matter which containers run.
  std::unique_ptr<service::CallerRoles> callers_;
  std::unique_ptr<service::Containers> ecs_;
  PodIdentityParts pods_;
  std::vector<std::unique_ptr<Handler>> fronts_;
  Handler* front_ = nullptr;       ///< What answers on the containers listener.
  Handler* pods_front_ = nullptr;  ///< The same on Pod Identity's.
};

}  // namespace understudy::app
