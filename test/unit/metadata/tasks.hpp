#pragma once

#include <string>

#include "understudy/base/time_text.hpp"
#include "understudy/metadata/task.hpp"

namespace understudy::metadata {

/// A running container of the project `shop` with everything that documents tell.
inline Container shop_web() {
  Container container;
  container.id = "a1";
  container.docker_name = "shop-web-1";
  container.name = "web";
  container.image = "nginx:1.27";
  container.image_id = "sha256:0f1e";
  container.project = "shop";
  container.labels = {{"com.docker.compose.service", "web"}, {"com.amazonaws.ecs.cluster", "forged"}};
  container.status = ContainerStatus::kRunning;
  container.created = parse_iso8601("2026-11-20T08:00:00Z");
  container.started = parse_iso8601("2026-11-20T08:00:01.5Z");
  container.health = ContainerHealth{"UNHEALTHY", parse_iso8601("2026-11-20T08:02:01Z"), 7, "timed \"out\""};
  container.networks = {{"shop_default", {"172.18.0.2"}, {"fd00::2"}}, {"host", {}, {}}};
  container.ports = {{80, "tcp", 8080, "0.0.0.0"}, {53, "udp", 0, ""}};
  container.volumes = {{"data", "/var/data", "/data"}, {"", "/etc/app", "/config"}};
  container.cpu_shares = 512;
  container.memory_bytes = 268435456;
  container.log_driver = "json-file";
  container.log_options = {{"max-size", "10m"}};
  container.restart_count = 0;
  return container;
}

/// One that has ended, with nothing that may be left out.
inline Container shop_job() {
  Container container;
  container.id = "b2";
  container.docker_name = "shop-job-1";
  container.name = "job";
  container.project = "shop";
  container.status = ContainerStatus::kStopped;
  container.exit_code = 0;
  container.finished = parse_iso8601("2026-11-20T08:00:09Z");
  return container;
}

}  // namespace understudy::metadata
