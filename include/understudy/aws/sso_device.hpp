#pragma once

#include <nlohmann/json_fwd.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "understudy/aws/sso.hpp"
#include "understudy/base/clock.hpp"
#include "understudy/base/result.hpp"
#include "understudy/base/secret.hpp"

/// Logging in to IAM Identity Center with a device code (RFC 8628), and the files that the AWS CLI leaves behind when
/// it does (botocore's model of sso-oidc 2019-06-10: RegisterClient, StartDeviceAuthorization, CreateToken; the AWS CLI
/// 2's `SSOTokenFetcher` in awscli/botocore/utils.py). Pure; thread-safe.
namespace understudy::aws {

/// Where somebody logs in.
struct SsoPlace {
  std::string session;  ///< The name of the `sso-session`; empty: the legacy form.
  std::string start_url;
  std::string region;               ///< Of Identity Center: sso_region.
  std::vector<std::string> scopes;  ///< That the client is registered with; empty: none, and no refresh token.
  bool operator==(const SsoPlace&) const = default;
};

/// sso_registration_scopes: `sso:account:access, codecatalyst:read_write` is a list of two. Empty parts are left out.
[[nodiscard]] std::vector<std::string> parse_sso_scopes(std::string_view text);

/// This program, as Identity Center knows it for about 90 days.
struct SsoRegistration {
  std::string client_id;
  Secret client_secret;
  WallTime expires{};
};
/// The name of the file in which the AWS CLI keeps the registration for a place: the SHA-1 of the place, written as
/// Python's `json.dumps(.., sort_keys=True)` writes it, and `.json`. It stands beside the token's.
[[nodiscard]] std::string sso_registration_name(const SsoPlace& place);
/// The file: `{"clientId": .., "clientSecret": .., "expiresAt": "2027-02-18T23:37:24Z", "scopes"?: [..]}`. kInvalid
/// (`BadSsoRegistration`) where something of it is missing, or where its `grantTypes` tell that it is for the
/// authorization code flow, which the AWS CLI keeps in the same file: it can not start a device's. No value in the
/// message.
Result<SsoRegistration> read_sso_registration(std::string_view text);
[[nodiscard]] std::string sso_registration_text(const SsoRegistration& registration, const SsoPlace& place);
/// RegisterClient's answer: `{"clientId": .., "clientSecret": .., "clientSecretExpiresAt": 1802993844}`, in seconds.
/// kUnavailable (`BadAnswer`) where something of it is missing.
Result<SsoRegistration> read_registered_client(const nlohmann::json& answer);

/// What a person has to do, and what is asked for meanwhile.
struct SsoDevice {
  Secret device_code;
  std::string user_code;      ///< `ABCD-EFGH`
  std::string url;            ///< Where it is typed in. http or https, and visible ASCII alone, as the next one.
  std::string url_with_code;  ///< Where it is filled in already; the same as `url` where there is no such page.
  std::chrono::seconds life{};
  std::chrono::seconds interval{};  ///< Between two questions.
};
/// StartDeviceAuthorization's answer: `{"deviceCode": .., "userCode": .., "verificationUri": ..,
/// "verificationUriComplete"?: .., "expiresIn": 600, "interval"?: 1}`; without an interval it is 5 s. kUnavailable
/// (`BadAnswer`) where something of it is missing or an address is none for a browser.
Result<SsoDevice> read_device_authorization(const nlohmann::json& answer);

/// What an error of CreateToken's means to one who waits.
enum class DeviceState {
  kPending,   ///< Nobody has confirmed yet: ask again.
  kSlowDown,  ///< The same, 5 s later than so far.
  kExpired,   ///< The code has ended.
  kDenied,    ///< Somebody has said no.
  kOther,     ///< Asking again gives the same answer.
};
/// `code` as RFC 8628 writes it (`slow_down`), or as AWS's models do (`SlowDownException`).
[[nodiscard]] DeviceState device_state(std::string_view code);

/// The token's file as a log-in leaves it, in the form of read_sso_token.
[[nodiscard]] std::string sso_token_text(const SsoPlace& place, const SsoRegistration& registration,
                                         const SsoRenewal& token);

}  // namespace understudy::aws
