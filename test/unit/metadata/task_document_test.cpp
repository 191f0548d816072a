#include "understudy/metadata/task_document.hpp"

#include <nlohmann/json.hpp>

#include <string>

#include "tasks.hpp"

#include <doctest/doctest.h>

using namespace understudy;
using namespace understudy::metadata;

namespace {

Task shop(std::vector<Container> containers = {shop_web(), shop_job()}) {
  TaskSettings settings;
  settings.availability_zone = "us-east-1b";
  settings.instance_tags = {{"Rack", "7"}};
  settings.tasks["shop"].arn = "T";
  settings.tasks["shop"].tags = {{"Team", "a"}, {"Cost", "b"}};
  settings.tasks["shop"].containers["web"].arn = "C";
  settings.tasks["shop"].containers["job"].arn = "D";
  return make_task({"shop", std::move(containers)}, settings);
}

std::string labels(const std::string& name) {
  return R"("com.amazonaws.ecs.cluster":"default","com.amazonaws.ecs.container-name":")" + name +
         R"(","com.amazonaws.ecs.task-arn":"T","com.amazonaws.ecs.task-definition-family":"shop",)"
         R"("com.amazonaws.ecs.task-definition-version":"1")";
}

const std::string kWebStart =
    R"({"DockerId":"a1","Name":"web","DockerName":"shop-web-1","Image":"nginx:1.27",)"
    R"("ImageID":"sha256:0f1e","Ports":[{"ContainerPort":80,"Protocol":"tcp","HostPort":8080)";

const std::string kWebMiddle =
    R"(},{"ContainerPort":53,"Protocol":"udp"}],"Labels":{)" + labels("web") +
    R"(,"com.docker.compose.service":"web"},"DesiredStatus":"RUNNING","KnownStatus":"RUNNING",)"
    R"("Limits":{"CPU":512,"Memory":256},"CreatedAt":"2026-11-20T08:00:00Z","StartedAt":"2026-11-20T08:00:01.5Z",)"
    R"("Type":"NORMAL","Networks":[{"NetworkMode":"shop_default","IPv4Addresses":["172.18.0.2"],)"
    R"("IPv6Addresses":["fd00::2"]},{"NetworkMode":"host"}],"Health":{"status":"UNHEALTHY",)"
    R"("statusSince":"2026-11-20T08:02:01Z","exitCode":7,"output":"timed \"out\""},)"
    R"("Volumes":[{"DockerName":"data","Source":"/var/data","Destination":"/data"},)"
    R"({"Source":"/etc/app","Destination":"/config"}])";

const std::string kWebV2 = kWebStart + kWebMiddle + "}";
const std::string kWebV4 = kWebStart + R"(,"HostIp":"0.0.0.0")" + kWebMiddle +
                           R"(,"LogDriver":"json-file","LogOptions":{"max-size":"10m"},"ContainerARN":"C",)"
                           R"("RestartCount":0})";

const std::string kJobV2 = R"({"DockerId":"b2","Name":"job","DockerName":"shop-job-1","Image":"","ImageID":"",)"
                           R"("Labels":{)" +
                           labels("job") +
                           R"(},"DesiredStatus":"STOPPED","KnownStatus":"STOPPED","ExitCode":0,)"
                           R"("Limits":{"CPU":2,"Memory":0},"FinishedAt":"2026-11-20T08:00:09Z","Type":"NORMAL"})";

const std::string kTaskStart =
    R"({"Cluster":"default","TaskARN":"T","Family":"shop","Revision":"1","DesiredStatus":"RUNNING",)"
    R"("KnownStatus":"RUNNING","Containers":[)";
const std::string kTaskTimes =
    R"(],"PullStartedAt":"2026-11-20T08:00:00Z","PullStoppedAt":"2026-11-20T08:00:00Z","AvailabilityZone":"us-east-1b")";
const std::string kTags = R"(,"TaskTags":{"Team":"a","Cost":"b"},"ContainerInstanceTags":{"Rack":"7"})";

}  // namespace

