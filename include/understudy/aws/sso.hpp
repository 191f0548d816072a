#pragma once

#include <nlohmann/json_fwd.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "understudy/aws/credentials.hpp"
#include "understudy/base/result.hpp"

/// IAM Identity Center: the file in which the AWS CLI keeps a session's token, its renewal, and role credentials (AWS
/// SDKs and Tools Reference Guide, "IAM Identity Center credential provider"; botocore's models of sso 2019-06-10 and
/// sso-oidc 2019-06-10). Pure; thread-safe.
namespace understudy::aws {

/// With no more than this left, the AWS CLI and the SDKs renew a token or log in anew (botocore's `_EXPIRY_WINDOW`).
inline constexpr std::chrono::minutes kSsoRenewBefore(15);

/// The file's name: the SHA-1 of the sso-session's name, or of the start URL where there is no session, and `.json`.
[[nodiscard]] std::string sso_cache_name(std::string_view session_or_start_url);

/// `portal.sso.eu-west-1.amazonaws.com`, `oidc.eu-west-1.amazonaws.com`. REQUIRES: check_region(region).
[[nodiscard]] std::string sso_portal_host(std::string_view region);
[[nodiscard]] std::string sso_oidc_host(std::string_view region);

/// What is needed of the file:
///
///     {"accessToken": .., "expiresAt": "2026-11-20T23:37:24Z", "refreshToken": .., "clientId": .., "clientSecret": ..,
///      "registrationExpiresAt": ..}
struct SsoToken {
  Secret access_token;
  WallTime expires{};
  std::string client_id;  ///< This and the next three are needed to renew it; empty where the file has none.
  Secret client_secret;
  Secret refresh_token;
  std::optional<WallTime> registration_expires;

  [[nodiscard]] bool can_be_renewed(WallTime now) const;
};

/// kInvalid (code `BadSsoToken`) where the text is no JSON object, or has no accessToken or no expiresAt. The message
/// is half a sentence and holds no value.
Result<SsoToken> read_sso_token(std::string_view text);

struct SsoRenewal {
  Secret access_token;
  WallTime expires{};
  Secret refresh_token;  ///< Empty: the old one stays.
};
/// CreateToken's answer, got at `now`: `{"accessToken": .., "expiresIn": 28800, "refreshToken"?: ..}`. kUnavailable
/// (`BadAnswer`) where something of it is missing.
Result<SsoRenewal> read_sso_renewal(const nlohmann::json& answer, WallTime now);
/// The file's text with the renewal in it; every other member stays. REQUIRES: read_sso_token(text).
[[nodiscard]] std::string renewed_sso_text(std::string_view text, const SsoRenewal& renewal);

/// GetRoleCredentials' answer: `{"roleCredentials": {"accessKeyId": .., "secretAccessKey": .., "sessionToken": ..,
/// "expiration": 1795217844000}}`, its end in milliseconds. kUnavailable (`BadAnswer`) where something of it is
/// missing.
Result<Credentials> read_role_credentials(const nlohmann::json& answer);

}  // namespace understudy::aws
