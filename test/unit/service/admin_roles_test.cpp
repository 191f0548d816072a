#include "understudy/service/admin_roles.hpp"

#include <algorithm>
#include <string>

#include "fakes/fake_clock.hpp"
#include "fakes/fake_roles.hpp"

#include <doctest/doctest.h>

namespace understudy::service {
namespace {

using nlohmann::json;

struct Stage {
  fakes::FakeClock clock;
  fakes::FakeRoles roles;
  source::MfaDesk mfa{clock};
  ConfigRecord record{clock.wall()};
  std::vector<AdminRoute> routes = role_routes(roles, mfa, record, clock.wall(), clock);

  Response ask(std::string_view method, std::string_view path, const json& body = json::object()) {
    const auto route = std::ranges::find_if(
        routes, [&](const AdminRoute& each) { return each.method == method && each.path == path; });
    REQUIRE(route != routes.end());
    return route->answer(body);
  }
};

json body_of(const Response& response) { return json::parse(response.body.view()); }

TEST_CASE("the status tells each role's state and no secret") {
  Stage stage;
  stage.roles.add("app", "arn:aws:iam::111122223333:role/app").publish(fakes::some_credentials(stage.clock.wall()));
  stage.roles.add("base").fail({Error::Kind::kInvalid, "NotTemporary", "no session token"});
  stage.roles.add("cold");
  stage.roles.add("denied").fail({Error::Kind::kDenied, "AccessDenied", "you may not"});
  stage.roles.add("me").fail({Error::Kind::kActionNeeded, "MfaRequired", "a code is needed"});
  stage.mfa.expect("me", "serial");
  CHECK_FALSE(stage.mfa.take("me", "serial").has_value());
  const auto response = stage.ask("GET", "v1/status");
  CHECK(response.body.view().find("secret-1") == std::string_view::npos);
  CHECK(response.body.view().find("token-1") == std::string_view::npos);
  const auto status = body_of(response);
  CHECK(status["version"] == UNDERSTUDY_VERSION);
  CHECK(status["roles"] == json::parse(R"([
    {"role": "app", "arn": "arn:aws:iam::111122223333:role/app", "state": "good", "access_key_id": "...PLE1",
     "expires": "2026-11-21T00:37:24Z"},
    {"role": "base", "state": "permanent"},
    {"role": "cold", "state": "cold"},
    {"role": "denied", "state": "refused", "code": "AccessDenied", "message": "you may not"},
    {"role": "me", "state": "absent", "code": "MfaRequired", "message": "a code is needed"}])"));
  CHECK(status["mfa"] == json::parse(R"([{"role": "me", "device": "serial", "waiting": true}])"));
}

TEST_CASE("the status tells when the configuration was read, and why the last one was not served") {
  Stage stage;
  const auto configuration = [&] { return body_of(stage.ask("GET", "v1/status"))["configuration"]; };
  CHECK(configuration() == json::parse(R"({"read": "2026-11-20T23:37:24Z"})"));
  stage.clock.advance(std::chrono::minutes(1));
  stage.record.note_refusal(stage.clock.wall(), {"understudy.yaml:1: imsd: unknown", "and another"});
  const auto refused = json::parse(R"({"at": "2026-11-20T23:38:24Z",
                                       "messages": ["understudy.yaml:1: imsd: unknown", "and another"]})");
  CHECK(configuration() == json{{"read", "2026-11-20T23:37:24Z"}, {"refused", refused}});
  stage.clock.advance(std::chrono::minutes(1));
  stage.record.note_reload(stage.clock.wall());
  CHECK(configuration() == json{{"read", "2026-11-20T23:39:24Z"}});
}

TEST_CASE("a posted code is left for its role, and what waits is tried again") {
  struct Row {
    json body;
    int status;
    std::string code;
    std::string message;
  };
  const std::vector<Row> rows{
      {{{"role", "me"}, {"code", "123456"}}, 202, "", ""},
      {{{"role", "me"}, {"code", "12345"}}, 400, "BadMfaCode", "six digits"},
      {{{"role", "me"}, {"code", 123456}}, 400, "BadMfaCode", "six digits"},
      {{{"role", "me"}}, 400, "BadMfaCode", "six digits"},
      {{{"role", "me"}, {"code", "000000"}}, 409, "MfaCodeSpent", "used before"},
      {{{"role", "app"}, {"code", "123456"}}, 404, "NoMfaDevice", "those that do: me"},
      {{{"role", "mee"}, {"code", "123456"}}, 404, "NoSuchRole", "did you mean \"me\""},
      {json::object(), 404, "NoSuchRole", "there are: app, me"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.body.dump());
    Stage stage;
    stage.roles.add("app");
    stage.roles.add("me");
    stage.mfa.expect("me", "serial");
    REQUIRE(stage.mfa.spend("serial", "000000"));
    const auto response = stage.ask("POST", "v1/mfa", row.body);
    CHECK(response.status == row.status);
    CHECK(body_of(response).value("code", "") == row.code);
    CHECK(body_of(response).value("message", "").find(row.message) != std::string::npos);
    CHECK(stage.roles.retries == (row.status == 202 ? 1 : 0));
    CHECK((stage.mfa.take("me", "serial") == "123456") == (row.status == 202));
  }
}

TEST_CASE("a role is fetched anew, or what waits tried again, on demand") {
  Stage stage;
  stage.roles.add("app");
  CHECK(stage.ask("POST", "v1/refresh", {{"role", "app"}}).status == 202);
  CHECK(stage.ask("POST", "v1/refresh", {{"role", "apq"}}).status == 404);
  CHECK(stage.roles.refreshed == std::vector<std::string>{"app", "apq"});
  CHECK(stage.ask("POST", "v1/retry").status == 202);
  CHECK(stage.roles.retries == 1);
}

}  // namespace
}  // namespace understudy::service
