#include "understudy/metadata/task_settings.hpp"

#include <string>
#include <utility>
#include <vector>

#include "fakes/nodes.hpp"

#include <doctest/doctest.h>

using namespace understudy;
using namespace understudy::metadata;
using fakes::list;
using fakes::map;
using fakes::text;

namespace {

TaskSettings read(std::vector<Node::Member> members, std::vector<Problem>& problems) {
  const auto node = fakes::placed(map(std::move(members)), "containers");
  Fields fields(node, problems);
  auto settings = read_task_settings(fields, problems);
  fields.finish();
  return settings;
}

Node task_with(std::vector<Node::Member> container) {
  return map({{"shop", map({{"containers", map({{"web", map(std::move(container))}})}})}});
}

}  // namespace

TEST_CASE("without a word everything is ECS's own, and the account is left to the caller") {
  std::vector<Problem> problems;
  TaskSettings expected;
  expected.account_id.clear();
  CHECK(read({}, problems) == expected);
  CHECK(problems.empty());
}

TEST_CASE("a cluster may be an ARN, overlays are JSON objects, and one entry may be for every task") {
  std::vector<Problem> problems;
  const auto ecs = map({{"cluster", text("arn:aws:ecs:us-west-2:111122223333:cluster/dev")},
                        {"task_overlay", text(R"({"Limits": {"CPU": 0.25}})")},
                        {"container_overlay", text(R"({"Type": "CNI_PAUSE"})")}});
  const auto every = map({{"*", map({{"family", text("f")}})}});
  const auto settings = read({{"ecs", ecs}, {"tasks", every}}, problems);
  CHECK(problems.empty());
  CHECK(settings.cluster == "arn:aws:ecs:us-west-2:111122223333:cluster/dev");
  CHECK(settings.overlays == TaskOverlays{R"({"Limits": {"CPU": 0.25}})", R"({"Type": "CNI_PAUSE"})"});
  CHECK(settings.tasks.at(std::string(kEveryTask)).family == "f");
  for (const auto& [key, value] :
       std::vector<std::pair<std::string, std::string>>{{"cluster", "arn:aws:ecs:us-west-2:111122223333:cluster/d e"},
                                                        {"task_overlay", "[1]"},
                                                        {"container_overlay", "{"}}) {
    CAPTURE(key);
    problems.clear();
    static_cast<void>(read({{"ecs", map({{key, text(value)}})}}, problems));
    CHECK(problems.size() == 1);
  }
}

TEST_CASE("whatever can be said of ECS, tasks and containers is read") {
  std::vector<Problem> problems;
  const auto container = map({{"name", text("front")},
                              {"arn", text("arn:aws:ecs:us-east-1:111122223333:container/c")},
                              {"cpu", text("256")},
                              {"memory", text("128")},
                              {"id", text(std::string(64, 'a'))},
                              {"image", text("nginx:1.27")},
                              {"addresses", list({text("172.18.0.2"), text("fd00::2")})},
                              {"labels", map({{"understudy.role", text("app")}})}});
  const auto task = map({{"arn", text("arn:aws:ecs:us-east-1:111122223333:task/t")},
                         {"family", text("family")},
                         {"revision", text("7")},
                         {"service", text("api")},
                         {"group", text("service:api")},
                         {"cpu", text("512")},
                         {"memory", text("1024")},
                         {"tags", map({{"Team", text("a")}})},
                         {"containers", map({{"web", container}})}});
  const auto settings = read({{"ecs", map({{"account_id", text("111122223333")},
                                           {"cluster", text("dev")},
                                           {"availability_zone", text("eu-west-1b")},
                                           {"vpc_id", text("vpc-0123456789abcdef0")},
                                           {"launch_type", text("FARGATE")},
                                           {"instance_tags", map({{"Rack", text("7")}})}})},
                              {"tasks", map({{"shop", task}})}},
                             problems);
  CHECK(problems.empty());
  TaskSettings expected;
  expected.account_id = "111122223333";
  expected.cluster = "dev";
  expected.availability_zone = "eu-west-1b";
  expected.vpc_id = "vpc-0123456789abcdef0";
  expected.launch_type = "FARGATE";
  expected.instance_tags = {{"Rack", "7"}};
  TaskOverride shop{
      "arn:aws:ecs:us-east-1:111122223333:task/t", "family", "7", "api", "service:api", 0.5, 1024, {{"Team", "a"}}};
  shop.containers["web"] = {"arn:aws:ecs:us-east-1:111122223333:container/c",
                            "front",
                            256,
                            128,
                            std::string(64, 'a'),
                            "nginx:1.27",
                            {"172.18.0.2", "fd00::2"},
                            {{"understudy.role", "app"}}};
  expected.tasks["shop"] = shop;
  CHECK(settings == expected);
}

TEST_CASE("what is no such thing is a problem that says what was expected") {
  struct Row {
    std::vector<Node::Member> members;
    const char* path;
    const char* message;
  };
  for (const auto& row : std::vector<Row>{
           {{{"ecs", map({{"account_id", text("1")}})}}, "containers.ecs.account_id", "12 digits"},
           {{{"ecs", map({{"cluster", text("a/b")}})}}, "containers.ecs.cluster", "a cluster"},
           {{{"ecs", map({{"vpc_id", text("vpc")}})}}, "containers.ecs.vpc_id", "vpc-"},
           {{{"ecs", map({{"launch_type", text("ec2")}})}}, "containers.ecs.launch_type", "FARGATE"},
           {{{"ecs", map({{"region", text("x")}})}}, "containers.ecs.region", "unknown key"},
           {{{"tasks", map({{"a b", map({})}})}}, "containers.tasks.a b", "a name of letters"},
           {{{"tasks", map({{"shop", map({{"arn", text("x")}})}})}}, "containers.tasks.shop.arn", "an ARN"},
           {{{"tasks", map({{"shop", map({{"cpu", text("0.5")}})}})}}, "containers.tasks.shop.cpu", "number"},
           {{{"tasks", task_with({{"id", text("abc")}})}}, "containers.tasks.shop.containers.web.id", "64 lower-case"},
           {{{"tasks", task_with({{"addresses", text("web")}})}},
            "containers.tasks.shop.containers.web.addresses",
            "IP addresses"},
           {{{"tasks", task_with({{"role", text("app")}})}},
            "containers.tasks.shop.containers.web.role",
            "unknown key"},
       }) {
    CAPTURE(row.path);
    std::vector<Problem> problems;
    (void)read(row.members, problems);
    REQUIRE(problems.size() == 1);
    CHECK(problems[0].path == row.path);
    CHECK(problems[0].message.find(row.message) != std::string::npos);
  }
}
