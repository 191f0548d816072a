#include "understudy/service/caller_roles.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "caller_stage.hpp"
#include "fakes/fake_roles.hpp"

#include <doctest/doctest.h>

namespace understudy::service {
namespace {

using metadata::ContainerSet;
using Labels = std::map<std::string, std::string>;

CallersSettings everything() {
  CallersSettings settings;
  settings.labels = true;
  settings.services = {{"web", "app"}, {"shop/job", "audit"}, {"job", "app"}};
  settings.addresses = {{*AddressRange::parse("10.0.0.0/8"), "app"},
                        {*AddressRange::parse("10.1.0.0/16"), "audit"},
                        {*AddressRange::parse("10.1.2.3"), "late"},
                        {*AddressRange::parse("fd00::/64"), "audit"}};
  return settings;
}

struct Stage {
  explicit Stage(CallersSettings settings = everything()) : callers(std::move(settings), roles, containers) {
    for (const char* key : {"app", "audit", "late"}) {
      roles.add(key);
    }
    containers.now(ContainerSet::current({
        container_at("172.18.0.2", "shop", "web"),
        container_at("172.18.0.3", "shop", "job"),
        container_at("172.18.0.4", "blog", "job"),
        container_at("172.18.0.5", "shop", "labelled", Labels{{"understudy.role", "audit"}}),
        container_at("172.18.0.6", "other", "web", Labels{{"understudy.role", "late"}}),
        container_at("172.18.0.7", "shop", "wrong", Labels{{"understudy.role", "nobody\n"}}),
        container_at("172.18.0.8", "shop", "none"),
        container_at("172.18.0.9", "", "empty", Labels{{"understudy.role", ""}}),
        container_at("172.18.0.10", "", "web"),
        container_at("10.1.2.4", "shop", "both", Labels{{"understudy.role", "late"}}),
    }));
  }
  /// The role's key, or the error's code.
  [[nodiscard]] std::string told(const std::string& address) const {
    const auto found = callers.find(address);
    return found ? std::string((*found)->key()) : found.error().code;
  }

