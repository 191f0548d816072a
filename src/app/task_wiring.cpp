#include "understudy/app/task_wiring.hpp"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <utility>
#include <vector>

#include "understudy/app/sts_wiring.hpp"

namespace understudy::app {
namespace {

std::vector<metadata::ContainerPtr> shared(std::vector<metadata::Container> containers) {
  std::vector<metadata::ContainerPtr> out;
  out.reserve(containers.size());
  for (auto& container : containers) {
    out.push_back(std::make_shared<const metadata::Container>(std::move(container)));
  }
  return out;
}

Result<std::filesystem::path> socket_of(const service::ContainerEngineSettings& settings,
                                        const Environment& environment) {
  if (!settings.socket.empty()) {
    return std::filesystem::path(settings.socket);
  }
  auto found = docker::find_socket(environment);
  // An engine may start after us.
  return !found && found.error().kind == Error::Kind::kNotFound
             ? Result<std::filesystem::path>(docker::SystemSockets().docker)
             : found;
}

}  // namespace

metadata::TaskSettings task_settings(const config::Config& config, const std::string& region) {
  auto settings = config.containers.tasks;
  if (!region.empty()) {
    settings.region = region;
  }
  if (settings.account_id.empty()) {
    settings.account_id = first_account(config);
  }
  if (settings.account_id.empty()) {
    settings.account_id = metadata::TaskSettings().account_id;
  }
  if (settings.availability_zone.empty()) {
    settings.availability_zone = settings.region + "a";
  }
  return settings;
}

TaskParts::Docker::Docker(const std::filesystem::path& socket, const source::Surroundings& surroundings)
    : engine({socket}),
      inventory({engine, surroundings.clock, surroundings.retry.pause, surroundings.log, surroundings.jitter}),
      stats(engine, surroundings.clock, surroundings.retry.pause, surroundings.log) {}

Result<std::unique_ptr<TaskParts>> TaskParts::build(const config::Config& config,
                                                    const source::Surroundings& surroundings) {
  std::optional<std::filesystem::path> socket;
  if (config.containers.docker) {
    auto found = socket_of(*config.containers.docker, surroundings.environment);
    if (!found) {
      return found.error();
    }
    socket = *std::move(found);
  }
  const auto local = config.containers.compat ? LocalPaths::kYes : LocalPaths::kNo;
  return std::make_unique<TaskParts>(socket, task_settings(config, surroundings.region), local, surroundings);
}

TaskParts::TaskParts(const std::optional<std::filesystem::path>& socket, metadata::TaskSettings settings,
                     LocalPaths local, const source::Surroundings& surroundings)
    : docker_(socket ? std::make_unique<Docker>(*socket, surroundings) : nullptr),
      begun_(surroundings.clock.wall()),
      fixed_(shared(metadata::configured_containers(settings, begun_))),
      tasks_(containers(), std::move(settings)),
      metadata_(tasks_, docker_ ? &docker_->stats : nullptr, local),
      agent_(tasks_, surroundings.clock) {}

std::string TaskParts::task_arn_at(std::string_view address) {
  const auto book = tasks_.book();
  const auto place = book->by_address(address);
  return place ? place->task.arn : std::string();
}

const metadata::ContainerSource& TaskParts::containers() const {
  return docker_ ? static_cast<const metadata::ContainerSource&>(docker_->inventory) : fixed_;
}

void TaskParts::continue_from(const TaskParts& before) {
  begun_ = before.begun_;
  fixed_ = metadata::FixedContainers(shared(metadata::configured_containers(tasks_.settings(), begun_)));
  agent_.continue_from(before.agent_);
}

void TaskParts::start() {
  if (docker_) {
    docker_->inventory.start();
    docker_->stats.start();
  }
}

void TaskParts::await_containers(std::chrono::milliseconds at_most) const {
  struct Bell {
    std::mutex mutex;
    std::condition_variable changed;
    bool has_rung = false;
  };
  const auto bell = std::make_shared<Bell>();
  const auto ring = std::make_shared<const std::function<void()>>([bell] {
    const std::lock_guard lock(bell->mutex);
    bell->has_rung = true;
    bell->changed.notify_all();
  });
  const auto deadline = std::chrono::steady_clock::now() + at_most;
  bool is_in_time = true;
  for (auto seen = containers().snapshot(); is_in_time && !seen->is_current() && !seen->error();
       seen = containers().snapshot()) {
    containers().on_change(seen, ring);
    std::unique_lock lock(bell->mutex);
    is_in_time = bell->changed.wait_until(lock, deadline, [&] { return std::exchange(bell->has_rung, false); });
  }
}

void TaskParts::stop() {
  if (docker_) {
    docker_->inventory.stop();
    docker_->stats.stop();
  }
}

}  // namespace understudy::app
