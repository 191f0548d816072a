#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "fakes/engine_server.hpp"
#include "understudy/base/time_text.hpp"

#include <doctest/doctest.h>

using namespace understudy;
using namespace understudy::docker;
using fakes::answer_of;
using fakes::EngineServer;
using metadata::ContainerStatus;

namespace {

const std::string kVersion = answer_of(200, R"({"ApiVersion":"1.41"})");

Result<metadata::Container> inspect(const std::string& json) {
  EngineServer server({{"/version", kVersion}, {"/v1.41/containers/a1/json", answer_of(200, json)}});
  return server.engine().inspect("a1");
}

/// What is heard of one line.
std::optional<Event> hear(const std::string& line) {
  EngineServer server({{"/version", kVersion},
                       {"/v1.41/events", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" +
                                             fakes::event_chunk(line + "\n") + "0\r\n\r\n"}});
  std::optional<Event> heard;
  CHECK(server.engine().follow(WallTime(), {[] { return true; },
                                            [&](const Event& event) {
                                              heard = event;
                                              return true;
                                            }}));
  return heard;
}

constexpr auto kWeb = R"({
  "Id": "a1", "Created": "2026-11-20T08:00:00.123456789Z", "Name": "/shop-web-1", "Image": "sha256:0f1e", "RestartCount": 2,
  "State": {"Status": "running", "Running": true, "ExitCode": 0, "StartedAt": "2026-11-20T08:00:01.5Z",
            "FinishedAt": "0001-01-01T00:00:00Z",
            "Health": {"Status": "unhealthy", "FailingStreak": 2, "Log": [
              {"Start": "2026-11-20T08:01:00Z", "End": "2026-11-20T08:01:01Z", "ExitCode": 0, "Output": "ok"},
              {"Start": "2026-11-20T08:02:00Z", "End": "2026-11-20T08:02:01Z", "ExitCode": 1, "Output": "refused"},
              {"Start": "2026-11-20T08:03:00+01:00", "End": "2026-11-20T08:03:01Z", "ExitCode": 7, "Output": "timed out"}]}},
  "Config": {"Image": "nginx:1.27", "Labels": {"com.docker.compose.project": "shop", "com.docker.compose.service": "web"}},
  "HostConfig": {"NetworkMode": "shop_default", "CpuShares": 512, "Memory": 268435456,
                 "RestartPolicy": {"Name": "always", "MaximumRetryCount": 0},
                 "LogConfig": {"Type": "json-file", "Config": {"max-size": "10m"}}},
  "Mounts": [{"Type": "volume", "Name": "data", "Source": "/var/lib/docker/volumes/data/_data", "Destination": "/data"},
             {"Type": "bind", "Source": "/etc/app", "Destination": "/config"}],
  "NetworkSettings": {
    "Ports": {"80/tcp": [{"HostIp": "0.0.0.0", "HostPort": "8080"}, {"HostIp": "::", "HostPort": "8080"}], "53/udp": null},
    "Networks": {"shop_back": {"IPAddress": "10.0.0.2", "GlobalIPv6Address": "fd00::2"},
                 "shop_default": {"IPAddress": "172.18.0.2", "GlobalIPv6Address": ""}}}})";

metadata::Container web() {
  metadata::Container container;
  container.id = "a1";
  container.docker_name = "shop-web-1";
  container.name = "web";
  container.image = "nginx:1.27";
  container.image_id = "sha256:0f1e";
  container.project = "shop";
  container.labels = {{"com.docker.compose.project", "shop"}, {"com.docker.compose.service", "web"}};
  container.status = ContainerStatus::kRunning;
  container.created = WallTime(std::chrono::milliseconds(1795161600123));
  container.started = WallTime(std::chrono::milliseconds(1795161601500));
  container.health = metadata::ContainerHealth{"UNHEALTHY", parse_iso8601("2026-11-20T08:02:01Z"), 7, "timed out"};
  container.network_mode = "shop_default";
  container.networks = {{"shop_back", {"10.0.0.2"}, {"fd00::2"}}, {"shop_default", {"172.18.0.2"}, {}}};
  container.ports = {{53, "udp", 0, ""}, {80, "tcp", 8080, "0.0.0.0"}, {80, "tcp", 8080, "::"}};
  container.volumes = {{"data", "/var/lib/docker/volumes/data/_data", "/data"}, {"", "/etc/app", "/config"}};
  container.cpu_shares = 512;
  container.memory_bytes = 268435456;
  container.log_driver = "json-file";
  container.log_options = {{"max-size", "10m"}};
  container.restart_count = 2;
  return container;
}

}  // namespace

TEST_CASE("a container is read with all that a task's metadata tells") {
  const auto read = inspect(kWeb);
  REQUIRE(read);
  CHECK(*read == web());
}

TEST_CASE("a container without compose, policy, health or limits is read too") {
  const auto read = inspect(R"({"Id": "a1", "Name": "/job", "HostConfig": {"RestartPolicy": {"Name": "no"}},
      "State": {"Status": "exited", "ExitCode": 137, "StartedAt": "2026-11-20T08:00:00Z",
                "FinishedAt": "2026-11-20T08:00:05Z", "Health": {"Status": "none"}}, "RestartCount": 0,
      "NetworkSettings": {"Networks": {"host": {"IPAddress": "", "GlobalIPv6Address": ""}}}})");
  REQUIRE(read);
  CHECK(read->name == "job");
  CHECK(read->docker_name == "job");
  CHECK(read->project.empty());
  CHECK(read->status == ContainerStatus::kStopped);
  CHECK(read->exit_code == 137);
  CHECK(read->finished == parse_iso8601("2026-11-20T08:00:05Z"));
  CHECK_FALSE(read->health);
  CHECK_FALSE(read->restart_count);
  CHECK(read->networks == std::vector<metadata::ContainerNetwork>{{"host", {}, {}}});
}

