#include "understudy/metadata/container.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

using namespace understudy::metadata;

namespace {

Container of(const std::string& id, const std::string& project) {
  Container container;
  container.id = id;
  container.project = project;
  return container;
}

}  // namespace

TEST_CASE("a project is a task, and so is each container that belongs to none") {
  const auto shop_a = of("1", "shop");
  const auto alone = of("2", "");
  const auto blog = of("3", "blog");
  const auto shop_b = of("4", "shop");
  const auto also_alone = of("5", "");
  CHECK(tasks_of({shop_a, alone, blog, shop_b, also_alone}) ==
        std::vector<ContainerTask>{{"blog", {blog}}, {"shop", {shop_a, shop_b}}, {"", {alone}}, {"", {also_alone}}});
  CHECK(tasks_of({}).empty());
}

TEST_CASE("states have ECS's names and order") {
  CHECK(name_of(ContainerStatus::kNone) == "NONE");
  CHECK(name_of(ContainerStatus::kPulled) == "PULLED");
  CHECK(name_of(ContainerStatus::kCreated) == "CREATED");
  CHECK(name_of(ContainerStatus::kRunning) == "RUNNING");
  CHECK(name_of(ContainerStatus::kResourcesProvisioned) == "RESOURCES_PROVISIONED");
  CHECK(name_of(ContainerStatus::kStopped) == "STOPPED");
  CHECK(ContainerStatus::kRunning < ContainerStatus::kStopped);
}
