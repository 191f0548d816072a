#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "understudy/aws/sts.hpp"
#include "understudy/base/result.hpp"
#include "understudy/service/sts_session.hpp"
#include "understudy/service/sts_settings.hpp"

/// The embedded STS's decisions: pure functions of the trust table, the caller and the call. Thread-safe.
namespace understudy::service {

/// What the caller is told, in AWS's words, and what the operator is told: which rule it was and how to change it.
struct Refusal {
  Error error;
  std::string reason;  ///< Empty: the error says it all.
};

template <class T>
using Decision = Result<T, Refusal>;

/// The rule of that role; where the table has none, one that lets any caller in.
[[nodiscard]] TrustRule rule_of(const TrustTable& table, std::string_view role_arn);

/// Whether `caller` may make `call`: principals, external id, MFA.
Decision<void> check_trust(const TrustRule& rule, const StsIdentity& caller, const aws::AssumeRole& call);

/// The same for a call without a signature. `names`: the provider's ARN, the issuer.
struct FederatedPrincipal {
  std::string provider_arn;
  std::string issuer;
};
Decision<void> check_trust(const TrustRule& rule, const FederatedPrincipal& principal, std::string_view action,
                           std::string_view role_arn);

/// The serial number of the device, empty where no code was given. Any code of six digits but `000000` is right, so
/// that a wrong one can be tried out too.
Decision<std::string> check_mfa(std::string_view serial_number, std::string_view token_code);

/// How long a role session lasts: what was asked for, else an hour or the role's maximum, whichever is less.
Decision<std::chrono::seconds> role_duration(std::optional<std::chrono::seconds> asked, const TrustRule& rule,
                                             bool is_chained);

/// Tags, transitive keys and source identity of the new session: those asked for and those that come down the chain.
Decision<StsIdentity> inherit(StsIdentity session, const StsIdentity& caller, const aws::AssumeRole& call);

}  // namespace understudy::service