TEST_CASE("states of Docker and Podman become ECS's") {
  const std::vector<std::pair<std::string, ContainerStatus>> rows{
      {"created", ContainerStatus::kCreated},     {"configured", ContainerStatus::kCreated},
      {"initialized", ContainerStatus::kCreated}, {"running", ContainerStatus::kRunning},
      {"paused", ContainerStatus::kRunning},      {"restarting", ContainerStatus::kRunning},
      {"removing", ContainerStatus::kStopped},    {"exited", ContainerStatus::kStopped},
      {"dead", ContainerStatus::kStopped},        {"", ContainerStatus::kNone},
  };
  for (const auto& [state, status] : rows) {
    CAPTURE(state);
    CHECK(inspect(R"({"Id":"a1","State":{"Status":")" + state + "\"}}")->status == status);
  }
}

TEST_CASE("a container between two lives has no address") {
  const auto read = inspect(R"({"Id": "a1", "State": {"Status": "restarting", "Running": true},
      "NetworkSettings": {"Networks": {"shop": {"IPAddress": "172.18.0.2", "GlobalIPv6Address": "fd00::2"}}}})");
  REQUIRE(read);
  CHECK(read->networks == std::vector<metadata::ContainerNetwork>{{"shop", {}, {}}});
}

TEST_CASE("members of other types than Docker's are as absent") {
  const auto read = inspect(R"({"Id": "a1", "Name": 7, "State": "running", "Config": {"Labels": ["a"], "Image": null},
      "HostConfig": [], "Mounts": {"a": 1}, "Created": "yesterday", "RestartCount": "2",
      "NetworkSettings": {"Networks": "none", "Ports": [1, {"HostPort": 80}]}})");
  REQUIRE(read);
  metadata::Container bare;
  bare.id = "a1";
  CHECK(*read == bare);
}

TEST_CASE("ports and checks may be anything") {
  const auto read =
      inspect(R"({"Id": "a1", "NetworkSettings": {"Ports": {"x/tcp": 1, "70000": [{"HostPort": "-1"}, 5]}},
      "State": {"Health": {"Status": "starting", "Log": [1, "a", null]}}})");
  REQUIRE(read);
  CHECK(read->ports == std::vector<metadata::ContainerPort>{{0, "tcp", 0, ""}, {0, "tcp", 0, ""}, {0, "tcp", 0, ""}});
  CHECK(read->health == metadata::ContainerHealth{"UNKNOWN", std::nullopt, 0, ""});
}

TEST_CASE("what is no container is none") {
  for (const std::string& json :
       std::vector<std::string>{"", "{}", "[]", "null", R"({"Id":5})", R"({"Id":""})", "{\"Id\":\"a\xff\"}",
                                R"({"Id":"a1"} trailing)", std::string(100000, '[')}) {
    CAPTURE(json.substr(0, 20));
    const auto read = inspect(json);
    REQUIRE_FALSE(read);
    CHECK(read.error().code == "BadAnswer");
  }
}

TEST_CASE("events tell what happened to which container") {
  using Kind = Event::Kind;
  const auto about = [](const std::string& action) {
    return R"({"Type":"container","Action":")" + action + R"(","Actor":{"ID":"a1","Attributes":{"name":"web"}}})";
  };
  const std::vector<std::pair<std::string, std::optional<Kind>>> rows{
      {"start", Kind::kStarted},
      {"die", Kind::kEnded},
      {"died", Kind::kEnded},
      {"destroy", Kind::kEnded},
      {"remove", Kind::kEnded},
      {"rename", Kind::kChanged},
      {"update", Kind::kChanged},
      {"health_status: healthy", Kind::kChanged},
      {"health_status", Kind::kChanged},
      {"exec_start: sh", std::nullopt},
      {"exec_die", std::nullopt},
      {"attach", std::nullopt},
      {"", std::nullopt},
  };
  for (const auto& [action, kind] : rows) {
    CAPTURE(action);
    const auto heard = hear(about(action));
    CHECK(heard == (kind ? std::optional(Event{*kind, "a1"}) : std::nullopt));
  }
}

TEST_CASE("a network's events name the container among their attributes, Podman's as who acts") {
  const auto about = [](const std::string& action) {
    return R"({"Type":"network","Action":")" + action + R"(","Actor":{"ID":"n1","Attributes":{"container":"a1"}}})";
  };
  CHECK(hear(about("connect")) == Event{Event::Kind::kChanged, "a1"});
  CHECK(hear(about("disconnect")) == Event{Event::Kind::kDisconnected, "a1"});
  CHECK_FALSE(hear(about("destroy")));
  CHECK(
      hear(
          R"({"Type":"network","Action":"disconnect","Actor":{"ID":"a1","Attributes":{"network":"shop","name":"web"}}})") ==
      Event{Event::Kind::kDisconnected, "a1"});
  CHECK_FALSE(hear(R"({"Type":"network","Action":"connect","Actor":{"Attributes":{"name":"shop"}}})"));
  CHECK_FALSE(hear(R"({"Type":"image","Action":"start","Actor":{"ID":"a1"}})"));
}

TEST_CASE("lines that are no events are passed over") {
  for (const auto* line : {"x", "[]", "5", "{}", R"({"Type":5,"Action":[],"Actor":"a"})"}) {
    CAPTURE(line);
    CHECK_FALSE(hear(line));
  }
}
