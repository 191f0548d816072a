#pragma once

#include <string>
#include <string_view>

#include "understudy/base/clock.hpp"
#include "understudy/base/environment.hpp"
#include "understudy/base/result.hpp"
#include "understudy/config/config.hpp"
#include "understudy/http/client.hpp"
#include "understudy/service/embedded_sts.hpp"
#include "understudy/source/sts_client.hpp"

/// Which STS the roles are played through.
namespace understudy::app {

/// How calls go out: through the environment's proxies, by AWS_CA_BUNDLE's authorities where it is set.
[[nodiscard]] http::ClientSettings client_settings(const Environment& environment);

/// What a profile of the shared AWS files says about STS; empty where there is none, or where the files can not be read
/// (the roles that need them say so when they are fetched). Reads those files.
[[nodiscard]] aws::ProfileStsSettings profile_sts_settings(const Environment& environment, std::string_view profile);
/// Of the selected profile.
[[nodiscard]] aws::ProfileStsSettings profile_sts_settings(const Environment& environment);

/// The region everything starts from: the configuration's (which holds AWS_REGION already), else the profile's, else
/// that of the embedded STS; empty: none.
[[nodiscard]] std::string effective_region(const config::Config& config, const aws::ProfileStsSettings& profile);

/// Of the first role that has an ARN; empty where none has.
[[nodiscard]] std::string first_account(const config::Config& config);

/// Where the STS client sends its calls: what the configuration says of STS, then the environment, then the profile
/// that is played, else the chosen one; `region`, which is effective_region's, where none of them has one. With an
/// embedded STS the address does not matter, for no socket is opened.
[[nodiscard]] source::StsClientSettings sts_client_settings(const config::Config& config, const std::string& region,
                                                            const Environment& environment,
                                                            const aws::ProfileStsSettings& chosen);

/// What the embedded STS starts from: the configuration's users and trust, the account of the first role's ARN, and the
/// seal key from its file, which is made (32 random bytes as base64url, 0600) where it is missing. Errors: the file's.
Result<service::EmbeddedStsSettings> embedded_sts_settings(const config::Config& config);

}  // namespace understudy::app
