#pragma once

#include <chrono>
#include <string>
#include <utility>

#include "understudy/base/result.hpp"

/// What readers of an identity provider's token, be it a JWT or a SAML assertion, have in common. Pure; thread-safe.
namespace understudy::aws {

/// How far the provider's clock may be ahead.
inline constexpr std::chrono::minutes kClockSkew(5);

[[nodiscard]] inline Error invalid_identity_token(std::string message) {
  return {Error::Kind::kDenied, "InvalidIdentityToken", std::move(message)};
}

}  // namespace understudy::aws
