#pragma once

#include <optional>

#include "understudy/aws/credentials.hpp"
#include "understudy/source/kind.hpp"
#include "understudy/source/source.hpp"

namespace understudy::source {

/// kActionNeeded (code `KeysEnded`) where the keys ended before `now`, which only a person can change. `place` says for
/// people where the keys stand: `the environment`.
[[nodiscard]] std::optional<Error> ended_keys(const aws::Credentials& keys, WallTime now, std::string_view place);

/// Keys as they stand in the configuration. Immutable, so thread-safe.
class StaticKeys final : public Source {
 public:
  /// REQUIRES: `clock` outlives it.
  StaticKeys(aws::Credentials keys, const Clock& clock) : keys_(std::move(keys)), clock_(clock) {}

  /// Errors: ended_keys.
  Result<aws::Credentials> get(Freshness freshness) override;
  std::vector<aws::Credentials> own_keys() override { return {keys_}; }

 private:
  aws::Credentials keys_;
  const Clock& clock_;
};

/// `static: {access_key_id: .., secret_access_key: .., session_token: .., expiration: 2026-11-20T23:37:24Z,
/// account_id: "111122223333"}`; the last three may be left out.
[[nodiscard]] Kind static_keys_kind();

}  // namespace understudy::source
