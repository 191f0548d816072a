#pragma once

#include <string>

#include "sts_authentication.hpp"
#include "sts_trust.hpp"
#include "understudy/aws/sts.hpp"
#include "understudy/base/clock.hpp"

namespace understudy::service {

/// What the calls are answered from.
struct StsActions {
  const TrustTable& trust;
  const StsUsers& users;
  const SessionSealer& sealer;
  WallTime now;

  /// One overload an action. `caller` has proved who it is.
  Decision<aws::StsAnswer> operator()(const aws::AssumeRole& call, const StsIdentity& caller) const;
  Decision<aws::StsAnswer> operator()(const aws::GetSessionToken& call, const StsIdentity& caller) const;
  Decision<aws::StsAnswer> operator()(const aws::GetFederationToken& call, const StsIdentity& caller) const;
  Decision<aws::StsAnswer> operator()(const aws::GetCallerIdentity& call, const StsIdentity& caller) const;
  Decision<aws::StsAnswer> operator()(const aws::GetAccessKeyInfo& call, const StsIdentity& caller) const;
  Decision<aws::StsAnswer> operator()(const aws::DecodeAuthorizationMessage& call, const StsIdentity& caller) const;
  /// The two that carry their own proof; there is no caller yet.
  Decision<aws::StsAnswer> operator()(const aws::AssumeRoleWithWebIdentity& call, const StsIdentity& nobody) const;
  Decision<aws::StsAnswer> operator()(const aws::AssumeRoleWithSaml& call, const StsIdentity& nobody) const;

 private:
  /// Credentials for the session and what every role call answers.
  [[nodiscard]] aws::StsAnswer issue(StsIdentity session, std::chrono::seconds duration) const;
};

}  // namespace understudy::service
