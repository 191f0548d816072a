#include "understudy/app/login_command.hpp"

#include <string>

#include "unit/app/serving.hpp"

#include <doctest/doctest.h>

namespace understudy::app {
namespace {

constexpr const char* kRoles = R"(roles:
  dev: {profile: team}
  corp: {sso: {session: corp, account_id: "111122223333", role_name: Dev}}
  old: {sso: {start_url: "https://old.awsapps.com/start", region: us-west-2, account_id: "111122223333", role_name: Dev}}
  app: {assume_role: arn:aws:iam::111122223333:role/app, source: corp}
  far: {assume_role: arn:aws:iam::111122223333:role/far, source: app}
  keys: {environment: true}
  rich: {assume_role: arn:aws:iam::111122223333:role/rich, source: keys}
)";

TEST_CASE("a name is a role of the configuration, the role that it starts from, or else a profile") {
  const auto config = std::optional(config_of(kRoles));
  const source::LogIn corp{.session = "corp"};
  CHECK(log_in_named("dev", config).value() == source::LogIn{.profile = "team"});
  CHECK(log_in_named("corp", config).value() == corp);
  CHECK(log_in_named("app", config).value() == corp);
  CHECK(log_in_named("far", config).value() == corp);
  CHECK(log_in_named("old", config).value() ==
        source::LogIn{.start_url = "https://old.awsapps.com/start", .region = "us-west-2"});
  CHECK(log_in_named("team", config).value() == source::LogIn{.profile = "team"});
  CHECK(log_in_named("dev", std::nullopt).value() == source::LogIn{.profile = "dev"});
}

TEST_CASE("a role that starts from something else has nothing to log in to") {
  for (const auto* name : {"keys", "rich"}) {
    const auto found = log_in_named(name, config_of(kRoles));
    REQUIRE_FALSE(found.has_value());
    CHECK(found.error().code == "NoLogIn");
    CHECK(found.error().message.find(name) != std::string::npos);
    CHECK(found.error().message.find("it starts from") != std::string::npos);
  }
}

}  // namespace
}  // namespace understudy::app
