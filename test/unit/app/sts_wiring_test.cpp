#include "understudy/app/sts_wiring.hpp"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <initializer_list>
#include <map>
#include <string>

#include "fakes/temp_folder.hpp"
#include "unit/app/serving.hpp"

#include <doctest/doctest.h>

namespace understudy::app {
namespace {

namespace fs = std::filesystem;
using Variables = std::map<std::string, std::string, std::less<>>;

constexpr std::string_view kSharedConfig =
    "[default]\nregion = eu-west-1\nuse_fips_endpoint = true\nsts_regional_endpoints = legacy\nservices = local\n"
    "[profile dev]\nregion = eu-central-1\nendpoint_url = http://127.0.0.1:4000\n"
    "[profile slipped]\nregion = eu-west-2\n  aws_secret_access_key = fake\n"
    "[services local]\nsts =\n  endpoint_url = http://127.0.0.1:4001\n";

/// Shared AWS files of the test's own.
struct Home {
  Home() { std::ofstream(folder / "config") << kSharedConfig; }
  [[nodiscard]] Environment environment(Variables more = {}) const {
    more.insert({{"AWS_CONFIG_FILE", (folder / "config").string()}, {"HOME", "/nonexistent"}});
    return Environment(std::move(more));
  }
  fakes::TempFolder folder;
};

std::string endpoint_of(const source::StsClientSettings& settings, const aws::ProfileStsSettings* played = nullptr) {
  const auto found = settings.endpoint(played);
  return found ? found->url.to_string() + " " + found->signing_region : found.error().code;
}

config::Config real_sts(const std::string& more = "") { return config_of("roles: {app: {profile: x}}\n" + more); }

TEST_CASE("the selected profile says where STS is") {
  const Home home;
  const auto standard = profile_sts_settings(home.environment());
  CHECK(standard.region == "eu-west-1");
  CHECK(standard.use_fips_endpoint == "true");
  CHECK(standard.sts_regional_endpoints == "legacy");
  CHECK(standard.endpoints.of_services.at("sts") == "http://127.0.0.1:4001");
  const auto dev = profile_sts_settings(home.environment({{"AWS_PROFILE", "dev"}}));
  CHECK(dev.region == "eu-central-1");
  CHECK(dev.endpoints.endpoint_url == "http://127.0.0.1:4000");
  CHECK(dev.endpoints.of_services.empty());
  // What was indented by mistake goes into no message.
  CHECK(profile_sts_settings(home.environment({{"AWS_PROFILE", "slipped"}})).region == "eu-west-2");
}

TEST_CASE("a profile or files that are not there say nothing") {
  CHECK(profile_sts_settings(bare_environment()).region.empty());
  CHECK(profile_sts_settings(Home().environment({{"AWS_PROFILE", "gone"}})).region.empty());
}

TEST_CASE("the region is the configuration's, else the profile's, else that of an embedded STS") {
  aws::ProfileStsSettings profile;
  profile.region = "eu-west-1";
  CHECK(effective_region(real_sts("region: us-west-2\n"), profile) == "us-west-2");
  CHECK(effective_region(real_sts(), profile) == "eu-west-1");
  CHECK(effective_region(real_sts(), {}).empty());
  CHECK(effective_region(real_sts("sts: {endpoint: embedded}\n"), {}) == "us-east-1");
}

TEST_CASE("STS is where the configuration says, else the environment, else where AWS has it") {
  const auto environment = bare_environment();
  CHECK(endpoint_of(sts_client_settings(real_sts(), "eu-west-1", environment, {})) ==
        "https://sts.eu-west-1.amazonaws.com/ eu-west-1");
  CHECK(endpoint_of(sts_client_settings(real_sts(), "", environment, {})) == "MissingRegion");
  CHECK(endpoint_of(sts_client_settings(real_sts("sts: {region: us-west-2}\n"), "eu-west-1", environment, {})) ==
        "https://sts.us-west-2.amazonaws.com/ us-west-2");
  const Environment local(Variables{{"AWS_ENDPOINT_URL_STS", "http://127.0.0.1:4002"}});
  CHECK(endpoint_of(sts_client_settings(real_sts(), "eu-west-1", local, {})) == "http://127.0.0.1:4002/ eu-west-1");
  CHECK(endpoint_of(sts_client_settings(real_sts("sts: {endpoint: 'http://127.0.0.1:4003'}\n"), "eu-west-1", local,
                                        {})) == "http://127.0.0.1:4003/ eu-west-1");
}

aws::ProfileStsSettings settings_of(std::string_view profile) {
  const auto shared = aws::SharedConfig::parse({"[profile p]\n" + std::string(profile), "config"}, {"", "credentials"});
  return aws::sts_settings_of(shared.value(), *shared->profile("p"));
}

TEST_CASE("the profile that is played says where STS is, and the chosen one says nothing of that") {
  struct Row {
    std::string_view what;
    std::string played;
    std::string_view endpoint;
    std::string config{};
    Variables variables{};
  };
  const auto chosen = settings_of("region = us-west-1\nendpoint_url = http://chosen");
  const std::string url = "endpoint_url = http://played\n";
  for (const auto& [what, played, endpoint, config, variables] : std::initializer_list<Row>{
           {"its region", "region = eu-west-3", "https://sts.eu-west-3.amazonaws.com/ eu-west-3"},
           {"the server's region where it has none", "", "https://sts.us-west-1.amazonaws.com/ us-west-1"},
           {"its endpoint", "region = eu-west-3\n" + url, "http://played/ eu-west-3"},
           {"its FIPS endpoint", "use_fips_endpoint = true", "https://sts-fips.us-west-1.amazonaws.com/ us-west-1"},
           {"its dual stack", "use_dualstack_endpoint = true", "https://sts.us-west-1.api.aws/ us-west-1"},
           {"its legacy", "sts_regional_endpoints = legacy", "https://sts.amazonaws.com/ us-east-1"},
           {"two that exclude each other", url + "use_fips_endpoint = true", "InvalidConfiguration"},
           {"sts.endpoint wins", url, "http://said/ us-west-1", "sts: {endpoint: 'http://said'}\n"},
           {"sts.region wins", "region = eu-west-3", "https://sts.us-east-2.amazonaws.com/ us-east-2",
            "region: us-west-2\nsts: {region: us-east-2}\n"},
           {"the configuration's region wins", "region = eu-west-3\n" + url, "http://played/ us-west-2",
            "region: us-west-2\n"},
           {"variables win",
            "region = eu-west-3\n" + url,
            "http://variable/ us-east-2",
            "",
            {{"AWS_ENDPOINT_URL_STS", "http://variable"}, {"AWS_REGION", "us-east-2"}}},
           {"a services section that is not there", "services = gone", "InvalidConfiguration"},
           {"where sts.endpoint wins, its section may be missing", "services = gone", "http://said/ us-west-1",
            "sts: {endpoint: 'http://said'}\n"},
           {"where a variable wins, too",
            "services = gone",
            "http://variable/ us-west-1",
            "",
            {{"AWS_ENDPOINT_URL", "http://variable"}}},
           {"an embedded STS asks for no section", "services = gone", "http://sts.understudy.internal/ us-west-1",
            "sts: {endpoint: embedded}\n"},
           {"an embedded STS has no other address", url + "use_fips_endpoint = true",
            "http://sts.understudy.internal/ us-west-1", "sts: {endpoint: embedded}\n"},
       }) {
    CAPTURE(what);
    const Environment environment(variables);
    auto loaded = config_of("roles: {app: {profile: x}}\n" + config, environment);
    // As the commands do: what the chosen profile says is the configuration's region from then on.
    loaded.region = effective_region(loaded, chosen);
    const auto profile = settings_of(played);
    CHECK(endpoint_of(sts_client_settings(loaded, loaded.region, environment, chosen), &profile) == endpoint);
  }
}

TEST_CASE("an embedded STS is not sent where the environment points") {
  const Environment elsewhere(Variables{{"AWS_ENDPOINT_URL", "http://127.0.0.1:4002"}});
  const auto settings = sts_client_settings(real_sts("sts: {endpoint: embedded}\n"), "us-east-1", elsewhere, {});
  CHECK(endpoint_of(settings).find("4002") == std::string::npos);
}

TEST_CASE("the embedded STS's account is that of the first role") {
  CHECK(embedded_sts_settings(config_of(kChain))->default_account == "111122223333");
  CHECK(embedded_sts_settings(real_sts())->default_account == "000000000000");
}

TEST_CASE("the seal key's file is made for its owner, and read the next time") {
  const fakes::TempFolder folder;
  const auto path = folder / "keys" / "seal.key";
  const auto config = real_sts("sts: {endpoint: embedded, seal_key_file: " + path.string() + "}\n");
  const auto first = embedded_sts_settings(config);
  REQUIRE(first.has_value());
  CHECK(first->seal_key.reveal().size() == 43);
  CHECK(fs::status(path).permissions() == (fs::perms::owner_read | fs::perms::owner_write));
  CHECK(embedded_sts_settings(config)->seal_key == first->seal_key);
}

TEST_CASE("a seal key that can not be used is an error that names its file") {
  const fakes::TempFolder folder;
  for (const std::string content : {"", "fifteen-letters"}) {
    CAPTURE(content);
    std::ofstream(folder / "seal.key") << content;
    const auto settings = embedded_sts_settings(
        real_sts("sts: {endpoint: embedded, seal_key_file: " + (folder / "seal.key").string() + "}\n"));
    REQUIRE_FALSE(settings.has_value());
    CHECK(settings.error().message.find("seal.key") != std::string::npos);
  }
}

}  // namespace
}  // namespace understudy::app
