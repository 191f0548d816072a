#include "understudy/service/task_metadata.hpp"

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "understudy/metadata/task_document.hpp"
#include "understudy/service/path.hpp"

#include <doctest/doctest.h>

namespace understudy::service {
namespace {

using metadata::Container;
using metadata::ContainerStats;
using metadata::TaskVersion;

const std::string kWeb(64, 'a');
const std::string kJob(64, 'b');
const std::string kSelf(64, 'c');

metadata::ContainerPtr made(const std::string& id, const std::string& name, const std::string& address) {
  Container container;
  container.id = id;
  container.docker_name = "shop-" + name + "-1";
  container.name = name;
  container.project = "shop";
  container.status = metadata::ContainerStatus::kRunning;
  container.networks = {{"shop", {address}, {}}};
  return std::make_shared<const Container>(std::move(container));
}

/// Of no project: a task of its own.
metadata::ContainerPtr alone(const std::string& id, const std::string& name, const std::string& address) {
  auto container = *made(id, name, address);
  container.docker_name = name;
  container.project.clear();
  return std::make_shared<const Container>(std::move(container));
}

class FixedStats final : public metadata::StatsSource {
 public:
  [[nodiscard]] ContainerStats stats(std::string_view id) const override {
    return id == kWeb ? ContainerStats{R"({"read":"x"})", ""} : ContainerStats{};
  }
};

metadata::TaskSettings settings() {
  metadata::TaskSettings made;
  made.tasks["shop"].tags = {{"Team", "a"}};
  return made;
}

/// What is answered where nobody can wait.
std::optional<Response> now(TaskMetadata& tasks, const Request& request) {
  std::string buffer;
  const auto path = normalise_path(request.target, buffer);
  REQUIRE(path);
  auto answer = tasks.answer(request, *path, Patience::kMustAnswer);
  return answer ? std::optional(std::get<Response>(*std::move(answer))) : std::nullopt;
}

struct Stage {
  /// nullopt: no path of task metadata.
  std::optional<Response> ask(const std::string& target, const std::string& address = "172.18.0.2") {
    Request request;
    request.target = target;
    request.peer.address = address;
    return now(tasks, request);
  }
  [[nodiscard]] metadata::Task task() const {
    return metadata::make_task({"shop", {*made(kWeb, "web", "172.18.0.2"), *made(kJob, "job", "172.18.0.3")}},
                               settings());
  }

