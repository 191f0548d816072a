#include "understudy/service/task_lookup.hpp"

#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "caller_stage.hpp"
#include "understudy/service/task_metadata.hpp"

#include <doctest/doctest.h>

namespace understudy::service {
namespace {

using metadata::ContainerSet;
using metadata::TaskBook;

const std::string kHost = "172.18.0.1";

metadata::ContainerPtr numbered(char digit, std::string address, std::string project, std::string name) {
  auto made = *container_at(std::move(address), std::move(project), std::move(name));
  made.id = std::string(64, digit);
  return std::make_shared<const metadata::Container>(std::move(made));
}

/// Two projects that each have a service `web`, and a container of none.
struct Stage {
  Stage() {
    containers.now(
        ContainerSet::current({numbered('a', "172.18.0.2", "shop", "web"), numbered('b', "172.18.0.3", "shop", "job"),
                               numbered('c', "172.18.0.4", "blog", "web"), numbered('d', "172.18.0.5", "blog", "db"),
                               numbered('e', "172.18.0.6", "", "single")}));
  }
  static std::string name_of(const std::optional<TaskBook::Place>& place) {
    return place ? place->member.container.docker_name : "";
  }
  std::string find(const std::string& id, const std::string& from) {
    return name_of(place_of(*tasks.book(), id, from));
  }
  std::string find_part(const std::string& part, const std::string& from) {
    return name_of(place_of_part(*tasks.book(), part, from));
  }

