#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "understudy/base/node.hpp"
#include "understudy/base/secret.hpp"
#include "understudy/base/url.hpp"

namespace understudy::service {

/// A key pair that the embedded STS knows.
struct StsUser {
  std::string name;  ///< IAM's: `jane` becomes `arn:aws:iam::<account>:user/jane`.
  std::string access_key_id;
  Secret secret_access_key;
  std::string account;                  ///< 12 digits; empty: the embedded STS's default.
  std::optional<Secret> session_token;  ///< For temporary keys that others made: has to come with every request.

  bool operator==(const StsUser&) const = default;
};

/// Who may assume a role, and how.
struct TrustRule {
  /// ARNs of users, roles, role sessions, OIDC or SAML providers; account ids or `arn:..:root` (all of the account);
  /// issuers of ID tokens (`https://..`); `*`. Empty: any known caller.
  std::vector<std::string> principals;
  std::string external_id;  ///< Empty: none is demanded.
  std::string mfa_serial;   ///< Empty: no MFA is demanded.
  std::chrono::seconds max_duration{std::chrono::hours(12)};

  bool operator==(const TrustRule&) const = default;
};

/// By role ARN. A role without an entry may be assumed by any known caller for up to 12 hours.
using TrustTable = std::map<std::string, TrustRule, std::less<>>;

/// The section `sts:` of the configuration.
struct StsSettings {
  bool embedded = false;        ///< `endpoint: embedded`
  std::optional<Url> endpoint;  ///< `endpoint: URL`; absent: embedded, or the partition's regional one.
  std::string region;           ///< Empty: not said here; read_config then puts the configuration's.
  std::string seal_key_file;    ///< Empty: a random key, and sessions end with the process.
  std::vector<StsUser> users;
  TrustTable trust;

  bool operator==(const StsSettings&) const = default;
};

/// Reads
///
///     sts:
///       endpoint: embedded          # or a URL
///       region: us-east-1
///       seal_key_file: /run/understudy/seal.key
///       users:
///         - {name: jane, access_key_id: AKIA.., secret_access_key: .., account: "111122223333"}
///       trust:
///         arn:aws:iam::111122223333:role/app:
///           {principals: ["111122223333"], external_id: x, mfa_serial: .., max_duration: 2h}
///
/// Every key may be left out. What is wrong goes to `problems`, and the rest is read all the same.
[[nodiscard]] StsSettings read_sts_settings(const Node& section, std::vector<Problem>& problems);

}  // namespace understudy::service
