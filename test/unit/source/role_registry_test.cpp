#include "understudy/source/role_registry.hpp"

#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "fakes/fake_blueprint.hpp"
#include "fakes/fake_surroundings.hpp"

#include <doctest/doctest.h>

namespace understudy::source {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

/// Plans whose roles lead to fake sources by the same key.
struct Stage {
  fakes::FakeSurroundings surroundings;
  std::map<std::string, std::unique_ptr<fakes::FakeSource>> sources;
  std::vector<RolePlan> plans;

  void add(const std::string& key, const std::string& base = "") {
    auto& source = sources[key];
    source = std::make_unique<fakes::FakeSource>(surroundings.clock);
    plans.push_back({key, std::make_shared<fakes::FakeBlueprint>(*source, "arn:" + key), base});
  }

  std::unique_ptr<RoleRegistry> build() {
    auto built = RoleRegistry::build(plans, surroundings.get());
    REQUIRE(built);
    return *std::move(built);
  }
};

TEST_CASE("roles are found by their key and fetch nothing by themselves") {
  Stage stage;
  stage.add("app");
  const auto registry = stage.build();
  REQUIRE(registry->find("app") != nullptr);
  CHECK(registry->find("app")->key() == "app");
  CHECK(registry->find("app")->arn() == "arn:app");
  CHECK(registry->find("other") == nullptr);
  CHECK(registry->find("") == nullptr);
  CHECK(stage.sources["app"]->calls() == 0);
}

TEST_CASE("a chain in any order is built, and each base is fetched once for all that start from it") {
  Stage stage;
  stage.add("c", "b");
  stage.add("d", "b");
  stage.add("b", "a");
  stage.add("a");
  const auto registry = stage.build();
  CHECK(registry->prefetch({"c", "d"}, seconds(10)) == 0);
  for (const auto* key : {"a", "b", "c", "d"}) {
    CHECK(stage.sources[key]->calls() == 1);
  }
}

TEST_CASE("roles that can not be built are an error that names them") {
  struct Row {
    std::vector<std::pair<std::string, std::string>> roles;
    std::string message;
  };
  const std::vector<Row> rows{
      {{{"a", "a"}}, "role a starts, by way of its source, from itself"},
      {{{"a", "b"}, {"b", "c"}, {"c", "a"}, {"d", ""}}, "role a starts, by way of its source, from itself"},
      {{{"a", "x"}}, "role a starts from x, which is no role"},
      {{{"a", ""}, {"a", ""}}, "role a is there twice"},
  };
  for (const auto& row : rows) {
    Stage stage;
    for (const auto& [key, base] : row.roles) {
      stage.add(key, base);
    }
    const auto built = RoleRegistry::build(stage.plans, stage.surroundings.get());
    REQUIRE_FALSE(built);
    CHECK(built.error().kind == Error::Kind::kInvalid);
    CHECK(built.error().message == row.message);
  }
}

TEST_CASE("prefetch waits until every role has settled, whatever came of it") {
  Stage stage;
  stage.add("good");
  stage.add("bad");
  stage.sources["bad"]->then(Error{Error::Kind::kDenied, "AccessDenied", "no"});
  const auto registry = stage.build();
  CHECK(registry->prefetch({"good", "bad", "good", "unknown"}, seconds(10)) == 0);
  CHECK(registry->find("good")->state()->credentials.has_value());
  CHECK(registry->find("bad")->state()->error->code == "AccessDenied");
  CHECK(registry->prefetch({"good", "bad"}, seconds(10)) == 0);
  CHECK(stage.sources["good"]->calls() == 1);
}

TEST_CASE("keys that roles start from are told once, with the first role that does") {
  Stage stage;
  for (const auto* key : {"c", "b", "a"}) {
    stage.add(key);
  }
  stage.sources["b"]->starts_from({fakes::permanent_credentials()});
  stage.sources["c"]->starts_from({fakes::permanent_credentials(), fakes::numbered_credentials(7, WallTime{})});
  const auto own = stage.build()->own_keys();
  REQUIRE(own.size() == 2);
  CHECK(own[0].role == "b");
  CHECK(own[0].keys == fakes::permanent_credentials());
  CHECK(own[1].role == "c");
  CHECK(own[1].keys.access_key_id == "ASIAEXAMPLE000000007");
}

TEST_CASE("prefetch gives up waiting and says how many are left, and they come later") {
  Stage stage;
  stage.add("slow");
  stage.sources["slow"]->close();
  const auto registry = stage.build();
  CHECK(registry->prefetch({"slow"}, milliseconds(0)) == 1);
  CHECK(registry->find("slow")->state()->is_cold());
  stage.sources["slow"]->open();
  CHECK(registry->prefetch({"slow"}, seconds(10)) == 0);
  CHECK(stage.sources["slow"]->calls() == 1);
}

TEST_CASE("prefetch stops at its limit") {
  Stage stage;
  std::vector<std::string> keys;
  for (int i = 0; i < 70; ++i) {
    keys.push_back("role" + std::to_string(i));
    stage.add(keys.back());
  }
  const auto registry = stage.build();
  CHECK(registry->prefetch(keys, seconds(10)) == 0);
  CHECK(stage.sources["role63"]->calls() == 1);
  CHECK(stage.sources["role64"]->calls() == 0);
  std::atomic<bool> woken = false;
  registry->find("role64")->on_settled([&] { woken = true; });
  CHECK(stage.sources["role64"]->wait_for_calls(1));
  registry->stop();
  CHECK(woken);
}

TEST_CASE("refresh_now brings new credentials before the old ones are due") {
  Stage stage;
  stage.add("app");
  const auto registry = stage.build();
  REQUIRE(registry->prefetch({"app"}, seconds(10)) == 0);
  CHECK_FALSE(registry->refresh_now("other"));
  // The thread of the first fetch may be putting its tools away still; asking is then joined with it.
  for (int i = 0; i < 1000 && stage.sources["app"]->calls() < 2; ++i) {
    CHECK(registry->refresh_now("app"));
    std::this_thread::yield();
  }
  CHECK(stage.sources["app"]->wait_for_calls(2));
  registry->stop();
  CHECK(registry->find("app")->state()->generation >= 2);
}

TEST_CASE("five hundred clients on a cold role cause one fetch and are all woken") {
  Stage stage;
  stage.add("app");
  stage.sources["app"]->close();
  const auto registry = stage.build();
  std::atomic<int> woken = 0;
  for (int i = 0; i < 500; ++i) {
    registry->find("app")->on_settled([&] { ++woken; });
  }
  stage.sources["app"]->open();
  CHECK(registry->prefetch({"app"}, seconds(10)) == 0);
  registry->stop();
  CHECK(woken == 500);
  CHECK(stage.sources["app"]->calls() == 1);
}

TEST_CASE("a registry takes over what the other has got in the meantime, and nothing older than its own") {
  Stage stage;
  stage.add("app");
  const auto before = stage.build();
  CHECK(before->prefetch({"app"}, seconds(10)) == 0);
  const auto after = stage.build();
  after->continue_from(*before, {"app"});
  stage.surroundings.clock.advance(minutes(1));
  before->find("app")->refresh();
  after->continue_from(*before, {"app"});
  CHECK(after->find("app")->state()->generation == 2);
  CHECK(after->find("app")->state()->credentials == before->find("app")->state()->credentials);
  stage.surroundings.clock.advance(minutes(1));
  after->find("app")->refresh();
  const auto own = after->find("app")->state();
  after->continue_from(*before, {"app"});
  CHECK(after->find("app")->state()->credentials == own->credentials);
}

TEST_CASE("a registry goes on with the credentials of another, renews them in time, and tries again what failed") {
  Stage stage;
  for (const auto* key : {"app", "changed", "failed", "unasked"}) {
    stage.add(key);
  }
  stage.sources["failed"]->then(Error{Error::Kind::kDenied, "AccessDenied", "no"});
  const auto before = stage.build();
  CHECK(before->prefetch({"app", "changed", "failed"}, seconds(10)) == 0);
  const auto after = stage.build();
  after->continue_from(*before, {"app", "failed", "unasked", "gone"});
  before->stop();
  CHECK(after->find("app")->state()->credentials == before->find("app")->state()->credentials);
  for (const auto* key : {"changed", "unasked"}) {
    CAPTURE(key);
    CHECK(after->find(key)->state()->is_cold());
  }
  CHECK(stage.sources["app"]->calls() == 1);
  stage.surroundings.clock.advance(minutes(56));
  after->retry_waiting();  // Has the threads look at the clock.
  for (const auto* key : {"app", "failed"}) {
    while (stage.sources[key]->calls() < 2) {
      std::this_thread::yield();
    }
  }
  CHECK(stage.sources["unasked"]->calls() == 0);
}

TEST_CASE("once a person has acted, what waited for that is tried again, and what starts from it") {
  Stage stage;
  stage.add("base");
  stage.add("top", "base");
  stage.add("other");
  stage.sources["base"]->then(Error{Error::Kind::kActionNeeded, "MfaRequired", "a code is needed"});
  stage.sources["other"]->then(Error{Error::Kind::kDenied, "AccessDenied", "no"});
  const auto registry = stage.build();
  CHECK(registry->prefetch({"top", "other"}, seconds(10)) == 0);
  CHECK(registry->find("top")->state()->error->code == "MfaRequired");
  registry->retry_waiting();
  CHECK(registry->find("top")->get(Freshness::kCached).has_value());
  CHECK(stage.sources["base"]->calls() == 2);
  CHECK(stage.sources["other"]->calls() == 1);
  CHECK(registry->all().size() == 3);
}

TEST_CASE("a role whose MFA code was refused takes the next one without waiting") {
  Stage stage;
  stage.add("base");
  stage.add("top", "base");
  stage.sources["base"]->then(Error{Error::Kind::kDenied, "AccessDenied",
                                    "MultiFactorAuthentication failed with invalid MFA one time pass code."});
  const auto registry = stage.build();
  CHECK(registry->prefetch({"top"}, seconds(10)) == 0);
  CHECK_FALSE(registry->find("top")->get(Freshness::kCached).has_value());
  CHECK(stage.sources["base"]->calls() == 1);
  registry->retry_waiting();
  CHECK(registry->find("top")->get(Freshness::kCached).has_value());
  CHECK(stage.sources["base"]->calls() == 2);
}

}  // namespace
}  // namespace understudy::source
