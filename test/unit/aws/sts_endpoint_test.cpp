#include "understudy/aws/sts_endpoint.hpp"

#include <initializer_list>
#include <map>

#include <doctest/doctest.h>

namespace understudy::aws {
namespace {

using Variables = std::map<std::string, std::string, std::less<>>;

enum class Variant { kPlain, kFips, kDualStack, kBoth, kLegacy };

StsEndpointSettings settings_of(std::string_view region, Variant variant = Variant::kPlain) {
  StsEndpointSettings settings;
  settings.region = region;
  settings.use_fips = variant == Variant::kFips || variant == Variant::kBoth;
  settings.use_dual_stack = variant == Variant::kDualStack || variant == Variant::kBoth;
  settings.legacy = variant == Variant::kLegacy;
  return settings;
}

TEST_CASE("the endpoint and the signing region follow from region, FIPS, dual stack and legacy") {
  struct Row {
    std::string_view region;
    Variant variant;
    std::string_view url;
    std::string_view signing_region;
  };
  for (const auto& [region, variant, url, signing_region] : std::initializer_list<Row>{
           {"us-east-1", Variant::kPlain, "https://sts.us-east-1.amazonaws.com/", "us-east-1"},
           {"eu-west-1", Variant::kPlain, "https://sts.eu-west-1.amazonaws.com/", "eu-west-1"},
           {"cn-north-1", Variant::kPlain, "https://sts.cn-north-1.amazonaws.com.cn/", "cn-north-1"},
           {"us-gov-west-1", Variant::kPlain, "https://sts.us-gov-west-1.amazonaws.com/", "us-gov-west-1"},
           {"us-iso-east-1", Variant::kPlain, "https://sts.us-iso-east-1.c2s.ic.gov/", "us-iso-east-1"},
           {"eusc-de-east-1", Variant::kPlain, "https://sts.eusc-de-east-1.amazonaws.eu/", "eusc-de-east-1"},
           {"xx-new-1", Variant::kPlain, "https://sts.xx-new-1.amazonaws.com/", "xx-new-1"},
           {"aws-global", Variant::kPlain, "https://sts.amazonaws.com/", "us-east-1"},
           {"us-east-1", Variant::kFips, "https://sts-fips.us-east-1.amazonaws.com/", "us-east-1"},
           {"us-gov-west-1", Variant::kFips, "https://sts.us-gov-west-1.amazonaws.com/", "us-gov-west-1"},
           {"us-gov-west-1", Variant::kBoth, "https://sts-fips.us-gov-west-1.api.aws/", "us-gov-west-1"},
           {"us-east-1", Variant::kDualStack, "https://sts.us-east-1.api.aws/", "us-east-1"},
           {"cn-north-1", Variant::kDualStack, "https://sts.cn-north-1.api.amazonwebservices.com.cn/", "cn-north-1"},
           {"us-east-1", Variant::kBoth, "https://sts-fips.us-east-1.api.aws/", "us-east-1"},
           {"aws-global", Variant::kFips, "https://sts-fips.us-east-1.amazonaws.com/", "us-east-1"},
           {"eu-west-1", Variant::kLegacy, "https://sts.amazonaws.com/", "us-east-1"},
           {"us-east-1", Variant::kLegacy, "https://sts.amazonaws.com/", "us-east-1"},
           {"eu-south-1", Variant::kLegacy, "https://sts.eu-south-1.amazonaws.com/", "eu-south-1"},
           {"cn-north-1", Variant::kLegacy, "https://sts.cn-north-1.amazonaws.com.cn/", "cn-north-1"},
       }) {
    CAPTURE(region);
    CAPTURE(url);
    const auto endpoint = resolve_sts_endpoint(settings_of(region, variant));
    REQUIRE(endpoint);
    CHECK(endpoint->url.to_string() == url);
    CHECK(endpoint->signing_region == signing_region);
  }
}

TEST_CASE("legacy does not touch FIPS or dual stack endpoints") {
  auto settings = settings_of("eu-west-1", Variant::kFips);
  settings.legacy = true;
  CHECK(resolve_sts_endpoint(settings)->url.host == "sts-fips.eu-west-1.amazonaws.com");
}

TEST_CASE("a named endpoint is used as it is and signed for the region") {
  auto settings = settings_of("eu-west-1", Variant::kLegacy);
  settings.endpoint = "http://127.0.0.1:1341/sts";
  const auto endpoint = resolve_sts_endpoint(settings);
  REQUIRE(endpoint);
  CHECK(endpoint->url.to_string() == "http://127.0.0.1:1341/sts");
  CHECK(endpoint->signing_region == "eu-west-1");

  settings.region = "aws-global";
  CHECK(resolve_sts_endpoint(settings)->signing_region == "us-east-1");
}

TEST_CASE("what can not be resolved says what to change") {
  struct Row {
    std::string_view region;
    std::optional<std::string> endpoint;
    Variant variant;
    std::string_view code;
    std::string_view words;
  };
  for (const auto& [region, endpoint, variant, code, words] : std::initializer_list<Row>{
           {"", std::nullopt, Variant::kPlain, "MissingRegion", "or AWS_REGION"},
           {"", "http://h", Variant::kPlain, "MissingRegion", "or AWS_REGION"},
           {"evil.example/", std::nullopt, Variant::kPlain, "InvalidRegion", "something like us-east-1"},
           {"us-east-1 ", std::nullopt, Variant::kPlain, "InvalidRegion", "something like us-east-1"},
           {"-us-east-1", std::nullopt, Variant::kPlain, "InvalidRegion", "something like us-east-1"},
           {std::string_view("a\0b", 3), std::nullopt, Variant::kPlain, "InvalidRegion", "a\\x00b"},
           {"us-east-1", "sts.example", Variant::kPlain, "InvalidUrl", "no scheme"},
           {"us-east-1", "http://h", Variant::kFips, "InvalidConfiguration", "FIPS is asked for: leave one"},
           {"us-east-1", "http://h", Variant::kDualStack, "InvalidConfiguration", "dual stack is asked for: leave one"},
       }) {
    CAPTURE(region);
    CAPTURE(words);
    auto settings = settings_of(region, variant);
    settings.endpoint = endpoint;
    const auto resolved = resolve_sts_endpoint(settings);
    REQUIRE_FALSE(resolved);
    CHECK(resolved.error().kind == Error::Kind::kInvalid);
    CHECK(resolved.error().code == code);
    CHECK(resolved.error().message.find(words) != std::string::npos);
  }
}

ProfileStsSettings full_profile() {
  ProfileStsSettings profile;
  profile.region = "eu-profile-1";
  profile.endpoints.of_services = {{"sts", "http://profile-services"}, {"sso", "http://profile-sso"}};
  profile.endpoints.endpoint_url = "http://profile";
  return profile;
}

TEST_CASE("of the configured endpoints the nearest one wins") {
  auto profile = full_profile();
  Variables variables{{"AWS_ENDPOINT_URL_STS", "http://env-sts"}, {"AWS_ENDPOINT_URL", "http://env"}};
  const auto configured = [&] { return configured_endpoint(Environment(variables), profile.endpoints, "STS").value(); };
  CHECK(configured() == "http://env-sts");
  variables["AWS_ENDPOINT_URL_STS"] = "";
  CHECK(configured() == "http://env");
  variables.erase("AWS_ENDPOINT_URL");
  CHECK(configured() == "http://profile-services");
  profile.endpoints.of_services["sts"].clear();
  CHECK(configured() == "http://profile");
  profile.endpoints.endpoint_url.clear();
  CHECK(configured() == std::nullopt);
}

TEST_CASE("a services section that is not there is an error with its place, unless nobody looks for it") {
  const auto shared = SharedConfig::parse(
      {"[profile p]\nregion = r\nservices = lokal\n[services local]\nsts =\n  endpoint_url = x\n", "~/.aws/config"},
      {"", "c"});
  const auto profile = sts_settings_of(shared.value(), *shared->profile("p"));
  const auto missing = configured_endpoint(Environment(), profile.endpoints, "STS");
  REQUIRE_FALSE(missing);
  CHECK(missing.error().kind == Error::Kind::kInvalid);
  CHECK(missing.error().code == "InvalidConfiguration");
  CHECK(missing.error().message ==
        "~/.aws/config:3: profile p: there is no [services lokal]: write it, or take services away");
  for (const auto* variable : {"AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL"}) {
    CHECK(configured_endpoint(Environment(Variables{{variable, "http://v"}}), profile.endpoints, "STS").value() ==
          "http://v");
  }
  const Environment ignoring(Variables{{"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true"}});
  CHECK(configured_endpoint(ignoring, profile.endpoints, "STS").value() == std::nullopt);
  CHECK(gather_sts_settings({"", "http://said"}, Environment(), profile)->endpoint == "http://said");
}

TEST_CASE("configured endpoints can be ignored, by variable before profile") {
  struct Row {
    std::string_view variable;
    std::string_view in_profile;
    bool ignored;
  };
  for (const auto& [variable, in_profile, ignored] : std::initializer_list<Row>{{"", "", false},
                                                                                {"true", "", true},
                                                                                {"TRUE", "", true},
                                                                                {"false", "", false},
                                                                                {"", "true", true},
                                                                                {"", "False", false},
                                                                                {"false", "true", false},
                                                                                {"true", "false", true}}) {
    CAPTURE(variable);
    CAPTURE(in_profile);
    auto profile = full_profile();
    profile.endpoints.ignore_configured_endpoint_urls = in_profile;
    const Environment environment(
        Variables{{"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", std::string(variable)}, {"AWS_ENDPOINT_URL", "http://env"}});
    CHECK(configured_endpoint(environment, profile.endpoints, "STS")->has_value() == !ignored);
  }
}

TEST_CASE("an explicit endpoint wins, also where configured ones are ignored") {
  const Environment environment(
      Variables{{"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true"}, {"AWS_ENDPOINT_URL_STS", "http://env"}});
  CHECK(gather_sts_settings({"", "http://said"}, environment, {})->endpoint == "http://said");
  CHECK(gather_sts_settings({}, environment, full_profile())->endpoint == std::nullopt);
}

TEST_CASE("the region is the explicit one, else AWS_REGION, AWS_DEFAULT_REGION or the profile's") {
  Variables variables{{"AWS_REGION", "env"}, {"AWS_DEFAULT_REGION", "env-default"}};
  const auto region = [&](std::string_view said) {
    return gather_sts_settings({std::string(said), ""}, Environment(variables), full_profile())->region;
  };
  CHECK(region("said") == "said");
  CHECK(region("") == "env");
  variables.erase("AWS_REGION");
  CHECK(region("") == "env-default");
  variables.clear();
  CHECK(region("") == "eu-profile-1");
}

TEST_CASE("FIPS, dual stack and legacy are read from variables before the profile") {
  ProfileStsSettings profile;
  profile.use_fips_endpoint = "true";
  profile.use_dualstack_endpoint = "true";
  profile.sts_regional_endpoints = "legacy";
  const auto from_profile = gather_sts_settings({}, Environment(), profile);
  REQUIRE(from_profile);
  CHECK(from_profile->use_fips);
  CHECK(from_profile->use_dual_stack);
  CHECK(from_profile->legacy);

  const Environment environment(Variables{{"AWS_USE_FIPS_ENDPOINT", "false"},
                                          {"AWS_USE_DUALSTACK_ENDPOINT", "false"},
                                          {"AWS_STS_REGIONAL_ENDPOINTS", "regional"}});
  const auto from_variables = gather_sts_settings({}, environment, profile);
  REQUIRE(from_variables);
  CHECK_FALSE(from_variables->use_fips);
  CHECK_FALSE(from_variables->use_dual_stack);
  CHECK_FALSE(from_variables->legacy);
}

TEST_CASE("the authorities are AWS_CA_BUNDLE's before the profile's, at every endpoint") {
  ProfileStsSettings profile;
  profile.region = "eu-west-1";
  profile.ca_bundle = "profile.pem";
  const auto bundle = [&](Variables variables) {
    return resolve_sts_endpoint(gather_sts_settings({}, Environment(std::move(variables)), profile).value())->ca_bundle;
  };
  CHECK(bundle({}) == "profile.pem");
  CHECK(bundle({{"AWS_STS_REGIONAL_ENDPOINTS", "legacy"}}) == "profile.pem");
  CHECK(bundle({{"AWS_ENDPOINT_URL_STS", "https://env"}}) == "profile.pem");
  CHECK(bundle({{"AWS_CA_BUNDLE", "env.pem"}}) == "env.pem");
}

TEST_CASE("nothing said anywhere is the plain regional endpoint") {
  CHECK(gather_sts_settings({}, Environment(), {}).value() == StsEndpointSettings{});
}

TEST_CASE("a switch with another word is refused, and named where it stands") {
  for (const auto* variable : {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "AWS_USE_FIPS_ENDPOINT",
                               "AWS_USE_DUALSTACK_ENDPOINT", "AWS_STS_REGIONAL_ENDPOINTS"}) {
    CAPTURE(variable);
    const auto gathered = gather_sts_settings({}, Environment(Variables{{variable, "yes"}}), {});
    REQUIRE_FALSE(gathered);
    CHECK(gathered.error().code == "InvalidConfiguration");
    CHECK(gathered.error().message.starts_with(std::string(variable) + " has to be "));
    CHECK(gathered.error().message.ends_with("and is \"yes\""));
  }
  ProfileStsSettings profile;
  profile.sts_regional_endpoints = "global";
  CHECK(gather_sts_settings({}, Environment(), profile).error().message ==
        "the profile's sts_regional_endpoints has to be legacy or regional, and is \"global\"");
}

}  // namespace
}  // namespace understudy::aws
