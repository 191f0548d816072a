#include "understudy/aws/sts_endpoint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "understudy/aws/partition.hpp"
#include "understudy/base/ascii.hpp"
#include "understudy/base/text.hpp"

namespace understudy::aws {
namespace {

constexpr std::string_view kGlobalRegion = "aws-global";
constexpr std::string_view kGlobalSigningRegion = "us-east-1";
/// The regions whose legacy STS endpoint is the global one.
constexpr std::array<std::string_view, 15> kLegacyRegions{
    "ap-northeast-1", "ap-south-1", "ap-southeast-1", "ap-southeast-2", "ca-central-1",
    "eu-central-1",   "eu-north-1", "eu-west-1",      "eu-west-2",      "eu-west-3",
    "sa-east-1",      "us-east-1",  "us-east-2",      "us-west-1",      "us-west-2"};

Error misconfigured(std::string code, std::string message) {
  return {Error::Kind::kInvalid, std::move(code), std::move(message)};
}

bool is_host_label(std::string_view text) {
  return is_word(text, "-") && text.size() <= 63 && text.front() != '-' && text.back() != '-';
}

std::string host_in_region(const StsEndpointSettings& settings, std::string_view region) {
  const auto& partition = partition_of_region(region);
  const auto suffix = settings.use_dual_stack ? partition.dual_stack_dns_suffix : partition.dns_suffix;
  // GovCloud's ordinary endpoints are FIPS endpoints.
  const bool is_fips_already = partition.name == "aws-us-gov" && !settings.use_dual_stack;
  return fmt::format("{}.{}.{}", settings.use_fips && !is_fips_already ? "sts-fips" : "sts", region, suffix);
}

Result<StsEndpoint> resolve_named(const StsEndpointSettings& settings, std::string_view named,
                                  std::string_view signing_region) {
  auto url = parse_url(named);
  if (!url) {
    return url.error();
  }
  if (settings.use_fips || settings.use_dual_stack) {
    return misconfigured("InvalidConfiguration",
                         fmt::format("the STS endpoint {} is named and {} is asked for: leave one of the two out",
                                     escape_for_log(url->to_string()), settings.use_fips ? "FIPS" : "dual stack"));
  }
  return StsEndpoint{std::move(*url), std::string(signing_region), settings.ca_bundle};
}

/// The first that is not empty.
std::string first_of(std::initializer_list<std::string_view> texts) {
  const auto* const found = std::ranges::find_if(texts, [](std::string_view text) { return !text.empty(); });
  return found == texts.end() ? std::string() : std::string(*found);
}

std::string line_of(std::optional<std::string_view> value) { return std::string(first_line(value.value_or(""))); }

ProfileEndpoints endpoints_of(const SharedConfig& shared, const ConfigGroup& profile) {
  ProfileEndpoints out;
  out.endpoint_url = line_of(profile.get("endpoint_url"));
  out.ignore_configured_endpoint_urls = line_of(profile.get("ignore_configured_endpoint_urls"));
  const auto name = line_of(profile.get("services"));
  if (const auto* const services = shared.services(name)) {
    for (const auto& [service, property] : services->properties) {
      out.of_services.emplace(service, line_of(services->get(service, "endpoint_url")));
    }
  } else if (!name.empty()) {
    out.missing_services = fmt::format("{}: profile {}: there is no [services {}]: write it, or take services away",
                                       profile.place_of("services"), profile.name, escape_for_log(name, 80));
  }
  return out;
}

/// A setting that stands in a variable or, if not there, in the profile.
struct Setting {
  std::string_view variable;
  std::string_view profile_key;
  std::string_view profile_value;
};

/// Where the setting stands, and as what.
std::pair<std::string_view, std::string_view> look_up(const Setting& setting, const Environment& environment) {
  const auto from_environment = environment.get(setting.variable);
  return from_environment ? std::pair(setting.variable, *from_environment)
                          : std::pair(setting.profile_key, setting.profile_value);
}

Result<bool> is_chosen(const Setting& setting, const Environment& environment, std::string_view yes,
                       std::string_view no) {
  const auto [where, value] = look_up(setting, environment);
  const bool chosen = equal_ignoring_case(value, yes);
  if (chosen || value.empty() || equal_ignoring_case(value, no)) {
    return chosen;
  }
  return misconfigured("InvalidConfiguration",
                       fmt::format("{} has to be {} or {}, and is \"{}\"", where, yes, no, escape_for_log(value, 40)));
}

}  // namespace

Result<void> check_region(std::string_view region, std::string_view whom) {
  if (region.empty()) {
    return misconfigured(
        "MissingRegion",
        fmt::format("there is no region to ask {} in: set \"region\" in the configuration, or AWS_REGION", whom));
  }
  if (!is_host_label(region)) {
    return misconfigured("InvalidRegion", fmt::format("\"{}\" is no region; expected something like us-east-1",
                                                      escape_for_log(region, 80)));
  }
  return {};
}

Result<StsEndpoint> resolve_sts_endpoint(const StsEndpointSettings& settings) {
  if (auto checked = check_region(settings.region, "STS"); !checked) {
    return checked.error();
  }
  const bool is_global = settings.region == kGlobalRegion;
  const std::string_view region = is_global ? kGlobalSigningRegion : std::string_view(settings.region);
  if (settings.endpoint) {
    return resolve_named(settings, *settings.endpoint, region);
  }
  const bool plain = !settings.use_fips && !settings.use_dual_stack;
  const bool is_legacy = settings.legacy && std::ranges::find(kLegacyRegions, region) != kLegacyRegions.end();
  if (plain && (is_global || is_legacy)) {
    return StsEndpoint{{"https", "sts.amazonaws.com", 443}, std::string(kGlobalSigningRegion), settings.ca_bundle};
  }
  return StsEndpoint{
      {"https", to_lower(host_in_region(settings, region)), 443}, std::string(region), settings.ca_bundle};
}

ProfileStsSettings sts_settings_of(const SharedConfig& shared, const ConfigGroup& profile) {
  ProfileStsSettings out;
  out.region = line_of(profile.get("region"));
  out.endpoints = endpoints_of(shared, profile);
  out.use_fips_endpoint = line_of(profile.get("use_fips_endpoint"));
  out.use_dualstack_endpoint = line_of(profile.get("use_dualstack_endpoint"));
  out.ca_bundle = line_of(profile.get("ca_bundle"));
  out.sts_regional_endpoints = line_of(profile.get("sts_regional_endpoints"));
  return out;
}

Result<std::optional<std::string>> configured_endpoint(const Environment& environment, const ProfileEndpoints& profile,
                                                       std::string_view service) {
  const auto ignored =
      is_chosen({"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "the profile's ignore_configured_endpoint_urls",
                 profile.ignore_configured_endpoint_urls},
                environment, "true", "false");
  if (!ignored) {
    return ignored.error();
  }
  const auto variable = first_of({environment.get(fmt::format("AWS_ENDPOINT_URL_{}", service)).value_or(""),
                                  environment.get("AWS_ENDPOINT_URL").value_or("")});
  if (!*ignored && variable.empty() && !profile.missing_services.empty()) {
    return misconfigured("InvalidConfiguration", profile.missing_services);
  }
  const auto of_service = profile.of_services.find(to_lower(service));
  const auto found =
      first_of({variable, of_service == profile.of_services.end() ? std::string_view() : of_service->second,
                profile.endpoint_url});
  return *ignored || found.empty() ? std::nullopt : std::optional(found);
}

Result<StsEndpointSettings> gather_sts_settings(const ExplicitStsSettings& said, const Environment& environment,
                                                const ProfileStsSettings& profile) {
  const auto endpoint = said.endpoint.empty() ? configured_endpoint(environment, profile.endpoints, "STS")
                                              : Result<std::optional<std::string>>(std::optional(said.endpoint));
  if (!endpoint) {
    return endpoint.error();
  }
  const auto fips = is_chosen({"AWS_USE_FIPS_ENDPOINT", "the profile's use_fips_endpoint", profile.use_fips_endpoint},
                              environment, "true", "false");
  const auto dual_stack =
      is_chosen({"AWS_USE_DUALSTACK_ENDPOINT", "the profile's use_dualstack_endpoint", profile.use_dualstack_endpoint},
                environment, "true", "false");
  const auto legacy =
      is_chosen({"AWS_STS_REGIONAL_ENDPOINTS", "the profile's sts_regional_endpoints", profile.sts_regional_endpoints},
                environment, "legacy", "regional");
  for (const auto* read : {&fips, &dual_stack, &legacy}) {
    if (!*read) {
      return read->error();
    }
  }
  return StsEndpointSettings{first_of({said.region, environment.get("AWS_REGION").value_or(""),
                                       environment.get("AWS_DEFAULT_REGION").value_or(""), profile.region}),
                             *endpoint,
                             *fips,
                             *dual_stack,
                             *legacy,
                             first_of({environment.get("AWS_CA_BUNDLE").value_or(""), profile.ca_bundle})};
}

}  // namespace understudy::aws
