#include <map>
#include <string>

#include "fakes/temp_folder.hpp"
#include "understudy/app/commands.hpp"
#include "understudy/base/files.hpp"

#include <doctest/doctest.h>

namespace understudy::app {
namespace {

using Variables = std::map<std::string, std::string, std::less<>>;

constexpr std::string_view kShared =
    "[default]\nregion = eu-north-1\n"
    "[profile dev]\nregion = eu-west-1\n"
    "[profile none]\noutput = json\n";

TEST_CASE("the profile that is asked for is that of the AWS variables") {
  const Environment environment(Variables{{"AWS_PROFILE", "a"}, {"X", "y"}});
  CHECK(with_chosen_profile({}, environment).all() == environment.all());
  const Environment other(Variables{{"AWS_PROFILE", "a"}, {"UNDERSTUDY_PROFILE", "b"}});
  CHECK(with_chosen_profile({}, other).get("AWS_PROFILE") == "b");
  ConfigOptions options;
  options.flags.profile = "c";
  CHECK(with_chosen_profile(options, other).get("AWS_PROFILE") == "c");
  CHECK(with_chosen_profile(options, Environment()).get("AWS_PROFILE") == "c");
}

TEST_CASE("a profile that is asked for gives its region where nothing else does") {
  const fakes::TempFolder home;
  REQUIRE(write_file_atomically(home / "config", kShared, 0600));
  const auto region = [&](const config::Flags& flags, Variables variables = {}) {
    variables.emplace("AWS_CONFIG_FILE", (home / "config").string());
    variables.emplace("AWS_SHARED_CREDENTIALS_FILE", "/dev/null");
    const auto config = load_or_complain({{}, flags}, Environment(std::move(variables)));
    REQUIRE(config.has_value());
    return config->region;
  };
  CHECK(region({}) == "eu-north-1");
  CHECK(region({.profile = "dev"}) == "eu-west-1");
  CHECK(region({}, {{"AWS_PROFILE", "dev"}}) == "eu-west-1");
  CHECK(region({}, {{"UNDERSTUDY_PROFILE", "dev"}}) == "eu-west-1");
  CHECK(region({.profile = "none"}).empty());
  CHECK(region({.profile = "dev", .region = "us-east-2"}) == "us-east-2");
  CHECK(region({.profile = "dev"}, {{"AWS_REGION", "us-west-1"}}) == "us-west-1");
}

}  // namespace
}  // namespace understudy::app
