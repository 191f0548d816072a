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

/// The token of a role whose ARN nobody tells is none for the same role when it is played on demand.
void warn_of_unknown_arns(const std::vector<source::RolePlan>& plans, const std::vector<source::Role*>& guarded,
                          std::string_view base, Log& log) {
  for (const auto* const role : guarded) {
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
  if (config.listen.containers) {
    parts.add_front(config, surroundings);
  }
  return parts;
}

Result<void> ContainerParts::add_ecs(const config::Config& config, source::Roles& roles, source::RoleRegistry& registry,
                                     const source::Surroundings& surroundings, const service::GuardRules& guard) {
  const auto& settings = config.containers;
  auto credentials = container_credentials(settings, roles);
  if (!credentials) {
    return credentials.error();
  }
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
    callers_ = std::make_unique<service::CallerRoles>(*settings.callers, roles, tasks_->containers());
    extras.callers = callers_.get();
  }
  if (settings.compat) {
    auto guarded = service::guarded_roles(*credentials);
    if (!settings.compat->source.empty()) {
      warn_of_unknown_arns(config.roles, guarded, settings.compat->source, surroundings.log);
      on_demand_ =
          std::make_unique<source::OnDemandRoles>(surroundings, *registry.find(settings.compat->source),
                                                  source::OnDemandRoles::kMost, settings.compat->session_prefix);
    }
    extras.compat =
        service::CompatRoles({roles.all(), service::open_roles(*credentials), std::move(guarded)}, on_demand_.get());
  }
  ecs_ = std::make_unique<service::Containers>(*std::move(credentials), guard, surroundings.clock, surroundings.log,
                                               std::move(extras));
  return {};
}

void ContainerParts::add_front(const config::Config& config, const source::Surroundings& surroundings) {
  using Agent = service::RateLimited::Agent;
  front_ = &behind_front(*ecs_, ecs_->refusals(), Agent::kEcs, config, surroundings);
  if (auto* const pods = pods_.endpoint()) {
    auto& limited = behind_front(*pods, pods->refusals(), Agent::kPodIdentity, config, surroundings);
    fronts_.push_back(std::make_unique<service::ContainersAndPodIdentity>(*front_, limited));
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
