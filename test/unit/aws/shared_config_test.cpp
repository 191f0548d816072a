#include "understudy/aws/shared_config.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

namespace understudy::aws {
namespace {

SharedConfig parse(std::string_view config, std::string_view credentials = "") {
  auto parsed = SharedConfig::parse({config, "config"}, {credentials, "credentials"});
  REQUIRE(parsed);
  return *std::move(parsed);
}

std::string value(const ConfigGroup* group, std::string_view key) {
  return group == nullptr ? "no such group" : std::string(group->get(key).value_or("absent"));
}

TEST_CASE("a profile's property is found by the rules of both files") {
  struct Row {
    std::string_view what;
    std::string_view config;
    std::string_view credentials;
    std::string_view profile;
    std::string_view expected;  ///< Of `k`.
  };
  const std::vector<Row> rows{
      {"default in config", "[default]\nk=1", "", "default", "1"},
      {"default in credentials", "", "[default]\nk=1", "default", "1"},
      {"a profile in config", "[profile a]\nk=1", "", "a", "1"},
      {"a tab behind the word", "[profile\ta]\nk=1", "", "a", "1"},
      {"a bare name in config is ignored", "[a]\nk=1", "", "a", "no such group"},
      {"a bare name in credentials", "", "[a]\nk=1", "a", "1"},
      {"a prefixed name in credentials is ignored", "", "[profile a]\nk=1", "a", "no such group"},
      {"profile default drops default", "[default]\nk=1\nl=1\n[profile default]\nm=2", "", "default", "absent"},
      {"in whatever order", "[profile default]\nm=2\n[default]\nk=1", "", "default", "absent"},
      {"but not the other file's", "[profile default]\nm=2", "[default]\nk=1", "default", "1"},
      {"the credentials file wins", "[profile a]\nk=1", "[a]\nk=2", "a", "2"},
      {"property by property", "[profile a]\nk=1", "[a]\nl=2", "a", "1"},
      {"sections of one name merge", "[profile a]\nk=1\n[profile b]\n[profile a]\nl=2", "", "a", "1"},
      {"the last of them wins", "[profile a]\nk=1\n[profile a]\nk=2", "", "a", "2"},
      {"a quoted name", "[profile \"my profile\"]\nk=1", "", "my profile", "1"},
      {"in single quotes", "[profile 'my profile']\nk=1", "", "my profile", "1"},
      {"quoted, in credentials", "", "[\"my profile\"]\nk=1", "my profile", "1"},
      {"two words without quotes are ignored", "[profile my profile]\nk=1", "", "my profile", "no such group"},
      {"other characters are ignored", "[profile a$]\nk=1", "", "a$", "no such group"},
      {"an empty value counts as absent", "[profile a]\nk=", "", "a", "absent"},
      {"an empty value in credentials hides config's", "[profile a]\nk=1", "[a]\nk=", "a", "absent"},
      {"the word alone is no profile", "[profile]\nk=1", "", "profile", "no such group"},
      {"names keep their case", "[profile Dev]\nk=1", "", "dev", "no such group"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.what);
    CHECK(value(parse(row.config, row.credentials).profile(row.profile), "k") == row.expected);
  }
}

TEST_CASE("sso-session and services sections are no profiles and count in the config file only") {
  const auto config = parse(
      "[sso-session corp]\nsso_region = eu-west-1\n[services local]\nsts =\n  endpoint_url = http://127.0.0.1:1341\n",
      "[services other]\nk=1\n[sso-session other]\nk=1");
  CHECK(value(config.sso_session("corp"), "sso_region") == "eu-west-1");
  REQUIRE(config.services("local") != nullptr);
  CHECK(config.services("local")->get("sts", "endpoint_url") == "http://127.0.0.1:1341");
  CHECK_FALSE(config.services("local")->get("sts", "other"));
  CHECK_FALSE(config.services("local")->get("s3", "endpoint_url"));
  CHECK(config.services("other") == nullptr);
  CHECK(config.sso_session("other") == nullptr);
  CHECK(config.profiles().empty());
}

TEST_CASE("a property knows its place, and a profile its header's") {
  const auto config = parse("[profile a]\nregion = x\n", "\n\n[a]\naws_access_key_id = y\n");
  const auto* profile = config.profile("a");
  REQUIRE(profile != nullptr);
  CHECK(profile->place_of("region") == "config:2");
  CHECK(profile->place_of("aws_access_key_id") == "credentials:4");
  CHECK(profile->place_of("role_arn") == "config:1");
}

TEST_CASE("an error of either file names that file") {
  CHECK(SharedConfig::parse({"[a", "one"}, {"", "two"}).error().message.starts_with("one:1:"));
  CHECK(SharedConfig::parse({"", "one"}, {"x", "two"}).error().message.starts_with("two:1:"));
}

}  // namespace
}  // namespace understudy::aws
