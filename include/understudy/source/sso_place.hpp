#pragma once

#include <nlohmann/json_fwd.hpp>

#include <filesystem>
#include <string_view>

#include "understudy/aws/shared_config.hpp"
#include "understudy/aws/sso_device.hpp"
#include "understudy/base/environment.hpp"
#include "understudy/source/json_call.hpp"
#include "understudy/source/kind.hpp"

/// What logging in to IAM Identity Center and using the log-in have in common. Thread-safe.
namespace understudy::source {

inline constexpr std::string_view kIdentityCenter = "IAM Identity Center";

/// Finds out where a person logs in. The scopes are the session's, `sso:account:access` where it has none (AWS SDKs and
/// Tools Reference Guide, "sso_registration_scopes"), and none in the legacy form, as in the AWS CLI. A profile is
/// resolved as plan_profile does it, so it may also play a role with another's credentials. `config_file` is what
/// messages call the shared config file. Pure.
///
/// Errors: kInvalid `BadSsoSession` (no such session, or a half one), `NoLogIn` (the profile starts from something
/// else) and those of plan_profile; kActionNeeded `LoginRequired` (the profile's is a session of `aws login`, which the
/// AWS CLI alone can begin).
Result<aws::SsoPlace> sso_place(const aws::SharedConfig& shared, const LogIn& log_in, std::string_view config_file);

/// The same of the shared files as they are now. Errors: those of sso_place and read_shared_config.
Result<aws::SsoPlace> find_sso_place(const Environment& environment, const LogIn& log_in);

/// `~/.aws/sso/cache`, for which there is no variable.
[[nodiscard]] std::filesystem::path sso_cache(const Environment& environment);
/// The token's file in it. `start_url` counts where `session` is empty.
[[nodiscard]] std::filesystem::path sso_token_file(const Environment& environment, std::string_view session,
                                                   std::string_view start_url);

/// POSTs to Identity Center's OIDC service in that region, or where service_url says that is. Errors: those of
/// check_region, service_url and call_json.
Result<JsonAnswer> call_sso_oidc(const Surroundings& surroundings, std::string_view region, std::string_view path,
                                 const nlohmann::json& body);

}  // namespace understudy::source
