#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "understudy/aws/shared_config.hpp"
#include "understudy/base/environment.hpp"
#include "understudy/base/result.hpp"
#include "understudy/base/url.hpp"

/// Where STS is, and which region its requests are signed for (AWS SDKs and Tools Reference Guide, "AWS STS Regional
/// endpoints", "Service-specific endpoints"; botocore's endpoint rule set for STS). Pure; thread-safe.
namespace understudy::aws {

/// kInvalid, with what to change: no region (`MissingRegion`), or one that can not be part of a host name
/// (`InvalidRegion`). `whom` is who would be asked there: `STS`.
Result<void> check_region(std::string_view region, std::string_view whom);

/// What decides the endpoint.
struct StsEndpointSettings {
  std::string region;  ///< `eu-west-1`; `aws-global` for the global endpoint.
  /// An endpoint somebody named, for example `http://127.0.0.1:1341`; used as it is.
  std::optional<std::string> endpoint;
  bool use_fips = false;
  bool use_dual_stack = false;
  /// `sts_regional_endpoints = legacy`: the regions of before 2019 use the global endpoint.
  bool legacy = false;
  std::string ca_bundle{};  ///< PEM file of the authorities to trust; empty: none named.
  bool operator==(const StsEndpointSettings&) const = default;
};

struct StsEndpoint {
  Url url;
  std::string signing_region;
  std::string ca_bundle{};  ///< As in the settings.
  bool operator==(const StsEndpoint&) const = default;
};

/// `{region: eu-west-1}` gives `https://sts.eu-west-1.amazonaws.com/`, signed for eu-west-1.
/// Errors: check_region's; kInvalid, with what to change: a named endpoint that is no URL (`InvalidUrl`) or stands
/// beside FIPS or dual stack (`InvalidConfiguration`).
Result<StsEndpoint> resolve_sts_endpoint(const StsEndpointSettings& settings);

/// Where a profile of the shared config files says that services are, each as its text; empty where it does not.
struct ProfileEndpoints {
  /// By the service's name there, such as `sso_oidc`: `services = NAME`, then its `endpoint_url` in `[services NAME]`.
  std::map<std::string, std::string, std::less<>> of_services{};
  std::string missing_services{};  ///< Where no file has that section, this as a sentence, with file and line.
  std::string endpoint_url{};
  std::string ignore_configured_endpoint_urls{};
  bool operator==(const ProfileEndpoints&) const = default;
};

/// What a profile says about STS, likewise.
struct ProfileStsSettings {
  std::string region;
  ProfileEndpoints endpoints{};
  std::string use_fips_endpoint;
  std::string use_dualstack_endpoint;
  std::string sts_regional_endpoints;
  std::string ca_bundle{};

  bool operator==(const ProfileStsSettings&) const = default;
};

/// Of a profile of `shared`. A value that goes on in an indented line counts up to there: what follows may be a secret
/// that was indented by mistake, and these go into messages.
[[nodiscard]] ProfileStsSettings sts_settings_of(const SharedConfig& shared, const ConfigGroup& profile);

/// What was said outright, by our own configuration or a flag; empty where nothing was. It wins over all else:
/// with an endpoint, no other is looked for.
struct ExplicitStsSettings {
  std::string region;
  std::string endpoint;
};

/// The endpoint that the user's surroundings name for a service: for `SSO_OIDC` AWS_ENDPOINT_URL_SSO_OIDC, then
/// AWS_ENDPOINT_URL, then the profile's services section (`sso_oidc`) and its endpoint_url; nullopt where none does, or
/// where AWS_IGNORE_CONFIGURED_ENDPOINT_URLS, or where that is unset the profile, says to ignore them.
/// kInvalid (`InvalidConfiguration`) where that is neither `true` nor `false`, and where the profile is asked and its
/// services section is missing, as in botocore: who names one means another place than AWS.
Result<std::optional<std::string>> configured_endpoint(const Environment& environment, const ProfileEndpoints& profile,
                                                       std::string_view service);

/// Everything together: explicit, then AWS_REGION, AWS_DEFAULT_REGION, AWS_USE_FIPS_ENDPOINT,
/// AWS_USE_DUALSTACK_ENDPOINT, AWS_STS_REGIONAL_ENDPOINTS, AWS_CA_BUNDLE, then the profile. Errors: as
/// configured_endpoint, and the same for the other switches.
Result<StsEndpointSettings> gather_sts_settings(const ExplicitStsSettings& said, const Environment& environment,
                                                const ProfileStsSettings& profile);

}  // namespace understudy::aws