  ChangingContainers containers;
  TaskLookup tasks{containers, {}};
};

TEST_CASE("a container finds others by name in its own task alone, and by the whole id anywhere") {
  Stage stage;
  struct Row {
    std::string id;
    std::string from;
    const char* found;
  };
  for (const auto& [id, from, found] : std::vector<Row>{
           {"self", "172.18.0.2", "shop-web-1"},
           {"web", "172.18.0.2", "shop-web-1"},
           {"web", "172.18.0.5", "blog-web-1"},
           {"job", "172.18.0.2", "shop-job-1"},
           {"shop-job-1", "172.18.0.2", "shop-job-1"},
           {std::string(12, 'b'), "172.18.0.2", "shop-job-1"},
           {std::string(11, 'b'), "172.18.0.2", ""},
           {"", "172.18.0.2", ""},
           {"single", "172.18.0.6", "single"},
           // Of another's task.
           {"db", "172.18.0.2", ""},
           {"blog-db-1", "172.18.0.2", ""},
           {"single", "172.18.0.2", ""},
           {"job", "172.18.0.6", ""},
           {std::string(12, 'd'), "172.18.0.2", ""},
           {std::string(63, 'd'), "172.18.0.2", ""},
           {std::string(64, 'd'), "172.18.0.2", "blog-db-1"},
           // Who is nobody known, as the host is.
           {"web", kHost, ""},
           {"db", kHost, "blog-db-1"},
           {"single", "", "single"},
           {std::string(12, 'd'), kHost, "blog-db-1"},
           {"self", kHost, ""},
       }) {
    CAPTURE(id);
    CAPTURE(from);
    CHECK(stage.find(id, from) == found);
  }
}

TEST_CASE("a part of a name is looked for in the caller's own task, too") {
  Stage stage;
  struct Row {
    std::string part;
    std::string from;
    const char* found;
  };
  for (const auto& [part, from, found] : std::vector<Row>{
           {"op-jo", "172.18.0.2", "shop-job-1"},
           {"web", "172.18.0.5", "blog-web-1"},
           {"-1", "172.18.0.3", "shop-job-1"},  // several have it, and who asks is one of them
           {"bbb", "172.18.0.2", "shop-job-1"},
           {std::string(64, 'd'), "172.18.0.2", "blog-db-1"},
           {"nothing", "172.18.0.2", "shop-web-1"},  // nobody's, so it is who asks
           {"blog-db-1", "172.18.0.2", ""},          // another's
           {"log-d", "172.18.0.2", ""},
           {"ddd", "172.18.0.2", ""},
           {"log-d", kHost, "blog-db-1"},
           {"shop", kHost, ""},
       }) {
    CAPTURE(part);
    CAPTURE(from);
    CHECK(stage.find_part(part, from) == found);
  }
}

TEST_CASE("what several of the task have, and who asks has not, is nobody") {
  Stage stage;
  stage.containers.now(
      ContainerSet::current({numbered('a', "172.18.0.2", "shop", "web"), numbered('b', "172.18.0.3", "shop", "job"),
                             numbered('c', "172.18.0.4", "shop", "job")}));
  CHECK(stage.find("job", "172.18.0.2").empty());
  CHECK(stage.find_part("job", "172.18.0.2").empty());
  CHECK(stage.find_part("job", "172.18.0.4") == "shop-job-1");
}

TEST_CASE("while it is not known who is where, and at a shared address, nobody finds another by a name") {
  Stage stage;
  const auto all = stage.containers.snapshot()->containers();
  const std::string whole(64, 'd');
  stage.containers.now(ContainerSet(Error{Error::Kind::kUnavailable, "EventsEnded", "gone"}, all));
  for (const auto* from : {"172.18.0.2", "172.18.0.1"}) {
    CHECK(stage.find("db", from).empty());
    CHECK(stage.find_part("log-d", from).empty());
    CHECK(stage.find("self", from).empty());
    CHECK(stage.find(whole, from) == "blog-db-1");
    CHECK(stage.find_part(whole, from) == "blog-db-1");
  }
  stage.containers.now(
      ContainerSet::current({numbered('a', "172.18.0.2", "shop", "web"), numbered('d', "172.18.0.2", "blog", "db")}));
  CHECK(stage.find("db", "172.18.0.2").empty());
  CHECK(stage.find_part("log-d", "172.18.0.2").empty());
  CHECK(stage.find("db", kHost) == "blog-db-1");
}

TEST_CASE("a part that is another's is no answer to who has just started") {
  Stage stage;
  TaskMetadata metadata(stage.tasks, nullptr, TaskMetadata::LocalPaths::kYes);
  Request request;
  request.target = "/v3/containers/db";
  request.peer.address = "172.18.0.9";
  const auto ask = [&](Patience patience) { return metadata.answer(request, "v3/containers/db", patience).value(); };
  CHECK(std::holds_alternative<std::shared_ptr<Deferred>>(ask(Patience::kMayWait)));
  CHECK(std::get<Response>(ask(Patience::kMustAnswer)).status == 200);
}

TEST_CASE("who is just starting waits for its own metadata, until it is known") {
  struct Row {
    const char* target;
    TaskMetadata::LocalPaths local;
    int unknown;  ///< The status where it can not wait.
  };
  using Local = TaskMetadata::LocalPaths;
  for (const auto& [target, local, unknown] : std::vector<Row>{{"/v4/self", Local::kNo, 404},
                                                               {"/v4/self/task", Local::kNo, 404},
                                                               {"/v3/self/stats", Local::kNo, 400},
                                                               {"/v2/metadata", Local::kNo, 400},
                                                               {"/v2/stats", Local::kNo, 400},
                                                               {"/v3", Local::kYes, 500},
                                                               {"/v4/task", Local::kYes, 404},
                                                               {"/v3/containers/late", Local::kYes, 500},
                                                               {"/v2/metadata/late", Local::kYes, 400}}) {
    CAPTURE(target);
    Stage stage;
    TaskMetadata metadata(stage.tasks, nullptr, local);
    Request request;
    request.target = target;
    request.peer.address = "172.18.0.9";
    const auto ask = [&](Patience patience) {
      return metadata.answer(request, std::string_view(request.target).substr(1), patience).value();
    };
    const auto answer = ask(Patience::kMayWait);
    REQUIRE(std::holds_alternative<std::shared_ptr<Deferred>>(answer));
    int woken = 0;
    std::get<std::shared_ptr<Deferred>>(answer)->on_ready([&] { ++woken; });
    CHECK(std::get<Response>(ask(Patience::kMustAnswer)).status == unknown);
    stage.containers.now(ContainerSet::current({numbered('a', "172.18.0.2", "shop", "web")}));
    CHECK(woken == 0);
    stage.containers.now(ContainerSet::current({numbered('f', "172.18.0.9", "shop", "late")}));
    CHECK(woken == 1);
    CHECK(std::get<Response>(ask(Patience::kMayWait)).status == 200);
  }
}

TEST_CASE("who is known, and who asks for others by their names, is answered at once") {
  Stage stage;
  TaskMetadata metadata(stage.tasks, nullptr, TaskMetadata::LocalPaths::kYes);
  for (const auto& [target, from] :
       std::vector<std::pair<std::string, std::string>>{{"/v4/nobody", kHost},
                                                        {"/v4/nobody/task", "172.18.0.2"},
                                                        {"/v2/metadata/nobody", "172.18.0.2"},
                                                        {"/v4/self", "172.18.0.2"}}) {
    CAPTURE(target);
    Request request;
    request.target = target;
    request.peer.address = from;
    const auto answer = metadata.answer(request, std::string_view(request.target).substr(1), Patience::kMayWait);
    REQUIRE(answer);
    CHECK(std::holds_alternative<Response>(*answer));
  }
}

TEST_CASE("where no news come, who is not known is told so at once") {
  const metadata::FixedContainers fixed({container_at("172.18.0.2", "shop", "web")});
  const TaskLookup tasks(fixed, {});
  int woken = 0;
  tasks.until_known("172.18.0.9")->on_ready([&] { ++woken; });
  CHECK(woken == 1);
}

}  // namespace
}  // namespace understudy::service