  fakes::FakeRoles roles;
  ChangingContainers containers;
  CallerRoles callers;
};

TEST_CASE("a caller is known by its address, then by its container's label, then by its service") {
  const Stage stage;
  struct Row {
    const char* address;
    const char* told;
  };
  for (const auto& [address, told] : std::vector<Row>{
           {"10.9.9.9", "app"},
           {"10.1.9.9", "audit"},
           {"10.1.2.3", "late"},
           {"10.1.2.4", "audit"},  // the configuration's word goes before the label
           {"fd00::5", "audit"},
           {"172.18.0.2", "app"},
           {"172.18.0.3", "audit"},
           {"172.18.0.4", "app"},
           {"172.18.0.5", "audit"},
           {"172.18.0.6", "late"},  // the label goes before the service
           {"172.18.0.7", "UnknownRole"},
           {"172.18.0.8", "CallerHasNoRole"},
           {"172.18.0.9", "UnknownRole"},
           {"172.18.0.10", "CallerHasNoRole"},  // a name of its own is no service
           {"172.18.0.99", "CallerUnknown"},
           {"fd01::5", "CallerUnknown"},
           {"", "CallerUnknown"},
       }) {
    CAPTURE(address);
    CHECK(stage.told(address) == told);
  }
}

TEST_CASE("a label of the image gives no role") {
  Stage stage;
  auto of_image = *container_at("172.18.0.5", "shop", "other", Labels{{"understudy.role", "audit"}});
  of_image.own_labels.clear();
  auto service = of_image;
  service.id = std::string(64, 'f');
  service.name = "web";
  service.networks = {{"shop", {"172.18.0.6"}, {}}};
  stage.containers.now(ContainerSet::current(
      {std::make_shared<const metadata::Container>(of_image), std::make_shared<const metadata::Container>(service)}));
  CHECK(stage.told("172.18.0.5") == "CallerHasNoRole");
  CHECK(stage.callers.find("172.18.0.5").error().message ==
        "container shop-other-1 has no role: its image has that label understudy.role, and images do not choose; name "
        "its service in containers.callers.services, or its address");
  CHECK(stage.told("172.18.0.6") == "app");
}

TEST_CASE("a label gives no role that is for pods alone") {
  Stage stage;
  const CallerRoles callers(everything(), stage.roles, stage.containers, {stage.roles.find("late")});
  const auto refused = callers.find("172.18.0.6");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == Error::Kind::kDenied);
  CHECK(refused.error().code == "RoleOfPods");
  CHECK(refused.error().message.starts_with(
      "the label understudy.role of container other-web-1 names the role late, which is for pods alone"));
  CHECK_FALSE(CallerRoles::may_pass(refused.error()));
  CHECK((*callers.find("172.18.0.5"))->key() == "audit");
}

TEST_CASE("labels count only where the configuration says so") {
  auto settings = everything();
  settings.labels = false;
  const Stage stage(settings);
  CHECK(stage.told("172.18.0.5") == "CallerHasNoRole");
  CHECK(stage.told("172.18.0.6") == "app");
}

TEST_CASE("errors say whom they mean and what to do, with text from outside escaped") {
  const Stage stage;
  CHECK(stage.callers.find("172.18.0.7").error().message ==
        "the label understudy.role of container shop-wrong-1 names no role of the configuration: nobody\\x0A");
  CHECK(stage.callers.find("172.18.0.8").error().message ==
        "container shop-none-1 has no role: give it the label understudy.role=<role>");
  CHECK(stage.callers.find("172.18.0.99").error().message ==
        "no container is known by the address 172.18.0.99, and containers.callers.addresses has no role for it");
}

TEST_CASE("an address that two containers have is told as such, and given to neither") {
  Stage stage;
  auto containers = stage.containers.snapshot()->containers();
  auto twin = *container_at("172.18.0.2", "blog", "web");
  twin.id = std::string(64, 'e');
  twin.networks[0].mode = "blog";
  containers.push_back(std::make_shared<const metadata::Container>(twin));
  stage.containers.now(ContainerSet::current(std::move(containers)));
  const auto told = stage.callers.find("172.18.0.2");
  REQUIRE_FALSE(told);
  CHECK(told.error().code == "CallerUnknown");
  CHECK(told.error().message ==
        "two containers have the address 172.18.0.2, each in a network of its own, and neither is known by it: give "
        "one of the networks another subnet, or each a token");
}

TEST_CASE("while the engine is not followed, addresses of the configuration hold and nobody else is known") {
  Stage stage;
  const auto before = stage.containers.snapshot()->containers();
  stage.containers.now(ContainerSet(Error{Error::Kind::kUnavailable, "ConnectionError", "the engine is down"}, before));
  CHECK(stage.told("10.9.9.9") == "app");
  CHECK(stage.told("172.18.0.5") == "CallersUnknown");
  CHECK(stage.callers.find("172.18.0.5").error().message ==
        "callers can not be told apart right now, ask again: the engine is down");
}

TEST_CASE("while the engine does not answer about a container, who is not known may be that one") {
  Stage stage;
  const auto before = stage.containers.snapshot()->containers();
  stage.containers.now(ContainerSet::current(before, Error{Error::Kind::kUnavailable, "Timeout", "no answer in time"}));
  CHECK(stage.told("172.18.0.5") == "audit");
  CHECK(stage.told("172.18.0.99") == "CallersUnknown");
}

TEST_CASE("an address that changes hands brings the other's role or none, never the former's") {
  Stage stage;
  CHECK(stage.told("172.18.0.5") == "audit");
  stage.containers.now(ContainerSet::current({}));
  CHECK(stage.told("172.18.0.5") == "CallerUnknown");
  stage.containers.now(ContainerSet::current({container_at("172.18.0.5", "shop", "none")}));
  CHECK(stage.told("172.18.0.5") == "CallerHasNoRole");
  stage.containers.now(ContainerSet::current({container_at("172.18.0.5", "shop", "web")}));
  CHECK(stage.told("172.18.0.5") == "app");
}

TEST_CASE("an address that two containers have is nobody's") {
  Stage stage;
  stage.containers.now(
      ContainerSet::current({container_at("172.18.0.5", "shop", "web"), container_at("172.18.0.5", "blog", "job")}));
  CHECK(stage.told("172.18.0.5") == "CallerUnknown");
}

TEST_CASE("only what the next news may change is worth waiting for") {
  Stage stage;
  CHECK(CallerRoles::may_pass(stage.callers.find("172.18.0.99").error()));
  CHECK_FALSE(CallerRoles::may_pass(stage.callers.find("172.18.0.8").error()));
  CHECK_FALSE(CallerRoles::may_pass(stage.callers.find("172.18.0.7").error()));
}

TEST_CASE("who is not known is woken when it is, and not by news of others") {
  Stage stage;
  const auto waiting = stage.callers.until_known("172.18.0.99");
  int woken = 0;
  waiting->on_ready([&] { ++woken; });
  stage.containers.now(ContainerSet::current({container_at("172.18.0.2", "shop", "web")}));
  CHECK(woken == 0);
  CHECK(stage.containers.waiting() == 1);
  stage.containers.now(ContainerSet::current({container_at("172.18.0.99", "shop", "none")}));
  CHECK(woken == 1);
  CHECK(stage.containers.waiting() == 0);
}

TEST_CASE("who gave up is not woken") {
  Stage stage;
  auto waiting = stage.callers.until_known("172.18.0.99");
  int woken = 0;
  waiting->on_ready([&] { ++woken; });
  waiting.reset();
  stage.containers.now(ContainerSet::current({container_at("172.18.0.99", "shop", "web")}));
  CHECK(woken == 0);
}

TEST_CASE("where no news come, who is not known is told so at once") {
  fakes::FakeRoles roles;
  const metadata::FixedContainers containers({});
  const CallerRoles callers({}, roles, containers);
  int woken = 0;
  callers.until_known("172.18.0.99")->on_ready([&] { ++woken; });
  CHECK(woken == 1);
}

}  // namespace
}  // namespace understudy::service
