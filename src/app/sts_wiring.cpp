#include "understudy/app/sts_wiring.hpp"

#include <fmt/format.h>

#include <utility>

#include "understudy/aws/arn.hpp"
#include "understudy/aws/partition.hpp"
#include "understudy/service/token_file.hpp"
#include "understudy/source/shared_files.hpp"

namespace understudy::app {
namespace {

constexpr std::string_view kEmbeddedAddress = "http://sts.understudy.internal";

aws::StsEndpointSettings embedded_in(const std::string& region) {
  aws::StsEndpointSettings settings;
  settings.region = region;
  settings.endpoint = kEmbeddedAddress;
  return settings;
}

}  // namespace

std::string first_account(const config::Config& config) {
  for (const auto& role : config.roles) {
    const auto arn = aws::parse_arn(role.blueprint->role_arn());
    if (arn) {
      return arn->account;
    }
  }
  return {};
}

http::ClientSettings client_settings(const Environment& environment) {
  http::ClientSettings settings;
  if (const auto bundle = environment.get("AWS_CA_BUNDLE")) {
    settings.ca_bundle = std::filesystem::path(*bundle);
  }
  settings.environment = environment;
  return settings;
}

aws::ProfileStsSettings profile_sts_settings(const Environment& environment, std::string_view profile) {
  const auto shared = source::read_shared_config(environment);
  const auto* found = shared ? shared->profile(profile) : nullptr;
  return found != nullptr ? aws::sts_settings_of(*shared, *found) : aws::ProfileStsSettings();
}

aws::ProfileStsSettings profile_sts_settings(const Environment& environment) {
  return profile_sts_settings(environment, source::selected_profile(environment));
}

std::string effective_region(const config::Config& config, const aws::ProfileStsSettings& profile) {
  if (!config.region.empty()) {
    return config.region;
  }
  if (!profile.region.empty()) {
    return profile.region;
  }
  return config.sts.embedded ? std::string(aws::kFallbackRegion) : std::string();
}

source::StsClientSettings sts_client_settings(const config::Config& config, const std::string& region,
                                              const Environment& environment, const aws::ProfileStsSettings& chosen) {
  aws::ExplicitStsSettings said{config.sts.region, {}};
  if (config.sts.endpoint) {
    said.endpoint = config.sts.endpoint->to_string();
  } else if (config.sts.embedded) {
    said.endpoint = kEmbeddedAddress;
  }
  source::StsClientSettings settings;
  settings.endpoint = [said, environment, chosen, region, is_embedded = config.sts.embedded](
                          const aws::ProfileStsSettings* played) -> Result<aws::StsEndpoint> {
    auto gathered = aws::gather_sts_settings(said, environment, played != nullptr ? *played : chosen);
    if (!gathered) {
      return gathered.error();
    }
    if (gathered->region.empty()) {
      gathered->region = region;
    }
    return aws::resolve_sts_endpoint(is_embedded ? embedded_in(gathered->region) : *gathered);
  };
  return settings;
}

Result<service::EmbeddedStsSettings> embedded_sts_settings(const config::Config& config) {
  service::EmbeddedStsSettings settings;
  settings.users = config.sts.users;
  settings.trust = config.sts.trust;
  if (const auto account = first_account(config); !account.empty()) {
    settings.default_account = account;
  }
  if (!config.sts.seal_key_file.empty()) {
    auto key = service::ensure_token_file(config.sts.seal_key_file, 0600);
    if (!key) {
      return key.error();
    }
    constexpr std::size_t kShortest = 16;
    if (key->reveal().size() < kShortest) {
      return Error{Error::Kind::kInvalid, "BadSealKey",
                   fmt::format("{} has less than {} characters, too few to seal with: delete it and a good one is made "
                               "at the next start",
                               config.sts.seal_key_file, kShortest)};
    }
    settings.seal_key = *std::move(key);
  }
  return settings;
}

}  // namespace understudy::app
