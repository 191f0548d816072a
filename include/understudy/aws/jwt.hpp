#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "understudy/base/clock.hpp"
#include "understudy/base/result.hpp"

namespace understudy::aws {

/// What STS takes from an OpenID Connect ID token.
struct JwtClaims {
  std::string issuer;                  ///< `https://token.actions.githubusercontent.com`
  std::string subject;                 ///< `system:serviceaccount:default:app`
  std::vector<std::string> audiences;  ///< `aud`, a text or a list.
  std::string authorized_party;        ///< `azp`, empty where absent.
  WallTime issued_at{};
  WallTime expires{};
  std::optional<WallTime> not_before;

  bool operator==(const JwtClaims&) const = default;
};

/// Reads a JSON Web Token (RFC 7519, compact form of RFC 7515) and checks what AssumeRoleWithWebIdentity demands of it:
/// a signed algorithm (not `none`), `iss`, `sub`, `aud`, `iat`, `exp`, and that `now` lies before `exp` and not more
/// than 5 minutes before `nbf` or `iat`; `nbf` and `azp` may be absent, and nothing else than a time and a text. Pure;
/// thread-safe.
///
/// **The signature is not verified**: there is no identity provider to ask. That is right for a stand-in that anyone on
/// the machine may use, and for nothing else.
///
/// Errors have STS's codes and hold no part of the token: kDenied `InvalidIdentityToken`; kExpired
/// `ExpiredTokenException`.
Result<JwtClaims> read_jwt(std::string_view token, WallTime now);

}  // namespace understudy::aws
