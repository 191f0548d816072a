#include "understudy/service/compat_roles.hpp"

#include <future>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "compat_checks.hpp"
#include "fakes/fake_roles.hpp"
#include "fakes/fake_surroundings.hpp"
#include "get_request.hpp"
#include "understudy/service/containers.hpp"

#include <doctest/doctest.h>

namespace understudy::service {
namespace {

/// Configured roles, of which `audit` and `played` are served with a token alone.
struct Stage {
  enum class Played { kCold, kFetched };

  explicit Stage(bool on_demand = false, Played is = Played::kFetched)
      : containers(
            entries, {{}, false, ""}, surroundings.clock, surroundings.log,
            {CompatRoles(
                {{&app, &team, &audit, &twice, &again, &unknown, &played}, open_roles(entries), guarded_roles(entries)},
                on_demand ? &others : nullptr)}) {
    int mark = 0;
    for (auto* role : {&app, &team, &audit, &twice, &again, &unknown}) {
      role->publish(fakes::some_credentials(surroundings.clock.wall(), std::to_string(++mark)));
    }
    if (is == Played::kFetched) {
      fetch_played();
    }
  }
  void fetch_played() {
    auto credentials = fakes::some_credentials(surroundings.clock.wall(), "played");
    credentials.role_arn = kPlayedArn;
    played.publish(credentials);
  }
  Response ask(const std::string& target, const Headers& headers = {}) {
    return answer_now(containers, get(target, headers));
  }

