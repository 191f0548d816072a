#include "sts_actions.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "understudy/aws/access_key.hpp"
#include "understudy/aws/arn.hpp"
#include "understudy/aws/jwt.hpp"
#include "understudy/aws/saml.hpp"
#include "understudy/aws/sts_limits.hpp"
#include "understudy/base/crypto.hpp"

namespace understudy::service {
namespace {

using std::chrono::seconds;

constexpr seconds kUserSessionDefault = std::chrono::hours(12);

Refusal refusal(Error::Kind kind, std::string code, std::string message, std::string reason = {}) {
  return {{kind, std::move(code), std::move(message)}, std::move(reason)};
}

Decision<aws::Arn> read_role(const std::string& text) {
  auto role = aws::parse_role_arn(text);
  if (!role) {
    const bool is_arn = aws::parse_arn(text).has_value();
    return refusal(Error::Kind::kInvalid, "ValidationError",
                   is_arn ? "Request ARN is invalid" : fmt::format("{} is invalid", text));
  }
  return *std::move(role);
}

StsIdentity role_session(const aws::Arn& role, std::string_view session_name) {
  StsIdentity session;
  session.kind = StsIdentity::Kind::kRole;
  session.arn = aws::assumed_role_arn(role, session_name).to_string();
  session.account = role.account;
  session.role_arn = role.to_string();
  session.user_id = fmt::format("{}:{}", aws::make_unique_id("AROA", session.role_arn), session_name);
  return session;
}

/// GetSessionToken and GetFederationToken are for long-term keys.
Decision<void> demand_long_term_keys(const StsIdentity& caller, std::string_view action) {
  if (caller.kind == StsIdentity::Kind::kUser) {
    return {};
  }
  return refusal(Error::Kind::kDenied, "AccessDenied", fmt::format("Cannot call {} with session credentials", action));
}

/// `arn:aws:iam::111122223333:oidc-provider/example.com/path`, in the role's account.
std::string oidc_provider_arn(const aws::Arn& role, std::string_view issuer) {
  constexpr std::string_view kScheme = "https://";
  const auto name = issuer.starts_with(kScheme) ? issuer.substr(kScheme.size()) : issuer;
  return fmt::format("arn:{}:iam::{}:oidc-provider/{}", role.partition, role.account, name);
}

/// BASE64(SHA1(issuer + account + "/" + provider's name)), as the AssumeRoleWithSAML reference has it.
std::string name_qualifier(const aws::SamlAssertion& assertion, const aws::Arn& provider) {
  const auto slash = provider.resource.find('/');
  const auto name = slash == std::string::npos ? provider.resource : provider.resource.substr(slash + 1);
  return base64(sha1(fmt::format("{}{}/{}", assertion.issuer, provider.account, name)));
}

/// The assertion's own name and duration have to keep to the limits of the call's.
Decision<void> check_assertion(const aws::AssumeRoleWithSaml& call, const aws::SamlAssertion& assertion) {
  aws::AssumeRole equivalent;
  equivalent.role_arn = call.role_arn;
  equivalent.role_session_name = assertion.role_session_name;
  equivalent.duration = assertion.session_duration;
  if (const auto outcome = aws::check(equivalent); !outcome) {
    return Refusal{outcome.error(), {}};
  }
  const std::pair wanted(call.role_arn, call.principal_arn);
  if (std::ranges::find(assertion.roles, wanted) == assertion.roles.end()) {
    return refusal(Error::Kind::kDenied, "AccessDenied", "Not authorized to perform sts:AssumeRoleWithSAML",
                   "the assertion's Role attribute does not hold this role with this provider");
  }
  return {};
}

}  // namespace

aws::StsAnswer StsActions::issue(StsIdentity session, seconds duration) const {
  aws::StsAnswer answer;
  answer.arn = session.arn;
  answer.user_id = session.user_id;
  answer.account = session.account;
  answer.source_identity = session.source_identity;
  // Expiration goes out in whole seconds; the session itself must not end at another time.
  answer.credentials = issue_session(sealer, std::move(session), std::chrono::floor<seconds>(now + duration));
  return answer;
}

Decision<aws::StsAnswer> StsActions::operator()(const aws::AssumeRole& call, const StsIdentity& caller) const {
  const auto role = read_role(call.role_arn);
  if (!role) {
    return role.error();
  }
  const auto rule = rule_of(trust, call.role_arn);
  const auto mfa = check_mfa(call.serial_number, call.token_code);
  if (!mfa) {
    return mfa.error();
  }
  if (const auto trusted = check_trust(rule, caller, call); !trusted) {
    return trusted.error();
  }
  const auto duration = role_duration(call.duration, rule, caller.kind == StsIdentity::Kind::kRole);
  if (!duration) {
    return duration.error();
  }
  auto session = inherit(role_session(*role, call.role_session_name), caller, call);
  if (!session) {
    return session.error();
  }
  return issue(*std::move(session), *duration);
}

Decision<aws::StsAnswer> StsActions::operator()(const aws::AssumeRoleWithWebIdentity& call, const StsIdentity&) const {
  const auto role = read_role(call.role_arn);
  if (!role) {
    return role.error();
  }
  const auto claims = aws::read_jwt(call.web_identity_token.reveal(), now);
  if (!claims) {
    return Refusal{claims.error(), {}};
  }
  const auto rule = rule_of(trust, call.role_arn);
  const FederatedPrincipal principal{oidc_provider_arn(*role, claims->issuer), claims->issuer};
  if (const auto trusted = check_trust(rule, principal, "AssumeRoleWithWebIdentity", call.role_arn); !trusted) {
    return trusted.error();
  }
  const auto duration = role_duration(call.duration, rule, false);
  if (!duration) {
    return duration.error();
  }
  auto answer = issue(role_session(*role, call.role_session_name), *duration);
  answer.subject = claims->subject;
  answer.provider = claims->issuer;
  answer.audience = claims->authorized_party.empty() ? claims->audiences.front() : claims->authorized_party;
  return answer;
}

Decision<aws::StsAnswer> StsActions::operator()(const aws::AssumeRoleWithSaml& call, const StsIdentity&) const {
  const auto role = read_role(call.role_arn);
  const auto provider = aws::parse_arn(call.principal_arn);
  if (!role || !provider) {
    return role ? refusal(Error::Kind::kInvalid, "ValidationError", fmt::format("{} is invalid", call.principal_arn))
                : role.error();
  }
  const auto assertion = aws::read_saml_assertion(call.saml_assertion.reveal(), now);
  if (!assertion) {
    return Refusal{assertion.error(), {}};
  }
  if (const auto fits = check_assertion(call, *assertion); !fits) {
    return fits.error();
  }
  const auto rule = rule_of(trust, call.role_arn);
  const FederatedPrincipal principal{call.principal_arn, assertion->issuer};
  if (const auto trusted = check_trust(rule, principal, "AssumeRoleWithSAML", call.role_arn); !trusted) {
    return trusted.error();
  }
  const auto duration = role_duration(call.duration, rule, false);
  if (!duration) {
    return duration.error();
  }
  auto answer = issue(role_session(*role, assertion->role_session_name),
                      std::min(*duration, assertion->session_duration.value_or(*duration)));
  answer.subject = assertion->subject;
  answer.subject_type = assertion->subject_type;
  answer.issuer = assertion->issuer;
  answer.audience = assertion->audience;
  answer.name_qualifier = name_qualifier(*assertion, *provider);
  return answer;
}

Decision<aws::StsAnswer> StsActions::operator()(const aws::GetSessionToken& call, const StsIdentity& caller) const {
  if (const auto allowed = demand_long_term_keys(caller, "GetSessionToken"); !allowed) {
    return allowed.error();
  }
  auto mfa = check_mfa(call.serial_number, call.token_code);
  if (!mfa) {
    return mfa.error();
  }
  auto session = caller;
  session.kind = StsIdentity::Kind::kUserSession;
  session.mfa_serial = *std::move(mfa);
  return issue(std::move(session), call.duration.value_or(kUserSessionDefault));
}

Decision<aws::StsAnswer> StsActions::operator()(const aws::GetFederationToken& call, const StsIdentity& caller) const {
  if (const auto allowed = demand_long_term_keys(caller, "GetFederationToken"); !allowed) {
    return allowed.error();
  }
  StsIdentity session;
  session.kind = StsIdentity::Kind::kFederated;
  session.account = caller.account;
  session.arn = fmt::format("{}:sts::{}:federated-user/{}", caller.arn.substr(0, caller.arn.find(":iam:")),
                            caller.account, call.name);
  session.user_id = fmt::format("{}:{}", caller.account, call.name);
  session.tags = call.tags;
  return issue(std::move(session), call.duration.value_or(kUserSessionDefault));
}

Decision<aws::StsAnswer> StsActions::operator()(const aws::GetCallerIdentity&, const StsIdentity& caller) const {
  aws::StsAnswer answer;
  answer.arn = caller.arn;
  answer.user_id = caller.user_id;
  answer.account = caller.account;
  return answer;
}

Decision<aws::StsAnswer> StsActions::operator()(const aws::GetAccessKeyInfo& call, const StsIdentity&) const {
  const auto user = users.find(call.access_key_id);
  const auto made_here =
      call.access_key_id.starts_with("ASIA") ? aws::account_of_access_key_id(call.access_key_id) : std::nullopt;
  if (user == users.end() && !made_here) {
    return refusal(Error::Kind::kInvalid, "ValidationError", "The access key id is not known here.");
  }
  aws::StsAnswer answer;
  answer.account = user != users.end() ? user->second.account : *made_here;
  return answer;
}

Decision<aws::StsAnswer> StsActions::operator()(const aws::DecodeAuthorizationMessage&, const StsIdentity&) const {
  return refusal(Error::Kind::kInvalid, "InvalidAuthorizationMessageException", "Message is not valid",
                 "the embedded STS gives out no encoded authorization messages");
}

}  // namespace understudy::service
