#pragma once

#include <map>
#include <string>
#include <string_view>

#include "understudy/base/clock.hpp"
#include "understudy/base/message.hpp"
#include "understudy/base/result.hpp"
#include "understudy/service/sts_session.hpp"
#include "understudy/service/sts_settings.hpp"

namespace understudy::service {

using StsUsers = std::map<std::string, StsUser, std::less<>>;  ///< By access key id; `account` is set.

/// What a request's signature is verified against. Thread-safe as long as `users` stays as it is.
struct StsVerifier {
  const StsUsers& users;
  const SessionSealer& sealer;
  std::string_view region;  ///< The one region that scopes may name; empty: any.
  std::string_view partition;

  /// Who signed `request`. Errors are STS's: `MissingAuthenticationToken`, `IncompleteSignature`,
  /// `InvalidClientTokenId` (unknown key, or a session token that is not ours or not that key's), `ExpiredToken`,
  /// `SignatureDoesNotMatch` (time, scope or signature).
  [[nodiscard]] Result<StsIdentity> verify(const Request& request, WallTime now) const;
};

}  // namespace understudy::service
