#include "understudy/metadata/task_book.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "understudy/metadata/container_source.hpp"

#include <doctest/doctest.h>

using namespace understudy;
using namespace understudy::metadata;

namespace {

const std::string kWeb = "0123456789abcdef" + std::string(48, '0');

ContainerPtr made(std::string id, std::string project, std::string service, std::string number, std::string address) {
  Container container;
  container.id = std::move(id);
  container.docker_name = project.empty() ? service : project + "-" + service + "-" + number;
  container.name = service;
  container.project = std::move(project);
  container.networks = {{"shop", {std::move(address)}, {}}};
  return std::make_shared<const Container>(std::move(container));
}

struct Stage {
  explicit Stage(TaskSettings settings = {})
      : containers({made(kWeb, "shop", "web", "1", "172.18.0.2"),
                    made(std::string(64, 'b'), "shop", "job", "1", "172.18.0.3"),
                    made(std::string(64, 'c'), "shop", "job", "2", "172.18.0.4"),
                    made(std::string(64, 'd'), "", "solo", "", "172.18.0.5")}),
        book(containers.snapshot(), settings) {}

  /// `family/docker name`; empty: nobody.
  static std::string told(const std::optional<TaskBook::Place>& place) {
    return place ? place->task.family + "/" + place->member.container.docker_name : "";
  }

  FixedContainers containers;
  TaskBook book;
};

}  // namespace

TEST_CASE("a container is found in its task by id, docker name, and a name that it alone has") {
  const Stage stage;
  struct Row {
    std::string id;
    const char* found;
  };
  for (const auto& [id, found] : std::vector<Row>{
           {kWeb, "shop/shop-web-1"},
           {kWeb.substr(0, 12), "shop/shop-web-1"},
           {kWeb.substr(0, 11), ""},
           {"shop-job-2", "shop/shop-job-2"},
           {"web", "shop/shop-web-1"},
           {"job", ""},  // two are called so
           {"solo", "solo/solo"},
           {"shop", ""},
           {"nobody", ""},
           {"", ""},
       }) {
    CAPTURE(id);
    CHECK(Stage::told(stage.book.find(id)) == found);
  }
}

TEST_CASE("a container is found in its task by its address") {
  const Stage stage;
  CHECK(Stage::told(stage.book.by_address("172.18.0.4")) == "shop/shop-job-2");
  CHECK(Stage::told(stage.book.by_address("172.18.0.9")).empty());
  CHECK(Stage::told(stage.book.by_address("")).empty());
}

TEST_CASE("what settings call a container is what it is found by") {
  TaskSettings settings;
  settings.tasks["shop"].containers["shop-job-2"].name = "second";
  const Stage stage(settings);
  CHECK(Stage::told(stage.book.find("second")) == "shop/shop-job-2");
  CHECK(Stage::told(stage.book.find("job")) == "shop/shop-job-1");
}

TEST_CASE("a part of a name is enough where one container has it, else who asks decides") {
  const Stage stage;
  struct Row {
    std::string part;
    const char* address;
    const char* found;
  };
  for (const auto& [part, address, found] : std::vector<Row>{
           {"web", "172.18.0.3", "shop/shop-web-1"},
           {"op-we", "172.18.0.3", "shop/shop-web-1"},
           {"0123", "172.18.0.3", "shop/shop-web-1"},
           {"job", "172.18.0.4", "shop/shop-job-2"},
           {"job", "172.18.0.2", ""},  // who asks is none of them
           {"job-1", "172.18.0.2", "shop/shop-job-1"},
           {"nobody", "172.18.0.2", "shop/shop-web-1"},
           {"nobody", "172.18.0.9", ""},
       }) {
    CAPTURE(part);
    CAPTURE(address);
    CHECK(Stage::told(stage.book.find_part(part, address)) == found);
  }
}
