#include "understudy/app/containers_wiring.hpp"

#include <optional>
#include <utility>

#include "understudy/service/token_file.hpp"

namespace understudy::app {

Result<std::vector<service::ContainerCredential>> container_credentials(const service::ContainersSettings& settings,
                                                                        source::Roles& roles) {
  std::vector<service::ContainerCredential> out;
  for (const auto& entry : settings.credentials) {
    service::ContainerCredential credential{entry.id, entry.path.value_or(""), roles.find(entry.role), {}};
    if (entry.token_file) {
      auto token = service::ensure_token_file(*entry.token_file, entry.mode);
      if (!token) {
        return token.error();
      }
      credential.token = *std::move(token);
    }
    out.push_back(std::move(credential));
  }
  return out;
}

Result<ContainerParts> ContainerParts::build(const config::Config& config, source::Roles& roles,
                                             source::RoleRegistry& registry, const source::Surroundings& surroundings,
                                             const service::GuardRules& guard) {
  ContainerParts parts;
  if (config.listen.containers) {
    auto credentials = container_credentials(config.containers, roles);
    if (!credentials) {
      return credentials.error();
    }
    const auto& compat = config.containers.compat;
    if (compat && !compat->source.empty()) {
      parts.on_demand_ = std::make_unique<source::OnDemandRoles>(surroundings, *registry.find(compat->source));
    }
    if (config.containers.has_containers()) {
      auto tasks = TaskParts::build(config, surroundings);
      if (!tasks) {
        return tasks.error();
      }
      parts.tasks_ = *std::move(tasks);
    }
    if (const auto& callers = config.containers.callers) {
      parts.callers_ = std::make_unique<service::CallerRoles>(*callers, roles, parts.tasks_->containers());
    }
    service::ContainerExtras extras;
    if (compat) {
      extras.compat = service::CompatRoles(roles.all(), parts.on_demand_.get());
    }
    extras.tasks = config.containers.has_tasks() ? &parts.tasks_->metadata() : nullptr;
    extras.callers = parts.callers_.get();
    parts.ecs_ = std::make_unique<service::Containers>(*std::move(credentials), guard, surroundings.clock,
                                                       surroundings.log, std::move(extras));
  }
  auto pods = PodIdentityParts::build(config, roles, surroundings.http, guard, surroundings.clock, surroundings.log);
  if (!pods) {
    return pods.error();
  }
  parts.pods_ = *std::move(pods);
  return parts;
}

void ContainerParts::start() {
  pods_.start();
  if (tasks_) {
    tasks_->start();
  }
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
