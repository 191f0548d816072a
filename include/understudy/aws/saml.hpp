#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "understudy/base/clock.hpp"
#include "understudy/base/result.hpp"

namespace understudy::aws {

/// What STS takes from a SAML 2.0 response.
struct SamlAssertion {
  std::string issuer;             ///< `https://idp.example.com/`
  std::string subject;            ///< The NameID.
  std::string subject_type;       ///< `persistent`, `transient`, or the format's URI in full; never empty.
  std::string audience;           ///< The confirmation's Recipient, else the Audience restriction.
  std::string role_session_name;  ///< Attribute `https://aws.amazon.com/SAML/Attributes/RoleSessionName`.
  std::optional<std::chrono::seconds> session_duration;    ///< Attribute `../SessionDuration`.
  std::vector<std::pair<std::string, std::string>> roles;  ///< Attribute `../Role`: role ARN, provider ARN.

  bool operator==(const SamlAssertion&) const = default;
};

/// Reads the base64 of a `samlp:Response` (or a bare `saml:Assertion`), as a browser posts it, and checks what
/// AssumeRoleWithSAML demands: an Issuer, a NameID, a RoleSessionName, at least one Role, and that `now` lies within
/// Conditions and SubjectConfirmationData (5 minutes of skew at NotBefore, none at NotOnOrAfter). White space in the
/// base64 is allowed. Pure; thread-safe.
///
/// **The signature is not verified**, and encrypted assertions are not read: there is no identity provider to ask.
///
/// Errors have STS's codes and hold no part of the assertion: kDenied `InvalidIdentityToken`; kExpired
/// `ExpiredTokenException`. Source: OASIS saml-core-2.0-os; AWS IAM user guide, "Configure SAML assertions".
Result<SamlAssertion> read_saml_assertion(std::string_view base64_text, WallTime now);

}  // namespace understudy::aws
