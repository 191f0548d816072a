#include "understudy/source/on_demand_roles.hpp"

#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "fakes/fake_source.hpp"
#include "fakes/fake_surroundings.hpp"

#include <doctest/doctest.h>

namespace understudy::source {
namespace {

constexpr const char* kArn = "arn:aws:iam::444455556666:role/team/app";

/// A base in account 111122223333, and room for two.
struct Stage {
  std::shared_ptr<Role> find(const std::string& role) {
    for (;;) {  // A thread that has just settled a role is about to let go of it.
      auto found = roles.find(role);
      if (found) {
        return *found;
      }
      REQUIRE(found.error().code == "TooManyRoles");
      std::this_thread::yield();
    }
  }
  /// Found, and fetched.
  std::shared_ptr<Role> play(const std::string& role) {
    auto found = find(role);
    const auto settled = std::make_shared<std::promise<void>>();
    found->on_settled([settled] { settled->set_value(); });
    settled->get_future().wait();
    return found;
  }

  fakes::FakeSurroundings surroundings;
  fakes::FakeSource base{surroundings.clock};
  OnDemandRoles roles{surroundings.get(), base, 2};
};

TEST_CASE("a role is played by its ARN when somebody waits for it, and once for all who ask") {
  Stage stage;
  const auto role = stage.find(kArn);
  CHECK(role->arn() == kArn);
  CHECK(role->state()->is_cold());
  CHECK(stage.base.calls() == 0);
  CHECK(stage.play(kArn) == role);
  CHECK(stage.play(kArn) == role);
  CHECK(role->state()->credentials->role_arn == kArn);
  REQUIRE(stage.surroundings.sts.asked().size() == 1);
  CHECK(stage.surroundings.sts.assume_role(0).role_arn == kArn);
  CHECK(stage.surroundings.sts.assume_role(0).role_session_name == "understudy-app");
  CHECK(stage.surroundings.sts.asked()[0].key_id == "ASIAEXAMPLE000000001");
}

TEST_CASE("sessions are called as the prefix and the role's name, cut at 64") {
  Stage stage;
  OnDemandRoles roles(stage.surroundings.get(), stage.base, 2, "ecs-local-");
  const auto role = *roles.find("arn:aws:iam::444455556666:role/" + std::string(64, 'r'));
  const auto settled = std::make_shared<std::promise<void>>();
  role->on_settled([settled] { settled->set_value(); });
  settled->get_future().wait();
  CHECK(stage.surroundings.sts.assume_role(0).role_session_name == "ecs-local-" + std::string(54, 'r'));
}

TEST_CASE("a role is played by its name in the account of the base") {
  Stage stage;
  CHECK(stage.play("reader")->state()->credentials->role_arn == "arn:aws:iam::111122223333:role/reader");
}

TEST_CASE("where the base does not tell its account, STS is asked whose it is") {
  Stage stage;
  stage.base.then(fakes::permanent_credentials());
  aws::StsAnswer caller;
  caller.account = "777788889999";
  stage.surroundings.sts.then(caller);
  CHECK(stage.play("reader")->state()->credentials->role_arn == "arn:aws:iam::777788889999:role/reader");

  Stage refused;
  refused.base.then(fakes::permanent_credentials());
  refused.surroundings.sts.then(Error{Error::Kind::kDenied, "InvalidClientTokenId", "nobody knows these keys"});
  CHECK(refused.play("reader")->state()->error->code == "InvalidClientTokenId");
}

TEST_CASE("what can be no role is refused before anything is made") {
  Stage stage;
  for (const auto& role : std::vector<std::string>{"", "team/app", "a b", "app:x", std::string(65, 'a')}) {
    CAPTURE(role);
    CHECK(stage.roles.find(role).error().code == "InvalidRoleName");
  }
  for (const std::string role : {"arn:aws:iam::111122223333:user/app", "arn:aws:iam::1:role/app", "arn:aws:s3:::bucket",
                                 "arn:aws:iam::111122223333:role/", "arn:"}) {
    CAPTURE(role);
    CHECK(stage.roles.find(role).error().code == "InvalidArn");
  }
}

TEST_CASE("STS's refusal is the role's own, and no other's") {
  Stage stage;
  stage.surroundings.sts.then(Error{Error::Kind::kDenied, "AccessDenied", "no"});
  CHECK(stage.play("a")->state()->error->code == "AccessDenied");
  CHECK(stage.play("b")->state()->credentials.has_value());
}

TEST_CASE("one more takes the place of the one that was asked for longest ago") {
  Stage stage;
  const auto a = stage.play("a");
  const auto b = stage.play("b");
  CHECK(stage.find("a") == a);
  stage.roles.stop();  // No thread holds on to either.
  const auto c = stage.find("c");
  CHECK(stage.find("a") == a);
  CHECK(stage.find("c") == c);
  CHECK(stage.find("b") != b);
  CHECK(b->state()->credentials.has_value());
}

TEST_CASE("what has no credentials gives way before what has, however long ago that was asked for") {
  Stage stage;
  const auto used = stage.play("used");
  stage.surroundings.sts.then(Error{Error::Kind::kDenied, "AccessDenied", "no"});
  const auto made_up = stage.play("made-up");
  stage.roles.stop();  // No thread holds on to either.
  CHECK(stage.find("more") != nullptr);
  CHECK(stage.find("used") == used);
  CHECK(made_up->state()->error->code == "AccessDenied");
}

TEST_CASE("of made-up names a burst is played, then one a second, and roles that are there are no such") {
  Stage stage;
  (void)stage.play("known");
  for (int i = 1; i < 64; ++i) {
    (void)stage.roles.find("made-up-" + std::to_string(i));
  }
  for (int i = 0; i < 1000; ++i) {
    const auto refused = stage.roles.find("other-" + std::to_string(i));
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().kind == Error::Kind::kThrottled);
    CHECK(refused.error().code == "TooManyNewRoles");
  }
  stage.surroundings.clock.advance(std::chrono::seconds(1));
  const auto next = stage.roles.find("next");
  CHECK((next.has_value() || next.error().code == "TooManyRoles"));
  CHECK(stage.roles.find("after-next").error().code == "TooManyNewRoles");
}

TEST_CASE("asking for roles that are there takes nothing from those that are not") {
  Stage stage;
  const auto a = stage.find("a");
  for (int i = 0; i < 100; ++i) {
    CHECK(stage.find("a") == a);
  }
  CHECK(stage.roles.find("b").has_value());
}

TEST_CASE("those that somebody waits for stay") {
  Stage stage;
  const auto a = stage.find("a");
  const auto b = stage.find("b");
  const auto third = stage.roles.find("c");
  REQUIRE_FALSE(third.has_value());
  CHECK(third.error().kind == Error::Kind::kThrottled);
  CHECK(third.error().code == "TooManyRoles");
  CHECK(stage.find("a") == a);
}

}  // namespace
}  // namespace understudy::source
