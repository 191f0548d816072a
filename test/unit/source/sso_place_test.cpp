#include "understudy/source/sso_place.hpp"

#include <filesystem>
#include <fstream>
#include <string>

#include "fakes/temp_folder.hpp"
#include "understudy/base/text.hpp"

#include <doctest/doctest.h>

namespace understudy::source {
namespace {

constexpr std::string_view kShared = R"([sso-session corp]
sso_start_url = https://corp.awsapps.com/start
sso_region = eu-west-1
[sso-session wide]
sso_start_url = https://wide.awsapps.com/start
sso_region = us-east-1
sso_registration_scopes = sso:account:access, codecatalyst:read_write
[sso-session half]
sso_region = us-east-1
[profile dev]
sso_session = corp
sso_account_id = 111122223333
sso_role_name = Dev
[profile chained]
role_arn = arn:aws:iam::111122223333:role/app
source_profile = dev
[profile legacy]
sso_start_url = https://old.awsapps.com/start
sso_region = us-west-2
sso_account_id = 111122223333
sso_role_name = Dev
[profile mine]
login_session = arn:aws:iam::111122223333:user/me
[profile keys]
aws_access_key_id = AKIAIOSFODNN7EXAMPLE
aws_secret_access_key = fake-secret
)";

Result<aws::SsoPlace> place(const LogIn& log_in) {
  return sso_place(aws::SharedConfig::parse({kShared, "config"}, {}).value(), log_in, "config");
}

TEST_CASE("a profile leads to its session, its own start URL, or those of the profile that it starts from") {
  const aws::SsoPlace corp{"corp", "https://corp.awsapps.com/start", "eu-west-1", {"sso:account:access"}};
  CHECK(place({.profile = "dev"}).value() == corp);
  CHECK(place({.profile = "chained"}).value() == corp);
  CHECK(place({.session = "corp"}).value() == corp);
  const aws::SsoPlace legacy{"", "https://old.awsapps.com/start", "us-west-2", {}};
  CHECK(place({.profile = "legacy"}).value() == legacy);
  CHECK(place({.start_url = legacy.start_url, .region = legacy.region}).value() == legacy);
}

TEST_CASE("a session's own scopes take the place of the usual one") {
  CHECK(place({.session = "wide"}).value().scopes ==
        std::vector<std::string>{"sso:account:access", "codecatalyst:read_write"});
}

TEST_CASE("what leads to no log-in says why and what to do") {
  struct Row {
    LogIn log_in;
    Error::Kind kind;
    std::string code;
    std::string words;
  };
  const Row rows[] = {
      {{.session = "none"},
       Error::Kind::kInvalid,
       "BadSsoSession",
       "config has no [sso-session none] with sso_start_url and sso_region; aws configure sso writes one"},
      {{.session = "half"}, Error::Kind::kInvalid, "BadSsoSession", "has no [sso-session half] with sso_start_url"},
      {{.profile = "devv"}, Error::Kind::kNotFound, "NoSuchProfile", "did you mean dev?"},
      {{.profile = "keys"}, Error::Kind::kInvalid, "NoLogIn", "profile keys has nothing to log in to"},
      {{.profile = "mine"}, Error::Kind::kActionNeeded, "LoginRequired", "run: aws login --profile mine"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.code);
    const auto found = place(row.log_in);
    REQUIRE_FALSE(found.has_value());
    CHECK(found.error().kind == row.kind);
    CHECK(found.error().code == row.code);
    CHECK(found.error().message.find(row.words) != std::string::npos);
  }
}

TEST_CASE("what is looked for in the files that there are is told with their path") {
  const fakes::TempFolder home;
  const Environment environment({{"HOME", home.path().string()}, {"UNUSED", "x"}});
  CHECK(find_sso_place(environment, {.session = "corp"})
            .error()
            .message.starts_with((home / ".aws/config").string() + " has no [sso-session corp]"));
  std::filesystem::create_directory(home / ".aws");
  std::ofstream(home / ".aws/config") << kShared;
  CHECK(find_sso_place(environment, {.session = "corp"})->region == "eu-west-1");
}

TEST_CASE("the cache stands below HOME") {
  const Environment environment({{"HOME", "/home/me"}, {"UNUSED", "x"}});
  CHECK(sso_cache(environment) == "/home/me/.aws/sso/cache");
  CHECK(sso_token_file(environment, "abc", "ignored") == sso_token_file(environment, "", "abc"));
  CHECK(sso_token_file(environment, "abc", "").filename() == aws::sso_cache_name("abc"));
}

}  // namespace
}  // namespace understudy::source
