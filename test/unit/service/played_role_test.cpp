#include "understudy/service/played_role.hpp"

#include <string>

#include "fakes/fake_clock.hpp"
#include "fakes/fake_roles.hpp"
#include "understudy/service/role_credentials.hpp"

#include <doctest/doctest.h>

namespace understudy::service {
namespace {

using Act = PlayedRole::Act;

struct Stage {
  fakes::FakeClock clock;
  fakes::FakeRoles real;
  fakes::FakeRole& app = real.add("app", "arn:aws:iam::111122223333:role/app");
  fakes::FakeRole& cold = real.add("cold");
  PlayedRoles roles{real, clock};

  Standing standing(const char* key) { return standing_of(*roles.find(key)->state(), clock.boot()); }
};

TEST_CASE("a role over which nothing is played is as it is") {
  Stage stage;
  stage.app.publish(fakes::some_credentials(stage.clock.wall()));
  CHECK(stage.roles.find("app")->state() == stage.app.state());
  CHECK(stage.roles.find("app")->arn() == "arn:aws:iam::111122223333:role/app");
  CHECK(stage.roles.find("other") == nullptr);
  CHECK(stage.roles.all().size() == 2);
  CHECK(stage.roles.refresh_now("app"));
  stage.roles.retry_waiting();
  CHECK(stage.real.refreshed == std::vector<std::string>{"app"});
  CHECK(stage.real.retries == 1);
}

TEST_CASE("what is played goes on over the roles that are named") {
  Stage before;
  before.app.publish(fakes::some_credentials(before.clock.wall()));
  CHECK(before.roles.find("app")->play(Act::kEnded));
  CHECK(before.roles.find("cold")->play(Act::kDenied));
  Stage after;
  after.roles.continue_from(before.roles, {"app", "gone"});
  CHECK(after.roles.find("app")->state() == before.roles.find("app")->state());
  CHECK(after.roles.find("app")->what_is_played() == "ended");
  CHECK(after.standing("cold") == Standing::kCold);
}

TEST_CASE("a denied role is still the role that it is") {
  Stage stage;
  stage.app.publish(fakes::some_credentials(stage.clock.wall()));
  CHECK(stage.roles.find("app")->play(Act::kDenied));
  CHECK(stage.roles.find("app")->state()->role_arn == stage.app.state()->role_arn);
  CHECK(stage.roles.find("app")->state()->generation == 1);
}

TEST_CASE("a denied role is refused, cold or not, until that ends") {
  Stage stage;
  stage.app.publish(fakes::some_credentials(stage.clock.wall()));
  for (const char* key : {"app", "cold"}) {
    CHECK(stage.roles.find(key)->play(Act::kDenied));
    CHECK(stage.standing(key) == Standing::kRefused);
  }
  bool woken = false;
  stage.roles.find("cold")->on_settled([&] { woken = true; });
  CHECK(woken);
  CHECK(stage.roles.played().size() == 2);
  stage.roles.clear();
  CHECK(stage.standing("app") == Standing::kGood);
  CHECK(stage.standing("cold") == Standing::kCold);
  CHECK(stage.roles.played().empty());
}

TEST_CASE("ended credentials are served with an end in the past") {
  Stage stage;
  CHECK_FALSE(stage.roles.find("cold")->play(Act::kEnded));
  CHECK(stage.standing("cold") == Standing::kCold);
  stage.app.publish(fakes::some_credentials(stage.clock.wall()));
  CHECK(stage.roles.find("app")->play(Act::kEnded));
  CHECK(stage.standing("app") == Standing::kGood);
  const auto body = *stage.roles.find("app")->state()->documents.imds;
  CHECK(body.find("\"Expiration\" : \"2026-11-20T23:36:24Z\"") != std::string::npos);
  CHECK(stage.app.state()->credentials->expiration > stage.clock.wall());
}

}  // namespace
}  // namespace understudy::service
