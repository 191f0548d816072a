#include "understudy/service/compat_roles.hpp"

#include <future>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "fakes/fake_roles.hpp"
#include "fakes/fake_surroundings.hpp"
#include "get_request.hpp"
#include "understudy/service/containers.hpp"

#include <doctest/doctest.h>

namespace understudy::service {
namespace {

constexpr const char* kToken = "an-example-token-of-43-characters-abcdefghi";

/// Configured roles, of which `audit` is served with a token alone.
struct Stage {
  explicit Stage(bool on_demand = false)
      : containers({{"audit", "", &audit, Secret(kToken)}, {"app", "/role/special", &app, std::nullopt}},
                   {{}, false, ""}, surroundings.clock, surroundings.log,
                   {CompatRoles({&app, &team, &audit, &twice, &again, &unknown}, on_demand ? &others : nullptr)}) {
    int mark = 0;
    for (auto* role : {&app, &team, &audit, &twice, &again, &unknown}) {
      role->publish(fakes::some_credentials(surroundings.clock.wall(), std::to_string(++mark)));
    }
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
  Containers containers;
};

void check_role(const Response& response, const fakes::FakeRole& role) {
  CHECK(response.status == 200);
  CHECK(response.body.view().data() == role.state()->documents.ecs->data());
}

void check_error(const Response& response, int status, const std::string& code) {
  CHECK(response.status == status);
  CHECK(response.headers == Headers{{"Content-Type", "application/json"}});
  CHECK(response.body.view().starts_with(R"({"code":")" + code + R"(","message":")"));
  CHECK(response.body.view().ends_with(R"("HTTPErrorCode":)" + std::to_string(status) + "}"));
}

TEST_CASE("a configured role is found by its name and by its ARN") {
  Stage stage;
  const std::string app_arn = "/role-arn/arn:aws:iam::111122223333:role/app";
  for (const auto& target : {std::string("/role/app"), std::string("/role/app/"), std::string("//role//app"), app_arn,
                             app_arn + "/", std::string("/role-arn/arn%3Aaws%3Aiam%3A%3A111122223333%3Arole/app")}) {
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
  for (const char* target : {"/role/audit", "/role-arn/arn:aws:iam::444455556666:role/audit"}) {
    CAPTURE(target);
    check_error(stage.ask(target), 401, "AuthorizationFailed");
    check_error(stage.ask(target, {{"Authorization", "wrong"}}), 401, "AuthorizationFailed");
    check_role(stage.ask(target, {{"Authorization", kToken}}), stage.audit);
  }
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
