#include "understudy/app/containers_wiring.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "understudy/service/token_file.hpp"

namespace understudy::app {

namespace {

/// What is wrong with a file that the configuration names, with the key that names it.
Error said_of_key(Error error, const std::string& key) {
  const std::string_view way_out =
      error.code == "FileError" ? "; name a file in a folder that this user may write, or make it beforehand" : "";
  error.message = fmt::format("{}: {}{}", key, error.message, way_out);
  return error;
}

/// Callers who send a token get the role of the one entry that has it, so it must not stand for two.
Result<void> check_token(const service::ContainerCredential& added,
                         const std::vector<service::ContainerCredential>& others) {
  const auto same = std::ranges::find_if(others, [&](const auto& other) {
    return added.token && other.token && other.role != added.role && *other.token == *added.token;
  });
  if (same == others.end()) {
    return {};
  }
  return Error{Error::Kind::kInvalid, "SameToken",
               fmt::format("containers.credentials.{}.token_file: has the same content as that of entry {}, whose role "
                           "is another ({}): give each its own, because containers.callers tells by the token alone "
                           "whose role it is",
                           added.id, same->id, same->role->key())};
}

/// Those that associations of Pod Identity name, and no entry for containers does.
std::vector<source::Role*> roles_of_pods(const config::Config& config, source::Roles& roles) {
  const auto is_for_containers = [&](const std::string& key) {
    return std::ranges::any_of(config.containers.credentials, [&](const auto& entry) { return entry.role == key; });
  };
  std::vector<source::Role*> out;
  for (const auto& each : config.pod_identity.value_or(service::PodIdentitySettings()).associations) {
    if (!is_for_containers(each.role)) {
      out.push_back(roles.find(each.role));
    }
  }
  return out;
}

/// The token of a role whose ARN nobody tells is none for the same role when it is played on demand.
void warn_of_unknown_arns(const std::vector<source::RolePlan>& plans, const std::vector<source::Role*>& kept,
                          std::string_view base, Log& log) {
  for (const auto* const role : kept) {
    const auto plan = std::ranges::find(plans, role->key(), &source::RolePlan::key);
    if (plan != plans.end() && plan->blueprint->role_arn().empty() && plan->blueprint->profile().empty()) {
      log.warn(
          "role {} is given for a token alone, and nothing may say its ARN: if {} (containers.compat.source) may "
          "assume the same role, clients get it by /role-arn/ without the token; let it assume no such role, or name "
          "this one by assume_role",
          role->key(), base);
    }
  }
}

}  // namespace

Result<std::vector<service::ContainerCredential>> container_credentials(const service::ContainersSettings& settings,
                                                                        source::Roles& roles) {
  std::vector<service::ContainerCredential> out;
  for (const auto& entry : settings.credentials) {
    service::ContainerCredential credential{entry.id, entry.path.value_or(""), roles.find(entry.role), {}};
    if (entry.token_file) {
      auto token = service::ensure_token_file(*entry.token_file, entry.mode);
      if (!token) {
        return said_of_key(token.error(), fmt::format("containers.credentials.{}.token_file", entry.id));
      }
      credential.token = *std::move(token);
    }
    if (const auto checked = settings.callers ? check_token(credential, out) : Result<void>(); !checked) {
      return checked.error();
    }
    out.push_back(std::move(credential));
  }
  return out;
}

Result<ContainerParts> ContainerParts::build(const config::Config& config, source::Roles& roles,
                                             source::RoleRegistry& registry, const source::Surroundings& surroundings,
                                             const ContainerGuards& guards) {
  ContainerParts parts;
  if (config.listen.containers) {
    if (auto done = parts.add_ecs(config, roles, registry, surroundings, guards.containers); !done) {
      return done.error();
    }
  }
  auto pods = PodIdentityParts::build(config, roles, surroundings.http, guards.pod_identity, surroundings.clock,
                                      surroundings.log);
  if (!pods) {
    return pods.error();
  }
  parts.pods_ = *std::move(pods);
  parts.add_fronts(config, surroundings);
  return parts;
}

Result<void> ContainerParts::add_ecs(const config::Config& config, source::Roles& roles, source::RoleRegistry& registry,
                                     const source::Surroundings& surroundings, const service::GuardRules& guard) {
  const auto& settings = config.containers;
  auto credentials = container_credentials(settings, roles);
  if (!credentials) {
    return credentials.error();
  }
  const auto of_pods = roles_of_pods(config, roles);
  service::ContainerExtras extras;
  if (settings.has_containers()) {
    auto tasks = TaskParts::build(config, surroundings);
    if (!tasks) {
      return tasks.error();
    }
    tasks_ = *std::move(tasks);
  }
  if (settings.has_tasks()) {
    extras.tasks = &tasks_->metadata();
    extras.agent = &tasks_->agent();
  }
  if (settings.callers) {
    callers_ = std::make_unique<service::CallerRoles>(*settings.callers, roles, tasks_->containers(), of_pods);
    extras.callers = callers_.get();
  }
  if (settings.compat) {
    const service::CompatRoleSet configured{roles.all(), service::open_roles(*credentials),
                                            service::guarded_roles(*credentials), of_pods};
    if (!settings.compat->source.empty()) {
      add_on_demand(config, configured, registry, surroundings);
    }
    extras.compat = service::CompatRoles(configured, on_demand_.get());
  }
  ecs_ = std::make_unique<service::Containers>(*std::move(credentials), guard, surroundings.clock, surroundings.log,
                                               std::move(extras));
  return {};
}

void ContainerParts::add_on_demand(const config::Config& config, const service::CompatRoleSet& configured,
                                   source::RoleRegistry& registry, const source::Surroundings& surroundings) {
  const auto& settings = *config.containers.compat;
  for (const auto& kept : {configured.guarded, configured.of_pods}) {
    warn_of_unknown_arns(config.roles, kept, settings.source, surroundings.log);
  }
  on_demand_ = std::make_unique<source::OnDemandRoles>(surroundings, *registry.find(settings.source),
                                                       source::OnDemandRoles::kMost, settings.session_prefix);
}

void ContainerParts::add_fronts(const config::Config& config, const source::Surroundings& surroundings) {
  using Agent = service::RateLimited::Agent;
  const auto before = [&](auto& endpoint, Agent agent) -> Handler& {
    return behind_front(endpoint, endpoint.refusals(), agent, config, surroundings);
  };
  auto* const pods = pods_.endpoint();
  if (pods != nullptr) {
    pods_front_ = &before(*pods, Agent::kPodIdentity);
  }
  if (ecs_) {
    front_ = &before(*ecs_, Agent::kEcs);
  }
  // Each listener counts for itself.
  if (ecs_ && pods != nullptr) {
    fronts_.push_back(std::make_unique<service::ContainersAndPodIdentity>(*front_, before(*pods, Agent::kPodIdentity)));
    front_ = fronts_.back().get();
  }
}

Handler& ContainerParts::behind_front(Handler& inner, service::RefusalLog& refusals, service::RateLimited::Agent agent,
                                      const config::Config& config, const source::Surroundings& surroundings) {
  auto* front = &inner;
  if (const auto& limit = config.containers.rate_limit) {
    fronts_.push_back(std::make_unique<service::RateLimited>(*front, *limit, surroundings.clock, refusals, agent));
    front = fronts_.back().get();
  }
  if (config.containers.audit_log) {
    const auto task_of = [tasks = tasks_.get()](const std::string& address) {
      return tasks != nullptr ? tasks->task_arn_at(address) : std::string();
    };
    fronts_.push_back(std::make_unique<service::Audited>(
        *front, service::Audited::Surroundings{config.containers.tasks.cluster, task_of, surroundings.clock,
                                               surroundings.log}));
    front = fronts_.back().get();
  }
  return *front;
}

void ContainerParts::continue_from(const ContainerParts& before) {
  pods_.continue_from(before.pods_);
  if (tasks_ && before.tasks_) {
    tasks_->continue_from(*before.tasks_);
  }
}

void ContainerParts::start() {
  pods_.start();
  if (tasks_) {
    tasks_->start();
  }
}

void ContainerParts::await_containers(std::chrono::milliseconds at_most) const {
  if (tasks_) {
    tasks_->await_containers(at_most);
  }
}

std::vector<const service::RefusalLog*> ContainerParts::refusals() {
  std::vector<const service::RefusalLog*> out;
  if (ecs_) {
    out.push_back(&ecs_->refusals());
  }
  if (const auto* const pods = pods_.endpoint()) {
    out.push_back(&pods->refusals());
  }
  return out;
}

void ContainerParts::stop() {
  if (on_demand_) {
    on_demand_->stop();
  }
  pods_.stop();
  if (tasks_) {
    tasks_->stop();
  }
}

}  // namespace understudy::app
