#include "understudy/app/imds_wiring.hpp"

#include <algorithm>

#include "understudy/base/files.hpp"

namespace understudy::app {

std::string role_arn_of(const config::Config& config, std::string_view key) {
  const auto role = std::ranges::find(config.roles, key, &source::RolePlan::key);
  return role == config.roles.end() ? std::string() : role->blueprint->role_arn();
}

Result<metadata::Instance> instance_of(const config::Config& config, const std::string& region, WallTime started) {
  constexpr std::size_t kMostUserData = 16 * 1024;
  auto settings = config.imds.instance;
  if (!settings.user_data_file.empty()) {
    auto user_data = read_file(settings.user_data_file, kMostUserData);
    if (!user_data) {
      return user_data.error();
    }
    settings.user_data = *std::move(user_data);
  }
  return metadata::derive_instance(settings,
                                   {region, config.imds.role, role_arn_of(config, config.imds.role), started});
}

service::IdentitySigner::KeySource identity_keys_of(const config::Config& config, const Clock& clock) {
  return [folder = config.identity.keys, &clock]() -> Result<service::IdentityKeys> {
    const auto now = clock.wall();
    return folder.empty() ? service::make_identity_keys(now) : service::keep_identity_keys(folder, now);
  };
}

}  // namespace understudy::app
