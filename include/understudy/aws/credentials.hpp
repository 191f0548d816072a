#pragma once

#include <optional>
#include <string>

#include "understudy/base/clock.hpp"
#include "understudy/base/secret.hpp"

namespace understudy::aws {

/// A key pair, temporary where it has a session token.
struct Credentials {
  std::string access_key_id;
  Secret secret_access_key;
  std::optional<Secret> session_token;
  std::optional<WallTime> expiration;  ///< Absent: does not end, or does not say when.
  WallTime obtained{};                 ///< When they were fetched: `LastUpdated`.
  std::string account_id;              ///< 12 digits, or empty where the way they were got does not tell.
  std::string role_arn;                ///< The IAM role's ARN, or empty where no role is played.

  bool operator==(const Credentials&) const = default;

  /// Session token and expiration are both there: clients of metadata endpoints need them.
  [[nodiscard]] bool is_temporary() const { return session_token.has_value() && expiration.has_value(); }
  [[nodiscard]] bool has_ended(WallTime now) const { return expiration.has_value() && *expiration <= now; }
};

/// The only form in which a key id may be logged: `...WXYZ`, its last four characters.
[[nodiscard]] std::string masked_key_id(const Credentials& credentials);

}  // namespace understudy::aws
