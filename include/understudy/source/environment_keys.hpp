#pragma once

#include <vector>

#include "understudy/aws/credentials.hpp"
#include "understudy/base/environment.hpp"
#include "understudy/source/kind.hpp"
#include "understudy/source/source.hpp"

namespace understudy::source {

/// The keys in AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_CREDENTIAL_EXPIRATION (RFC 3339) and
/// AWS_ACCOUNT_ID; `obtained` is `now`. Pure.
/// Errors: kNotFound (code `NoKeys`) where neither of the pair is set; kInvalid (`HalfAPair`) where one is;
/// kInvalid (`BadExpiration`); ended_keys.
Result<aws::Credentials> keys_in(const Environment& environment, WallTime now);

/// `environment: true`: the process's environment as it was at the start.
class EnvironmentKeys final : public Source {
 public:
  /// REQUIRES: both outlive it.
  EnvironmentKeys(const Environment& environment, const Clock& clock) : environment_(environment), clock_(clock) {}

  Result<aws::Credentials> get(Freshness freshness) override;
  std::vector<aws::Credentials> own_keys() override;

 private:
  const Environment& environment_;
  const Clock& clock_;
};

[[nodiscard]] Kind environment_keys_kind();

}  // namespace understudy::source