TEST_CASE("a container's document has ECS's members in their order") {
  const auto task = shop();
  CHECK(render_container(task, task.containers[0], TaskVersion::kV2) == kWebV2);
  CHECK(render_container(task, task.containers[0], TaskVersion::kV3) == kWebV2);
  CHECK(render_container(task, task.containers[0], TaskVersion::kV4) == kWebV4);
}

TEST_CASE("what a container does not have is left out") {
  const auto task = shop();
  CHECK(render_container(task, task.containers[1], TaskVersion::kV2) == kJobV2);
  CHECK(render_container(task, task.containers[1], TaskVersion::kV4) ==
        kJobV2.substr(0, kJobV2.size() - 1) + R"(,"ContainerARN":"D"})");
}

TEST_CASE("a task's document holds those of its containers") {
  const auto task = shop();
  const auto v2 = kTaskStart + kWebV2 + "," + kJobV2 + kTaskTimes;
  CHECK(render_task(task, TaskVersion::kV2, WithTags::kNo) == v2 + "}");
  CHECK(render_task(task, TaskVersion::kV3, WithTags::kYes) == v2 + kTags + "}");
}

TEST_CASE("version 4 tells more of a task") {
  auto task = shop({shop_web()});
  const auto start = kTaskStart + kWebV4 + kTaskTimes;
  const std::string end = R"(,"LaunchType":"EC2","FaultInjectionEnabled":false})";
  CHECK(render_task(task, TaskVersion::kV4, WithTags::kNo) == start + end);
  CHECK(render_task(task, TaskVersion::kV4, WithTags::kYes) == start + kTags + end);
  task.vpc_id = "vpc-1";
  task.service_name = "front";
  task.group = "service:front";
  CHECK(render_task(task, TaskVersion::kV4, WithTags::kNo) ==
        start + R"(,"LaunchType":"EC2","VPCID":"vpc-1","ServiceName":"front","Group":"service:front",)"
                R"("FaultInjectionEnabled":false})");
}

TEST_CASE("a task's limits and its end are told where there are any") {
  auto task = shop({shop_job()});
  task.vcpus = 0.25;
  task.memory_mib = 512;
  const auto document = render_task(task, TaskVersion::kV2, WithTags::kYes);
  CHECK(document.find(R"(],"Limits":{"CPU":0.25,"Memory":512},"ExecutionStoppedAt":"2026-11-20T08:00:09Z",)") !=
        std::string::npos);
  CHECK(document.find(R"("DesiredStatus":"STOPPED","KnownStatus":"STOPPED","Containers")") != std::string::npos);
  task.tags.clear();
  task.instance_tags.clear();
  CHECK(render_task(task, TaskVersion::kV2, WithTags::kYes) == render_task(task, TaskVersion::kV2, WithTags::kNo));
}

TEST_CASE("bytes that are no text do not break a document") {
  auto odd = shop_job();
  odd.labels["a\xff"] = "b\xc3";
  const auto task = shop({odd});
  CHECK(render_container(task, task.containers[0], TaskVersion::kV4).find("\"a\xEF\xBF\xBD\":\"b\xEF\xBF\xBD\"") !=
        std::string::npos);
}

TEST_CASE("overlays come last, objects member by member") {
  auto task = make_task({"shop", {shop_web()}}, {});
  task.overlays.task = R"({"Revision":"9","Limits":{"CPU":0.25},"Own":null})";
  task.overlays.container = R"({"Name":"cats","Limits":{"Memory":1},"Networks":[]})";
  const auto told = nlohmann::json::parse(render_task(task, TaskVersion::kV3, WithTags::kNo));
  CHECK(told["Revision"] == "9");
  CHECK(told["Family"] == "shop");
  CHECK(told["Limits"] == nlohmann::json{{"CPU", 0.25}});
  CHECK(told["Own"].is_null());
  const auto container = nlohmann::json::parse(render_container(task, task.containers[0], TaskVersion::kV3));
  CHECK(told["Containers"][0] == container);
  CHECK(container["Name"] == "cats");
  CHECK(container["Limits"] == nlohmann::json{{"CPU", 512}, {"Memory", 1}});
  CHECK(container["Networks"].empty());
}
