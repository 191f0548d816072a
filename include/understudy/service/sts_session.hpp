#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "understudy/aws/credentials.hpp"
#include "understudy/aws/sts.hpp"
#include "understudy/base/clock.hpp"
#include "understudy/base/secret.hpp"

namespace understudy::service {

/// Who calls the embedded STS, or whom a session of it is.
struct StsIdentity {
  enum class Kind {
    kUser,         ///< Long-term keys.
    kUserSession,  ///< GetSessionToken.
    kRole,         ///< One of the three AssumeRole calls.
    kFederated,    ///< GetFederationToken.
  };
  Kind kind = Kind::kUser;
  std::string arn;       ///< `arn:aws:sts::111122223333:assumed-role/app/me`
  std::string user_id;   ///< `AROA..:me`
  std::string account;   ///< 12 digits.
  std::string role_arn;  ///< kRole: the IAM role's own ARN, with its path.
  aws::Tags tags;
  std::vector<std::string> transitive_tag_keys;
  std::string source_identity;
  std::string mfa_serial;  ///< Set where an MFA code was given.

  bool operator==(const StsIdentity&) const = default;
};

/// What a session token seals.
struct StsSession {
  StsIdentity identity;
  std::string access_key_id;
  Secret secret_access_key;
  WallTime expires{};

  bool operator==(const StsSession&) const = default;
};

/// Session tokens that hold their session, so that no session has to be kept: AES-256-GCM over all of it, bound to its
/// access key id. Whoever has the same key can read them (a second process, the same one after a restart). Thread-safe.
class SessionSealer {
 public:
  /// An empty key: a random one, so that the tokens end with this object. REQUIRES: else at least 16 bytes that nobody
  /// can guess.
  explicit SessionSealer(const Secret& key);

  /// About 500 characters of base64 for a plain role session.
  [[nodiscard]] Secret seal(const StsSession& session) const;
  /// nullopt where the token was not sealed with this key for this access key id, down to the last bit. Whether the
  /// session has ended is the caller's question.
  [[nodiscard]] std::optional<StsSession> unseal(std::string_view token, std::string_view access_key_id) const;

 private:
  Secret key_;
};

/// Fresh credentials for `identity`: ASIA key id, 40 characters of secret, sealed token, until `expires`.
[[nodiscard]] aws::Credentials issue_session(const SessionSealer& sealer, StsIdentity identity, WallTime expires);

}  // namespace understudy::service
