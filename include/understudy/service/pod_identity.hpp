#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "understudy/aws/service_account_token.hpp"
#include "understudy/base/clock.hpp"
#include "understudy/base/handler.hpp"
#include "understudy/base/log.hpp"
#include "understudy/service/guard.hpp"
#include "understudy/service/refusal_log.hpp"
#include "understudy/service/token_keys.hpp"
#include "understudy/source/role.hpp"

namespace understudy::service {

/// PodIdentityAssociation with the role found.
struct PodIdentityRole {
  std::string name_space;
  std::string account;
  source::Role* role;  ///< Never nullptr.
};

/// What a request has to be, beside what the guard demands.
struct PodIdentityRules {
  bool host_check = true;
  std::string audience = "pods.eks.amazonaws.com";
};

/// The EKS Pod Identity agent: `/v1/credentials` with a Kubernetes service account's token as `Authorization`, without
/// `Bearer`; any method, as the agent does. 200: AccessKeyId, SecretAccessKey, Token, AccountId, Expiration of the role
/// that the token's service account is associated with, and of no other. Errors are text with a newline, in this order:
///
/// | case | status | text |
/// |---|---|---|
/// | Host is none of the agent's addresses (`host_check`) | 403 | `Access Denied. Called agent through invalid ..` |
/// | the guard refuses | 403 | `Access Denied. ..` |
/// | another path | 404 | `404 page not found` |
/// | no Authorization | 400 | `Service account token cannot be empty` |
/// | no token, or two of them | 400 | `Service account token cannot be parsed: token is malformed: ..` |
/// | its time, audience or names | 400 | `Service account token failed basic claim validations: token is expired` |
/// | no keys to verify with yet | 503 | `(ServiceUnavailableException): .., fault: server` |
/// | the signature | 400 | `JWT signature validation failed: ..` |
/// | no association | 404 | `(ResourceNotFoundException): .., fault: client` |
/// | STS refused | 403 | `(AccessDenied): .., fault: client`, STS's code and message |
/// | a person has to act | 503 | `(MfaRequired): .., fault: server`, the error's own code |
/// | no credentials (yet), for another reason | 503 | `(ServiceUnavailableException): .., fault: server` |
///
/// Addresses, texts and order up to the claims, and the form of the rest: eks-pod-identity-agent 0.1.37 and its main
/// branch (internal/validation/request.go, claims_validation.go, token_validator.go, pkg/errors/errors.go). What the
/// agent is told by EKS it hands on with that status; the codes are those of AssumeRoleForPodIdentity's reference, the
/// words behind them are ours. There, AccessDeniedException is a 400, here the 403 of our other endpoints.
class PodIdentity final : public Handler {
 public:
  /// `keys` are what tokens are verified with; nullptr: **no signature is looked at**, so that a token proves nothing.
  /// REQUIRES: no service account twice; the roles, `keys`, `clock` and `log` outlive this.
  PodIdentity(const std::vector<PodIdentityRole>& roles, PodIdentityRules rules, TokenKeys* keys, GuardRules guard,
              const Clock& clock, Log& log);

  [[nodiscard]] Answer answer(const Request& request, Patience patience) override;
  [[nodiscard]] const RefusalLog& refusals() const { return refusals_; }
  /// For who refuses requests before they come here.
  [[nodiscard]] RefusalLog& refusals() { return refusals_; }

 private:
  [[nodiscard]] bool is_for_the_agent(const Request& request);
  [[nodiscard]] Answer serve(const Request& request, Patience patience);
  [[nodiscard]] Result<aws::ServiceAccountToken> read_token(const Request& request) const;
  /// What to answer where the signature is not good; nullopt where it is.
  [[nodiscard]] std::optional<Answer> refuse_signature(const aws::ServiceAccountToken& token, const Request& request,
                                                       Patience patience);
  [[nodiscard]] Answer serve_role(source::Role& role, Patience patience) const;
  Response refuse(const Request& request, Rule rule, int status, std::string text);

  std::map<std::pair<std::string, std::string>, source::Role*> roles_;
  PodIdentityRules rules_;
  TokenKeys* keys_;
  const Clock& clock_;
  RefusalLog refusals_;
  Guard guard_;
};

/// The containers listener where Pod Identity is configured: both endpoints know `/v1/credentials`. A request for it
/// without an `id`, and with one of the agent's addresses as Host, goes to `pod_identity`, every other one to
/// `containers`. REQUIRES: both outlive this.
class ContainersAndPodIdentity final : public Handler {
 public:
  ContainersAndPodIdentity(Handler& containers, Handler& pod_identity)
      : containers_(containers), pod_identity_(pod_identity) {}

  [[nodiscard]] Answer answer(const Request& request, Patience patience) override;

 private:
  Handler& containers_;
  Handler& pod_identity_;
};

}  // namespace understudy::service
