#include "understudy/metadata/task.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "seed.hpp"
#include "understudy/aws/arn.hpp"
#include "understudy/aws/partition.hpp"

namespace understudy::metadata {
namespace {

template <class Overrides>
auto override_of(const Overrides& overrides, std::string_view name) {
  const auto found = overrides.find(name);
  return found == overrides.end() ? typename Overrides::mapped_type{} : found->second;
}

std::string ecs_arn(const TaskSettings& settings, std::string resource) {
  return aws::Arn{std::string(aws::partition_of_region(settings.region).name), "ecs", settings.region,
                  settings.account_id, std::move(resource)}
      .to_string();
}

std::string uuid_of(std::string_view digits) {
  return fmt::format("{}-{}-{}-{}-{}", digits.substr(0, 8), digits.substr(8, 4), digits.substr(12, 4),
                     digits.substr(16, 4), digits.substr(20, 12));
}

/// What a task is called where nobody says: its project, or its only container.
std::string name_of(const ContainerTask& task) {
  return task.project.empty() && !task.containers.empty() ? task.containers.front().docker_name : task.project;
}

TaskContainer with_override(Container container, std::string derived_arn, const ContainerOverride& wanted) {
  constexpr std::int64_t kMiB = 1024 * 1024;
  container.name = wanted.name.value_or(container.name);
  container.cpu_shares = wanted.cpu_units.value_or(container.cpu_shares);
  container.memory_bytes = wanted.memory_mib ? *wanted.memory_mib * kMiB : container.memory_bytes;
  return {std::move(container), wanted.arn.value_or(std::move(derived_arn))};
}

}  // namespace

ContainerStatus Task::status() const {
  const auto least =
      std::ranges::min_element(containers, {}, [](const TaskContainer& member) { return member.container.status; });
  return least == containers.end() ? ContainerStatus::kNone : least->container.status;
}

Task make_task(const ContainerTask& containers, const TaskSettings& settings) {
  const auto name = name_of(containers);
  const auto wanted = override_of(settings.tasks, name);
  const Seed seed(settings.account_id, settings.region);
  const auto own = settings.cluster + "\n" + name;
  const auto id = seed.hex_digits("task\n" + own).substr(0, 32);

  Task task;
  task.cluster = settings.cluster;
  task.arn = wanted.arn.value_or(ecs_arn(settings, fmt::format("task/{}/{}", settings.cluster, id)));
  task.family = wanted.family.value_or(name);
  task.revision = wanted.revision.value_or("1");
  task.availability_zone = settings.availability_zone;
  task.launch_type = settings.launch_type;
  task.vpc_id = settings.vpc_id;
  task.service_name = wanted.service_name.value_or("");
  task.group = wanted.group.value_or("");
  task.vcpus = wanted.vcpus;
  task.memory_mib = wanted.memory_mib;
  task.tags = wanted.tags;
  task.instance_tags = settings.instance_tags;
  for (const auto& container : containers.containers) {
    const auto uuid = uuid_of(seed.hex_digits("container\n" + own + "\n" + container.docker_name));
    auto arn = ecs_arn(settings, fmt::format("container/{}/{}/{}", settings.cluster, id, uuid));
    task.containers.push_back(
        with_override(container, std::move(arn), override_of(settings.containers, container.docker_name)));
  }
  return task;
}

}  // namespace understudy::metadata