  fakes::FakeSurroundings surroundings;
  fakes::FakeSource base{surroundings.clock};
  source::OnDemandRoles others{surroundings.get(), base, 1};
  fakes::FakeRole app{"app", "arn:aws:iam::111122223333:role/app"};
  fakes::FakeRole team{"team", "arn:aws:iam::111122223333:role/eu/team/reader"};
  fakes::FakeRole audit{"audit", "arn:aws:iam::444455556666:role/audit"};
  fakes::FakeRole twice{"twice", "arn:aws:iam::111122223333:role/twice"};
  fakes::FakeRole again{"again", "arn:aws:iam::444455556666:role/twice"};
  fakes::FakeRole unknown{"unknown"};
  fakes::FakeRole played{"played"};  ///< As one of a profile: its credentials alone tell its ARN.
  std::vector<ContainerCredential> entries{{"audit", "", &audit, Secret(kToken)},
                                           {"app", "/role/special", &app, std::nullopt},
                                           {"played", "", &played, Secret(kToken)}};
  Containers containers;
};

TEST_CASE("a configured role is found by its name and by its ARN") {
  Stage stage;
  const std::string app_arn = "/role-arn/arn:aws:iam::111122223333:role/app";
  for (const auto& target : {std::string("/role/app"), std::string("/role/app/"), std::string("//role//app"), app_arn,
                             app_arn + "/", std::string("/role-arn/arn%3Aaws%3Aiam%3A%3A111122223333%3Arole/app"),
                             std::string("/role-arn/arn%3Aaws%3Aiam%3A%3A111122223333%3Arole%2Fapp")}) {
    CAPTURE(target);
    check_role(stage.ask(target), stage.app);
  }
  for (const char* target : {"/role/reader", "/role-arn/arn:aws:iam::111122223333:role/eu/team/reader"}) {
    CAPTURE(target);
    check_role(stage.ask(target), stage.team);
  }
  check_role(stage.ask("/role-arn/arn:aws:iam::444455556666:role/twice"), stage.again);
}

TEST_CASE("what no configured role has is refused as an id that is not there") {
  Stage stage;
  for (const char* target :
       {"/role/nobody", "/role/App", "/role/eu/team/reader", "/role/unknown", "/role-arn/app",
        "/role-arn/arn:aws:iam::444455556666:role/app", "/role-arn/arn:aws:iam::111122223333:role/reader",
        "/role-arn/arn:aws:iam::111122223333:role/app/reader", "/role-arn/arn:aws:iam::111122223333:role/app/app",
        "/role-arn/arn:aws:iam::111122223333:role"}) {
    CAPTURE(target);
    check_error(stage.ask(target), 400, "InvalidIdInRequest");
  }
  for (const char* target : {"/role", "/role/", "/role-arn", "/role-arn/"}) {
    CAPTURE(target);
    check_error(stage.ask(target), 400, "NoIdInRequest");
  }
  for (const char* target : {"/roles/app", "/role-arns/app", "/rolex", "/role/../role/app", "/role/a%2fb"}) {
    CAPTURE(target);
    CHECK(stage.ask(target).status == 404);
  }
}

TEST_CASE("a name that two accounts have is not guessed at") {
  Stage stage(true);
  const auto response = stage.ask("/role/twice");
  check_error(response, 400, "InvalidIdInRequest");
  CHECK(response.body.view().find("/role-arn/") != std::string_view::npos);
}

TEST_CASE("no path leads past a token") {
  Stage stage(true);
  struct Row {
    std::string target;
    const fakes::FakeRole& role;
  };
  for (const auto& [target, role] : {Row{"/role/audit", stage.audit},
                                     {"/role-arn/arn:aws:iam::444455556666:role/audit", stage.audit},
                                     {"/role/played", stage.played},
                                     {std::string("/role-arn/") + kPlayedArn, stage.played}}) {
    CAPTURE(target);
    check_error(stage.ask(target), 401, "AuthorizationFailed");
    check_error(stage.ask(target, {{"Authorization", "wrong"}}), 401, "AuthorizationFailed");
    check_role(stage.ask(target, {{"Authorization", kToken}}), role);
  }
}

TEST_CASE("a role that lost its credentials is known by the ARN that they told") {
  for (const bool on_demand : {false, true}) {
    Stage stage(on_demand);
    stage.played.lose({Error::Kind::kUnavailable, "Timeout", "STS did not answer"});
    for (const auto& target : {std::string("/role/played"), std::string("/role-arn/") + kPlayedArn}) {
      CAPTURE(target);
      check_error(stage.ask(target), 401, "AuthorizationFailed");
      check_error(stage.ask(target, {{"Authorization", kToken}}), 503, "CredentialsUninitialized");
    }
  }
}

TEST_CASE("none is played on demand while it may be a role with a token that was never fetched") {
  const auto ask_for = get(std::string("/role-arn/") + kPlayedArn);
  Stage stage(true, Stage::Played::kCold);
  check_role(stage.ask("/role/app"), stage.app);
  check_error(stage.ask("/role/audit"), 401, "AuthorizationFailed");
  check_error(answer_now(stage.containers, ask_for), 503, "CredentialsUninitialized");
  check_error(stage.ask("/role/another"), 503, "CredentialsUninitialized");
  const auto answer = stage.containers.answer(ask_for, Patience::kMayWait);
  REQUIRE(std::holds_alternative<std::shared_ptr<Deferred>>(answer));
  int woken = 0;
  std::get<std::shared_ptr<Deferred>>(answer)->on_ready([&] { ++woken; });
  stage.played.fail({Error::Kind::kActionNeeded, "MfaRequired", "secret of the role"});
  CHECK(woken == 1);
  const auto failed = stage.containers.answer(ask_for, Patience::kMayWait);
  REQUIRE(std::holds_alternative<Response>(failed));
  check_error(std::get<Response>(failed), 503, "CredentialsUninitialized");
  CHECK(std::get<Response>(failed).body.view().find(R"(role \"played\")") != std::string_view::npos);
  CHECK(std::get<Response>(failed).body.view().find("secret of the role") == std::string_view::npos);
  CHECK(stage.surroundings.sts.asked().empty());
  stage.fetch_played();
  check_error(answer_now(stage.containers, ask_for), 401, "AuthorizationFailed");
  check_error(stage.ask("/role/another"), 503, "CredentialsUninitialized");
  CHECK(stage.ask("/role/another").body.view().find("played") == std::string_view::npos);
}

TEST_CASE("without roles on demand, what is not found waits for those that nobody has tried to fetch") {
  const auto ask_for = get(std::string("/role-arn/") + kPlayedArn, {{"Authorization", kToken}});
  Stage stage(false, Stage::Played::kCold);
  check_error(answer_now(stage.containers, ask_for), 503, "CredentialsUninitialized");
  const auto answer = stage.containers.answer(ask_for, Patience::kMayWait);
  REQUIRE(std::holds_alternative<std::shared_ptr<Deferred>>(answer));
  int woken = 0;
  std::get<std::shared_ptr<Deferred>>(answer)->on_ready([&] { ++woken; });
  CHECK(woken == 0);
  stage.fetch_played();
  CHECK(woken == 1);
  check_role(answer_now(stage.containers, ask_for), stage.played);
  Stage failing(false, Stage::Played::kCold);
  failing.played.fail({Error::Kind::kUnavailable, "Timeout", "STS did not answer"});
  check_error(answer_now(failing.containers, ask_for), 400, "InvalidIdInRequest");
}

TEST_CASE("a role is guarded where each of its entries takes a token") {
  fakes::FakeRole app("app");
  fakes::FakeRole audit("audit");
  fakes::FakeRole both("both");
  const auto guarded = guarded_roles({{"a", "", &audit, Secret(kToken)},
                                      {"b", "", &app, std::nullopt},
                                      {"c", "", &both, Secret(kToken)},
                                      {"d", "", &both, std::nullopt},
                                      {"e", "", &audit, Secret("another")}});
  CHECK(guarded == std::vector<source::Role*>{&audit});
}

TEST_CASE("an entry's own path comes first, and without compat there are no others") {
  Stage stage;
  check_role(stage.ask("/role/special"), stage.app);
  Containers plain({{"app", "", &stage.app, std::nullopt}}, {{}, false, ""}, stage.surroundings.clock,
                   stage.surroundings.log);
  CHECK(answer_now(plain, get("/role/app")).status == 404);
  CHECK(answer_now(plain, get("/role-arn/arn:aws:iam::111122223333:role/app")).status == 404);
}

TEST_CASE("on demand any role is played, once somebody can wait for it") {
  Stage stage(true);
  const auto request = get("/role-arn/arn:aws:iam::777788889999:role/y/y");
  check_error(answer_now(stage.containers, request), 503, "CredentialsUninitialized");
  check_error(stage.ask("/role/another"), 503, "TooManyRoles");
  auto answer = stage.containers.answer(request, Patience::kMayWait);
  REQUIRE(std::holds_alternative<std::shared_ptr<Deferred>>(answer));
  const auto woken = std::make_shared<std::promise<void>>();
  std::get<std::shared_ptr<Deferred>>(answer)->on_ready([woken] { woken->set_value(); });
  woken->get_future().wait();
  const auto response = answer_now(stage.containers, request);
  CHECK(response.status == 200);
  CHECK(response.body.view().starts_with(R"({"RoleArn":"arn:aws:iam::777788889999:role/y/y",)"));
  CHECK(stage.surroundings.sts.asked().size() == 1);
  for (const char* target : {"/role/a b", "/role/x/y", "/role-arn/arn:aws:s3:::bucket", "/role-arn/y"}) {
    CAPTURE(target);
    check_error(stage.ask(target), 400, "InvalidIdInRequest");
  }
}

}  // namespace
}  // namespace understudy::service
