#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "understudy/base/clock.hpp"
#include "understudy/base/result.hpp"

namespace understudy::aws {

/// A Kubernetes service account's token, as a pod sends it to the EKS Pod Identity agent: nothing of it verified yet.
struct ServiceAccountToken {
  std::string algorithm;    ///< The header's `alg`: `RS256`.
  std::string key_id;       ///< The header's `kid`; empty where absent.
  std::string signed_part;  ///< What the signature is over: the first two parts as they were sent.
  std::string signature;    ///< Its bytes.

  std::string name_space;  ///< `kubernetes.io`.namespace; without `kubernetes.io` from `sub`. Empty: not said.
  std::string account;     ///< The service account's name: `kubernetes.io`.serviceaccount.name, or as above.
  std::string subject;     ///< `sub`: `system:serviceaccount:default:app`.
  std::vector<std::string> audiences;
  std::optional<WallTime> expires;
  std::optional<WallTime> not_before;
  std::string malformed;  ///< `nbf` or `sub` where it is there and of no form that it can have; empty: neither.

  bool operator==(const ServiceAccountToken&) const = default;
};

/// Reads the token. Pure; thread-safe. The messages are those of eks-pod-identity-agent 0.1.37, which reads with
/// golang-jwt 5 (`token is malformed: ..`), less what that tells of the token; no part of it is in them.
/// kInvalid, code `BadToken`: no JSON Web Token (RFC 7519, compact form), or one without an `alg`.
Result<ServiceAccountToken> parse_service_account_token(std::string_view token);

/// Checks what the agent and EKS behind it demand beside the signature: `exp` and, where it is there, `nbf` without any
/// tolerance, nothing that passes for absent because of its form; `audience` among those in `aud`; a service account
/// with its namespace, and no `sub` that contradicts it. Pure; thread-safe. kInvalid, code `BadClaims`; all that is
/// wrong with the times, else the first of the others: `token is expired`, `token is not valid yet`, `malformed claim:
/// nbf`, `missing claim: exp`, `invalid audience: expected pods.eks.amazonaws.com`, `missing claim: kubernetes.io`.
Result<void> check_claims(const ServiceAccountToken& token, std::string_view audience, WallTime now);

}  // namespace understudy::aws
