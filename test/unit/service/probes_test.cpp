#include "understudy/service/probes.hpp"

#include <chrono>
#include <string>

#include "caller_stage.hpp"
#include "fakes/fake_clock.hpp"
#include "fakes/fake_handler.hpp"
#include "fakes/fake_roles.hpp"

#include <doctest/doctest.h>

namespace understudy::service {
namespace {

struct Stage {
  fakes::FakeClock clock;
  fakes::FakeRoles roles;
  Probes probes{roles, {"app", "late"}, clock};
};

TEST_CASE("ready means that every role that is to be played has credentials, and else it is said which have not") {
  Stage stage;
  auto& app = stage.roles.add("app");
  auto& late = stage.roles.add("late");
  stage.roles.add("not played");
  const auto told = [&] {
    const auto response = stage.probes.ready();
    CHECK(response.status == (response.body.view() == "ready\n" ? 200 : 503));
    return std::string(response.body.view());
  };
  CHECK(told() ==
        "role app has no credentials: the first ones have not been fetched yet\n"
        "role late has no credentials: the first ones have not been fetched yet\n");
  app.publish(fakes::some_credentials(stage.clock.wall()));
  late.fail({Error::Kind::kDenied, "AccessDenied", "you may\nnot"});
  CHECK(told() == "role late has no credentials: AccessDenied: you may\\x0Anot\n");
  late.fail({Error::Kind::kActionNeeded, "MfaRequired", "a code is needed"});
  CHECK(told() == "role late has no credentials: MfaRequired: a code is needed\n");
  late.publish(fakes::some_credentials(stage.clock.wall()));
  CHECK(told() == "ready\n");
  app.fail({Error::Kind::kUnavailable, "Timeout", "no answer"});
  CHECK(told() == "ready\n");
  stage.clock.advance(std::chrono::hours(1));
  CHECK(told().starts_with("role app has no credentials: Timeout: the last ones ended at "));
  CHECK(told().find("secret-1") == std::string::npos);
  CHECK(told().find("token-1") == std::string::npos);
}

TEST_CASE("where no role is to be played it is ready at once") {
  fakes::FakeClock clock;
  fakes::FakeRoles roles;
  CHECK(Probes(roles, {}, clock).ready().status == 200);
  CHECK(Probes(roles, {}, clock).alive().body.view() == "ok\n");
}

TEST_CASE("it is not ready while those callers can not be told apart who are known by the engine") {
  Stage stage;
  for (const char* key : {"app", "late"}) {
    stage.roles.add(key).publish(fakes::some_credentials(stage.clock.wall()));
  }
  ChangingContainers containers;
  CallersSettings labels;
  labels.labels = true;
  const CallerRoles by_label(labels, stage.roles, containers);
  const auto told_of = [&](const CallerRoles& callers) {
    const auto response = Probes(stage.roles, {"app", "late"}, stage.clock, &callers).ready();
    CHECK(response.status == (response.body.view() == "ready\n" ? 200 : 503));
    return std::string(response.body.view());
  };
  const auto told = [&] { return told_of(by_label); };
  const Error error{Error::Kind::kUnavailable, "ConnectionError", "the engine\nis down"};
  CHECK(told() == "callers can not be told apart: the container engine has not answered yet\n");
  containers.now(metadata::ContainerSet(error));
  CHECK(told() == "callers can not be told apart: the engine\\x0Ais down\n");
  CHECK(Probes(stage.roles, {"app", "late"}, stage.clock, &by_label).alive().status == 200);
  stage.roles.add("late");
  CHECK(told() ==
        "role late has no credentials: the first ones have not been fetched yet\n"
        "callers can not be told apart: the engine\\x0Ais down\n");
  stage.roles.add("late").publish(fakes::some_credentials(stage.clock.wall()));
  // One container alone is not known; the others are.
  containers.now(metadata::ContainerSet::current({}, error));
  CHECK(told() == "ready\n");
  containers.now(metadata::ContainerSet(error));
  CallersSettings services;
  services.services = {{"web", "app"}};
  const CallerRoles by_service(services, stage.roles, containers);
  CHECK(told_of(by_service).starts_with("callers can not be told apart: "));
  CallersSettings addresses;
  addresses.addresses = {{*AddressRange::parse("10.0.0.1"), "app"}};
  const CallerRoles by_address(addresses, stage.roles, containers);
  CHECK(told_of(by_address) == "ready\n");
}

TEST_CASE("the admin listener's routes are open") {
  Stage stage;
  const auto routes = stage.probes.routes();
  REQUIRE(routes.size() == 2);
  for (const auto& route : routes) {
    CHECK(route.is_open);
    CHECK(route.method == "GET");
  }
}

TEST_CASE("another endpoint answers probes where it has nothing there itself") {
  struct Row {
    std::string method;
    std::string target;
    int own_status;
    int status;
  };
  const std::vector<Row> rows{
      {"GET", "/healthz", 404, 200}, {"HEAD", "/healthz", 404, 200}, {"GET", "/readyz", 404, 503},
      {"GET", "/readyz", 200, 200},  {"GET", "/readyz", 403, 403},   {"GET", "/readyz", 401, 401},
      {"POST", "/readyz", 404, 404}, {"GET", "/readyz/", 404, 404},  {"GET", "/v2/readyz", 404, 404},
      {"GET", "readyz", 404, 404},   {"GET", "/", 404, 404},         {"GET", "/metrics", 404, 404},
  };
  Stage stage;
  stage.roles.add("app");
  for (const auto& row : rows) {
    CAPTURE(row.method);
    CAPTURE(row.target);
    CAPTURE(row.own_status);
    fakes::FakeHandler inner([&](const Request&, Patience) { return Response{row.own_status, {}, {}, {}}; });
    Probed probed(inner, stage.probes);
    Request request;
    request.method = row.method;
    request.target = row.target;
    CHECK(answer_now(probed, request).status == row.status);
  }
}

}  // namespace
}  // namespace understudy::service
