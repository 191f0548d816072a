#include "understudy/metadata/task_document.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>

#include "understudy/base/time_text.hpp"

namespace understudy::metadata {
namespace {

using Json = nlohmann::ordered_json;

void put(Json& out, const char* key, const std::string& text) {
  if (!text.empty()) {
    out[key] = text;
  }
}

void put(Json& out, const char* key, Json value) {
  if (!value.is_null() && !value.empty()) {
    out[key] = std::move(value);
  }
}

void put(Json& out, const char* key, std::optional<WallTime> time) {
  if (time) {
    out[key] = format_rfc3339_fraction(*time);
  }
}

void put_number(Json& out, const char* key, std::int64_t number) {
  if (number != 0) {
    out[key] = number;
  }
}

template <class Pairs>
Json object_of(const Pairs& pairs) {
  auto object = Json::object();
  for (const auto& [key, value] : pairs) {
    object[key] = value;
  }
  return object;
}

/// What ECS wants of a container or task: that it runs, until it has ended.
std::string_view desired(ContainerStatus status) {
  return name_of(status == ContainerStatus::kStopped ? ContainerStatus::kStopped : ContainerStatus::kRunning);
}

Json ports_of(const std::vector<ContainerPort>& ports, bool is_v4) {
  auto list = Json::array();
  for (const auto& port : ports) {
    auto one = Json::object();
    put_number(one, "ContainerPort", port.container_port);
    put(one, "Protocol", port.protocol);
    put_number(one, "HostPort", port.host_port);
    if (is_v4) {
      put(one, "HostIp", port.host_ip);
    }
    list.push_back(std::move(one));
  }
  return list;
}

Json labels_of(const Task& task, const Container& container) {
  auto labels = container.labels;
  labels["com.amazonaws.ecs.cluster"] = task.cluster;
  labels["com.amazonaws.ecs.container-name"] = container.name;
  labels["com.amazonaws.ecs.task-arn"] = task.arn;
  labels["com.amazonaws.ecs.task-definition-family"] = task.family;
  labels["com.amazonaws.ecs.task-definition-version"] = task.revision;
  return object_of(labels);
}

Json networks_of(const std::vector<ContainerNetwork>& networks) {
  auto list = Json::array();
  for (const auto& network : networks) {
    auto one = Json::object();
    put(one, "NetworkMode", network.mode);
    put(one, "IPv4Addresses", Json(network.ipv4));
    put(one, "IPv6Addresses", Json(network.ipv6));
    list.push_back(std::move(one));
  }
  return list;
}

Json health_of(const std::optional<ContainerHealth>& health) {
  auto one = Json::object();
  if (health) {
    put(one, "status", health->status);
    put(one, "statusSince", health->since);
    put_number(one, "exitCode", health->exit_code.value_or(0));
    put(one, "output", health->output);
  }
  return one;
}

Json volumes_of(const std::vector<ContainerVolume>& volumes) {
  auto list = Json::array();
  for (const auto& volume : volumes) {
    auto one = Json::object();
    put(one, "DockerName", volume.docker_name);
    put(one, "Source", volume.source);
    put(one, "Destination", volume.destination);
    list.push_back(std::move(one));
  }
  return list;
}

Json limits_of(const Container& container) {
  constexpr std::int64_t kFewestUnits = 2;
  constexpr std::int64_t kMiB = 1024 * 1024;
  return {{"CPU", std::max(container.cpu_shares, kFewestUnits)}, {"Memory", container.memory_bytes / kMiB}};
}

Json limits_of(const Task& task) {
  auto limits = Json::object();
  if (task.vcpus) {
    limits["CPU"] = *task.vcpus;
  }
  if (task.memory_mib) {
    limits["Memory"] = *task.memory_mib;
  }
  return limits;
}

Json container_document(const Task& task, const TaskContainer& member, TaskVersion version) {
  const auto& container = member.container;
  const bool is_v4 = version == TaskVersion::kV4;
  Json out{{"DockerId", container.id},
           {"Name", container.name},
           {"DockerName", container.docker_name},
           {"Image", container.image},
           {"ImageID", container.image_id}};
  put(out, "Ports", ports_of(container.ports, is_v4));
  put(out, "Labels", labels_of(task, container));
  out["DesiredStatus"] = desired(container.status);
  out["KnownStatus"] = name_of(container.status);
  if (container.exit_code) {
    out["ExitCode"] = *container.exit_code;
  }
  out["Limits"] = limits_of(container);
  put(out, "CreatedAt", container.created);
  put(out, "StartedAt", container.started);
  put(out, "FinishedAt", container.finished);
  out["Type"] = "NORMAL";
  put(out, "Networks", networks_of(container.networks));
  put(out, "Health", health_of(container.health));
  put(out, "Volumes", volumes_of(container.volumes));
  if (is_v4) {
    put(out, "LogDriver", container.log_driver);
    put(out, "LogOptions", object_of(container.log_options));
    put(out, "ContainerARN", member.arn);
    if (container.restart_count) {
      out["RestartCount"] = *container.restart_count;
    }
  }
  return out;
}

/// When the first image was there, and all were, and the last container had ended.
void put_times(Json& out, const Task& task) {
  std::optional<WallTime> first;
  std::optional<WallTime> last;
  std::optional<WallTime> end;
  for (const auto& [container, arn] : task.containers) {
    if (container.created) {
      first = std::min(first.value_or(*container.created), *container.created);
      last = std::max(last.value_or(*container.created), *container.created);
    }
    end = std::max(end, container.finished);
  }
  put(out, "PullStartedAt", first);
  put(out, "PullStoppedAt", last);
  put(out, "ExecutionStoppedAt", task.status() == ContainerStatus::kStopped ? end : std::nullopt);
}

/// Objects member by member; anything else replaces what is there.
void lay_over(Json& under, const Json& over) {
  if (!under.is_object() || !over.is_object()) {
    under = over;
    return;
  }
  for (const auto& [key, value] : over.items()) {
    lay_over(under[key], value);
  }
}

Json overlaid(Json document, const std::string& overlay) {
  const auto over = Json::parse(overlay, nullptr, false);
  if (over.is_object()) {
    lay_over(document, over);
  }
  return document;
}

std::string text_of(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

}  // namespace

std::string render_container(const Task& task, const TaskContainer& member, TaskVersion version) {
  return text_of(overlaid(container_document(task, member, version), task.overlays.container));
}

std::string render_task(const Task& task, TaskVersion version, WithTags with_tags) {
  auto containers = Json::array();
  for (const auto& member : task.containers) {
    containers.push_back(overlaid(container_document(task, member, version), task.overlays.container));
  }
  Json out{{"Cluster", task.cluster}, {"TaskARN", task.arn}, {"Family", task.family}, {"Revision", task.revision}};
  out["DesiredStatus"] = desired(task.status());
  out["KnownStatus"] = name_of(task.status());
  put(out, "Containers", std::move(containers));
  put(out, "Limits", limits_of(task));
  put_times(out, task);
  put(out, "AvailabilityZone", task.availability_zone);
  if (with_tags == WithTags::kYes) {
    put(out, "TaskTags", object_of(task.tags));
    put(out, "ContainerInstanceTags", object_of(task.instance_tags));
  }
  if (version == TaskVersion::kV4) {
    put(out, "LaunchType", task.launch_type);
    put(out, "VPCID", task.vpc_id);
    put(out, "ServiceName", task.service_name);
    put(out, "Group", task.group);
    out["FaultInjectionEnabled"] = false;
  }
  return text_of(overlaid(std::move(out), task.overlays.task));
}

}  // namespace understudy::metadata
