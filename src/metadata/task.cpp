#include "understudy/metadata/task.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "seed.hpp"
#include "understudy/aws/arn.hpp"
#include "understudy/aws/partition.hpp"

namespace understudy::metadata {
namespace {

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
std::string default_name(const ContainerTask& task) {
  return task.project.empty() && !task.containers.empty() ? task.containers.front().docker_name : task.project;
}

TaskOverride override_of(const TaskSettings& settings, const std::string& name) {
  const auto own = settings.tasks.find(name);
  const auto found = own == settings.tasks.end() ? settings.tasks.find(kEveryTask) : own;
  return found == settings.tasks.end() ? TaskOverride{} : found->second;
}

const ContainerOverride* override_of(const ContainerOverrides& overrides, const Container& container) {
  const auto exact = overrides.find(container.docker_name);
  const auto found = exact == overrides.end() ? overrides.find(container.name) : exact;
  return found == overrides.end() ? nullptr : &found->second;
}

std::vector<ContainerNetwork> networks_of(const std::vector<std::string>& addresses) {
  if (addresses.empty()) {
    return {};
  }
  ContainerNetwork network{"bridge", {}, {}};
  for (const auto& address : addresses) {
    (address.find(':') == std::string::npos ? network.ipv4 : network.ipv6).push_back(address);
  }
  return {std::move(network)};
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
  const auto name = default_name(containers);
  const auto wanted = override_of(settings, name);
  const auto cluster = settings.cluster.substr(settings.cluster.rfind('/') + 1);
  const Seed seed(settings.account_id, settings.region);
  const auto own = settings.cluster + "\n" + name;
  const auto id = seed.hex_digits("task\n" + own).substr(0, 32);

  Task task;
  task.cluster = settings.cluster;
  task.arn = wanted.arn.value_or(ecs_arn(settings, fmt::format("task/{}/{}", cluster, id)));
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
  task.overlays = settings.overlays;
  for (const auto& container : containers.containers) {
    const auto uuid = uuid_of(seed.hex_digits("container\n" + own + "\n" + container.docker_name));
    auto arn = ecs_arn(settings, fmt::format("container/{}/{}/{}", cluster, id, uuid));
    const auto* const own_wish = override_of(wanted.containers, container);
    task.containers.push_back(
        with_override(container, std::move(arn), own_wish == nullptr ? ContainerOverride{} : *own_wish));
  }
  return task;
}

std::vector<Container> configured_containers(const TaskSettings& settings, WallTime started) {
  const Seed seed(settings.account_id, settings.region);
  std::vector<Container> containers;
  for (const auto& [project, task] : settings.tasks) {
    if (project == kEveryTask) {
      continue;
    }
    for (const auto& [name, said] : task.containers) {
      Container container;
      container.docker_name = fmt::format("{}-{}-1", project, name);
      container.id =
          said.id.value_or(seed.hex_digits(fmt::format("docker\n{}\n{}\n{}", settings.cluster, project, name)));
      container.name = name;
      container.image = said.image.value_or(name);
      container.image_id = "sha256:" + seed.hex_digits("image\n" + container.image);
      container.project = project;
      container.labels = said.labels;
      container.own_labels = said.labels;
      container.status = ContainerStatus::kRunning;
      container.created = started;
      container.started = started;
      container.networks = networks_of(said.addresses);
      containers.push_back(std::move(container));
    }
  }
  return containers;
}

}  // namespace understudy::metadata
