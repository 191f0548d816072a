#include "understudy/metadata/task.hpp"

#include <string>

#include "tasks.hpp"
#include "understudy/aws/arn.hpp"

#include <doctest/doctest.h>

using namespace understudy;
using namespace understudy::metadata;

namespace {

TaskSettings settings() {
  TaskSettings made;
  made.region = "eu-west-1";
  made.account_id = "111122223333";
  made.cluster = "dev";
  return made;
}

const ContainerTask kShop{"shop", {shop_web(), shop_job()}};

}  // namespace

TEST_CASE("a task's names follow from its project, the same at each start") {
  const auto task = make_task(kShop, settings());
  CHECK(task.cluster == "dev");
  CHECK(task.family == "shop");
  CHECK(task.revision == "1");
  CHECK(task.launch_type == "EC2");
  const auto arn = aws::parse_arn(task.arn);
  REQUIRE(arn);
  CHECK(arn->service == "ecs");
  CHECK(arn->region == "eu-west-1");
  CHECK(arn->account == "111122223333");
  CHECK(arn->resource.size() == std::string("task/dev/").size() + 32);
  CHECK(task == make_task(kShop, settings()));

  auto remade = kShop;
  remade.containers[0].id = "c3";
  CHECK(make_task(remade, settings()).arn == task.arn);
  CHECK(make_task(remade, settings()).containers[0].arn == task.containers[0].arn);
}

TEST_CASE("containers have ARNs of their own below their task's") {
  const auto task = make_task(kShop, settings());
  REQUIRE(task.containers.size() == 2);
  const auto id = task.arn.substr(task.arn.rfind('/') + 1);
  const auto first = task.containers[0].arn;
  const auto start = "arn:aws:ecs:eu-west-1:111122223333:container/dev/" + id + "/";
  CHECK(first.starts_with(start));
  CHECK(first.size() == start.size() + 36);
  CHECK(first != task.containers[1].arn);
}

TEST_CASE("another project, cluster, account or region is another task") {
  const auto arn = make_task(kShop, settings()).arn;
  const auto id = [](const std::string& text) { return text.substr(text.rfind('/')); };
  auto other = settings();
  other.region = "cn-north-1";
  CHECK(make_task(kShop, other).arn.starts_with("arn:aws-cn:ecs:cn-north-1:"));
  CHECK(id(make_task(kShop, other).arn) != id(arn));
  other = settings();
  other.account_id = "444455556666";
  CHECK(id(make_task(kShop, other).arn) != id(arn));
  other = settings();
  other.cluster = "live";
  CHECK(id(make_task(kShop, other).arn) != id(arn));
  CHECK(id(make_task({"blog", {}}, settings()).arn) != id(arn));
}

TEST_CASE("a container of no project is a task by its docker name") {
  auto alone = shop_web();
  alone.project.clear();
  CHECK(make_task({"", {alone}}, settings()).family == "shop-web-1");
}

TEST_CASE("what settings say of one task or container wins") {
  auto wanted = settings();
  wanted.availability_zone = "eu-west-1b";
  wanted.vpc_id = "vpc-1";
  wanted.instance_tags = {{"Rack", "7"}};
  wanted.tasks["shop"] = {"arn:aws:ecs:x:1:task/mine", "family", "9", "service", "group", 0.5, 512, {{"Team", "a"}}};
  wanted.tasks["blog"].family = "another";
  wanted.tasks["shop"].containers["web"] = {"arn:aws:ecs:x:1:container/mine", "front", 1024, 64};
  const auto task = make_task(kShop, wanted);
  CHECK(task.arn == "arn:aws:ecs:x:1:task/mine");
  CHECK(task.family == "family");
  CHECK(task.revision == "9");
  CHECK(task.service_name == "service");
  CHECK(task.group == "group");
  CHECK(task.vcpus == 0.5);
  CHECK(task.memory_mib == 512);
  CHECK(task.tags == Tags{{"Team", "a"}});
  CHECK(task.instance_tags == Tags{{"Rack", "7"}});
  CHECK(task.availability_zone == "eu-west-1b");
  CHECK(task.vpc_id == "vpc-1");
  const auto& web = task.containers[0];
  CHECK(web.arn == "arn:aws:ecs:x:1:container/mine");
  CHECK(web.container.name == "front");
  CHECK(web.container.cpu_shares == 1024);
  CHECK(web.container.memory_bytes == 64 * 1024 * 1024);
  CHECK(task.containers[1] == make_task(kShop, settings()).containers[1]);
}

TEST_CASE("a task is as far as the container that is least far on") {
  auto task = make_task(kShop, settings());
  CHECK(task.status() == ContainerStatus::kRunning);
  task.containers[0].container.status = ContainerStatus::kStopped;
  CHECK(task.status() == ContainerStatus::kStopped);
  task.containers[1].container.status = ContainerStatus::kCreated;
  CHECK(task.status() == ContainerStatus::kCreated);
  CHECK(Task().status() == ContainerStatus::kNone);
}

TEST_CASE("what is said of a docker name goes before what is said of its service") {
  auto wanted = settings();
  wanted.tasks["shop"].containers["web"].name = "any";
  wanted.tasks["shop"].containers["shop-web-1"].name = "first";
  CHECK(make_task(kShop, wanted).containers[0].container.name == "first");
}

TEST_CASE("containers that the settings name run since the start, with ids that stay the same") {
  auto wanted = settings();
  wanted.tasks["shop"].containers["web"].addresses = {"172.18.0.2", "fd00::2"};
  wanted.tasks["shop"].containers["web"].labels = {{"a", "b"}};
  wanted.tasks["shop"].containers["web"].image = "nginx:1.27";
  wanted.tasks["shop"].containers["job"].id = std::string(64, 'c');
  wanted.tasks["blog"].family = "alone";
  const WallTime started{std::chrono::hours(1)};
  const auto made = configured_containers(wanted, started);
  REQUIRE(made.size() == 2);
  CHECK(made == configured_containers(wanted, started));
  CHECK(made[0].id == std::string(64, 'c'));
  CHECK(made[0].image == "job");
  CHECK(made[0].networks.empty());
  const auto& web = made[1];
  CHECK(web.id.size() == 64);
  CHECK(web.docker_name == "shop-web-1");
  CHECK(web.name == "web");
  CHECK(web.image == "nginx:1.27");
  CHECK(web.project == "shop");
  CHECK(web.labels == std::map<std::string, std::string>{{"a", "b"}});
  CHECK(web.status == ContainerStatus::kRunning);
  CHECK(web.started == started);
  CHECK(web.networks == std::vector<ContainerNetwork>{{"bridge", {"172.18.0.2"}, {"fd00::2"}}});
}

TEST_CASE("what is said of every task is said of those that have no entry of their own") {
  TaskSettings settings;
  settings.cluster = "arn:aws:ecs:us-west-2:111122223333:cluster/dev";
  settings.tasks[std::string(kEveryTask)].family = "any";
  settings.tasks[std::string(kEveryTask)].containers["web"].name = "front";
  settings.tasks["own"].revision = "2";
  const auto task = make_task({"shop", {shop_web()}}, settings);
  CHECK(task.family == "any");
  CHECK(task.containers[0].container.name == "front");
  CHECK(task.cluster == settings.cluster);
  CHECK(task.arn.find(":task/dev/") != std::string::npos);
  CHECK(task.containers[0].arn.find(":container/dev/") != std::string::npos);
  CHECK(make_task({"own", {shop_web()}}, settings).family == "own");
  CHECK(configured_containers(settings, {}).empty());
}
