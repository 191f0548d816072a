#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "understudy/base/clock.hpp"
#include "understudy/base/secret.hpp"

namespace understudy::service {

/// The tokens of IMDSv2, without a table that a client could fill: each is a sealed note of when it ends.
///
/// 56 characters: URL-safe base64, with its `==`, of 40 bytes: AES-256-GCM (12-byte nonce, 12 bytes sealed, 16-byte
/// tag) over the format's version and the time of its end on the boot clock, with the instance as associated data. So a
/// token of another instance, of an earlier start (the key is new at each) or with any bit changed is none, and a
/// sleeping or re-set machine lengthens no life. Any number may live. Thread-safe.
class ImdsTokens {
 public:
  /// Who has the same `key`, of new_key, takes the same tokens. REQUIRES: the clock outlives this.
  ImdsTokens(std::string instance_id, const Clock& clock, Secret key = new_key());
  [[nodiscard]] static Secret new_key();

  /// A token that is good for `ttl` from now; 0 gives one that is dead at once. REQUIRES: a ttl of parse_token_ttl.
  [[nodiscard]] std::string issue(std::chrono::seconds ttl) const;

  /// How long the token has to live, rounded up, at least 1 s; nullopt for one that is not good.
  [[nodiscard]] std::optional<std::chrono::seconds> life_left(std::string_view token) const;

 private:
  std::string instance_id_;
  Secret key_;
  const Clock& clock_;
};

/// The header `X-aws-ec2-metadata-token-ttl-seconds`: decimal digits, 0..21600. nullopt for anything else, which is
/// answered by 400 (checked on instances: `-1`, `21601`, text).
[[nodiscard]] std::optional<std::chrono::seconds> parse_token_ttl(std::string_view text);

}  // namespace understudy::service