  metadata::FixedContainers containers{
      {made(kWeb, "web", "172.18.0.2"), made(kJob, "job", "172.18.0.3"), alone(kSelf, "self", "172.18.0.4")}};
  FixedStats stats;
  TaskLookup lookup{containers, settings()};
  TaskMetadata tasks{lookup, &stats};
};

void check_json(const std::optional<Response>& response, int status, const std::string& body) {
  REQUIRE(response);
  CHECK(response->status == status);
  CHECK(response->headers == Headers{{"Content-Type", "application/json"}});
  CHECK(response->body.view() == body);
}

TEST_CASE("each version answers on its paths with its documents") {
  Stage stage;
  const auto task = stage.task();
  const auto& web = task.containers[0];
  using metadata::WithTags;
  const auto container_of = [&](TaskVersion version) { return metadata::render_container(task, web, version); };
  const auto task_of = [&](TaskVersion version, WithTags tags) { return metadata::render_task(task, version, tags); };
  const auto both = R"({")" + kWeb + R"(":{"read":"x"},")" + kJob + R"(":null})";
  const std::vector<std::pair<std::string, std::string>> rows{
      {"/v2/metadata", task_of(TaskVersion::kV2, WithTags::kNo)},
      {"/v2/metadata/", task_of(TaskVersion::kV2, WithTags::kNo)},
      {"/v2/metadataWithTags", task_of(TaskVersion::kV2, WithTags::kYes)},
      {"/v2/metadataWithTags/", task_of(TaskVersion::kV2, WithTags::kYes)},
      {"/v2/metadata/" + kWeb, container_of(TaskVersion::kV2)},
      {"/v2/stats", both},
      {"/v2/stats/" + kWeb, R"({"read":"x"})"},
      {"/v2/stats/" + kJob, "null"},
      {"/v3/" + kWeb, container_of(TaskVersion::kV3)},
      {"/v3/web", container_of(TaskVersion::kV3)},
      {"/v3/shop-web-1/task", task_of(TaskVersion::kV3, WithTags::kNo)},
      {"/v3/web/taskWithTags", task_of(TaskVersion::kV3, WithTags::kYes)},
      {"/v3/web/stats", R"({"read":"x"})"},
      {"/v3/job/stats", "null"},
      {"/v3/web/task/stats", both},
      {"/v3/web/associations/elastic-inference", R"({"Associations":null})"},
      {"/v4/web", container_of(TaskVersion::kV4)},
      {"/v4/" + kWeb.substr(0, 12), container_of(TaskVersion::kV4)},
      {"//v4//web", container_of(TaskVersion::kV4)},
      {"/v4/self", container_of(TaskVersion::kV4)},
      {"/v4/self/task", task_of(TaskVersion::kV4, WithTags::kNo)},
      {"/v4/web/task?x=1", task_of(TaskVersion::kV4, WithTags::kNo)},
      {"/v4/web/taskWithTags", task_of(TaskVersion::kV4, WithTags::kYes)},
      {"/v4/web/stats", R"({"read":"x"})"},
      {"/v4/job/stats", "{}"},
      {"/v4/web/task/stats", R"({")" + kWeb + R"(":{"read":"x"},")" + kJob + R"(":{}})"},
      {"/v4/web/associations/elastic-inference", R"({"Associations":null})"},
  };
  for (const auto& [target, body] : rows) {
    CAPTURE(target);
    check_json(stage.ask(target), 200, body);
  }
}

TEST_CASE("whom nobody knows gets the agent's own words as a JSON string") {
  Stage stage;
  struct Row {
    const char* target;
    int status;
    const char* text;
  };
  for (const auto& [target, status, text] : std::vector<Row>{
           {"/v2/metadata", 400, "Unable to get task arn from request: unable to associate '10.9.9.9' with task"},
           {"/v2/stats", 400, "Unable to get task arn from request: unable to associate '10.9.9.9' with task"},
           {"/v2/metadata/x", 400, "Unable to get task arn from request: unable to associate '10.9.9.9' with task"},
           {"/v2/stats/x", 400, "Unable to get task arn from request: unable to associate '10.9.9.9' with task"},
           {"/v3/x", 500,
            "V3 container metadata handler: unable to get container ID from request: unable to get docker ID from v3 "
            "endpoint ID: x"},
           {"/v3/task", 500,
            "V3 container metadata handler: unable to get container ID from request: unable to get docker ID from v3 "
            "endpoint ID: task"},
           {"/v3/x/task", 500,
            "V3 task metadata handler: unable to get task arn from request: unable to get task Arn from v3 endpoint "
            "ID: x"},
           {"/v3/x/stats", 400,
            "V3 container stats handler: unable to get task arn from request: unable to get task Arn from v3 endpoint "
            "ID: x"},
           {"/v3/x/task/stats", 400,
            "V3 task stats handler: unable to get task arn from request: unable to get task Arn from v3 endpoint ID: "
            "x"},
           {"/v3/x/associations/gpu", 400,
            "V3 container associations handler: unable to get container id from request: unable to get docker ID from "
            "v3 endpoint ID: x"},
           {"/v3/x/associations/gpu/0", 400,
            "V3 container associations handler: unable to get task arn from request: unable to get task Arn from v3 "
            "endpoint ID: x"},
           {"/v4/x", 404,
            "V4 container metadata handler: unable to get container ID from request: unable to get docker ID from v3 "
            "endpoint ID: x"},
           {"/v4/", 404,
            "V4 container metadata handler: unable to get container ID from request: unable to get docker ID from v3 "
            "endpoint ID: "},
           {"/v4/self", 404,
            "V4 container metadata handler: unable to get container ID from request: unable to get docker ID from v3 "
            "endpoint ID: self"},
           {"/v4/x/taskWithTags", 404,
            "V4 task metadata handler: unable to get task arn from request: unable to get task Arn from v3 endpoint "
            "ID: x"},
           {"/v4/x/stats", 404,
            "V4 container stats handler: unable to get task arn from request: unable to get task Arn from v3 endpoint "
            "ID: x"},
           {"/v4/x/task/stats", 404,
            "V4 task stats handler: unable to get task arn from request: unable to get task Arn from v3 endpoint ID: "
            "x"},
           {"/v4/x/associations/gpu", 400,
            "V4 container associations handler: unable to get container id from request: unable to get docker ID from "
            "v3 endpoint ID: x"},
           {"/v4/x/associations/gpu/", 400,
            "V4 container associations handler: unable to get task arn from request: unable to get task Arn from v3 "
            "endpoint ID: x"},
       }) {
    CAPTURE(target);
    check_json(stage.ask(target, "10.9.9.9"), status, '"' + std::string(text) + '"');
  }
}

TEST_CASE("version 2 tells of the containers of the caller's own task alone") {
  Stage stage;
  const std::string other(64, 'c');
  check_json(stage.ask("/v2/metadata/" + other), 400, "\"Unable to generate metadata for container '" + other + "'\"");
  check_json(stage.ask("/v2/stats/" + other), 400, "\"Unable to get container stats for: " + other + "\"");
}

TEST_CASE("there is no association to tell of") {
  Stage stage;
  for (const auto& [target, text] : std::vector<std::pair<std::string, std::string>>{
           {"/v3/web/associations/gpu/",
            "V3 container associations handler: unable to get association name from request"},
           {"/v4/web/associations/gpu/",
            "V4 container associations handler: unable to get association name from request"},
           {"/v3/web/associations/gpu/0",
            "Unable to write container association response: unable to get association from association type gpu and "
            "association name 0"},
           {"/v4/web/associations/gpu/0/1",
            "Unable to write container association response: unable to get association from association type gpu and "
            "association name 0/1"},
       }) {
    CAPTURE(target);
    check_json(stage.ask(target), 400, '"' + text + '"');
  }
}

TEST_CASE("other paths are none of task metadata's") {
  Stage stage;
  for (const char* target : {"/", "/v2", "/v2/nothing", "/v2/metadataWithTags/x", "/v3", "/v4", "/v4/web/", "/v4/web/x",
                             "/v4/web/task/", "/v5/web", "/v4/web/task/x", "/v4/web/associations"}) {
    CAPTURE(target);
    CHECK_FALSE(stage.ask(target));
  }
}

TEST_CASE("without anybody who measures there are no statistics, and no error either") {
  Stage stage;
  TaskMetadata tasks(stage.lookup, nullptr);
  Request request;
  request.target = "/v4/web/stats";
  check_json(now(tasks, request), 200, "{}");
}

TEST_CASE("the paths of another server are there where they are asked for, with a slash at their end or none") {
  Stage stage;
  TaskMetadata local(stage.lookup, &stage.stats, TaskMetadata::LocalPaths::kYes);
  const auto told = [&](const std::string& target, const std::string& address) {
    Request request;
    request.target = target;
    request.peer.address = address;
    return now(local, request);
  };
  struct Row {
    std::string path;  ///< Of the other server, from the job.
    std::string ours;
  };
  for (const auto& [path, ours] : std::vector<Row>{
           {"/v3", "/v3/job"},
           {"/v3/task", "/v3/job/task"},
           {"/v3/stats", "/v3/job/stats"},
           {"/v3/task/stats", "/v3/job/task/stats"},
           {"/v3/containers/op-web", "/v3/web"},
           {"/v3/containers/op-web/task", "/v3/web/task"},
           {"/v3/containers/aaa/stats", "/v3/web/stats"},
           {"/v3/containers/op-web/task/stats", "/v3/web/task/stats"},
           {"/v4", "/v4/job"},
           {"/v4/task", "/v4/job/task"},
           {"/v4/containers/op-web/taskWithTags", "/v4/web/taskWithTags"},
           {"/v2/metadata", "/v2/metadata"},
           {"/v2/metadata/op-web", "/v2/metadata/" + kWeb},
           {"/v2/stats/op-web", "/v2/stats/" + kWeb},
       }) {
    CAPTURE(path);
    const auto expected = stage.ask(ours, "172.18.0.3");
    REQUIRE(expected);
    CHECK(expected->status == 200);
    for (const auto* const end : {"", "/"}) {
      check_json(told(path + end, "172.18.0.3"), 200, std::string(expected->body.view()));
    }
  }
  CHECK(told("/v4/web", "10.9.9.9")->status == 200);
  CHECK(told("/v3", "10.9.9.9")->status == 500);
  CHECK(told("/v3/containers/shop", "10.9.9.9")->status == 500);
  CHECK_FALSE(told("/v3/containers/web/other", "172.18.0.3"));
}

}  // namespace
}  // namespace understudy::service
