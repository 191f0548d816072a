#include "sts_trust.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "understudy/aws/arn.hpp"
#include "understudy/base/text.hpp"

namespace understudy::service {
namespace {

Error denied(std::string message) { return {Error::Kind::kDenied, "AccessDenied", std::move(message)}; }

Refusal invalid(std::string message) { return {{Error::Kind::kInvalid, "ValidationError", std::move(message)}, {}}; }

bool is_account_of(std::string_view principal, std::string_view account) {
  if (principal == account) {
    return true;
  }
  const auto arn = aws::parse_arn(principal);
  return arn && arn->service == "iam" && arn->resource == "root" && arn->account == account;
}

bool names(std::string_view principal, const StsIdentity& caller) {
  return principal == "*" || principal == caller.arn || (!caller.role_arn.empty() && principal == caller.role_arn) ||
         is_account_of(principal, caller.account);
}

std::string how_to_change(std::string_view role_arn, std::string_view key) {
  return fmt::format("change it under sts.trust, \"{}\", {}", role_arn, key);
}

bool has_key(const aws::Tags& tags, std::string_view key) {
  return std::ranges::any_of(tags, [&](const auto& tag) { return equal_ignoring_case(tag.first, key); });
}

}  // namespace

TrustRule rule_of(const TrustTable& table, std::string_view role_arn) {
  const auto found = table.find(role_arn);
  return found == table.end() ? TrustRule() : found->second;
}

Decision<void> check_trust(const TrustRule& rule, const StsIdentity& caller, const aws::AssumeRole& call) {
  const auto error = denied(
      fmt::format("User: {} is not authorized to perform: sts:AssumeRole on resource: {}", caller.arn, call.role_arn));
  const auto refuse = [&](std::string_view what, std::string_view key) {
    return Refusal{error, fmt::format("{}; {}", what, how_to_change(call.role_arn, key))};
  };
  if (caller.kind == StsIdentity::Kind::kFederated) {
    return Refusal{error, "a federated user may not assume roles, as in AWS"};
  }
  const bool named = std::ranges::any_of(rule.principals, [&](const auto& one) { return names(one, caller); });
  if (!rule.principals.empty() && !named) {
    return refuse("the caller is none of the role's principals", "principals");
  }
  if (!rule.external_id.empty() && rule.external_id != call.external_id) {
    return refuse("the role demands another external id", "external_id");
  }
  const bool came_with_mfa = call.serial_number == rule.mfa_serial || caller.mfa_serial == rule.mfa_serial;
  if (!rule.mfa_serial.empty() && !came_with_mfa) {
    return refuse("the role demands a code of its MFA device", "mfa_serial");
  }
  return {};
}

Decision<void> check_trust(const TrustRule& rule, const FederatedPrincipal& principal, std::string_view action,
                           std::string_view role_arn) {
  const bool named = std::ranges::any_of(rule.principals, [&](const auto& one) {
    return one == "*" || one == principal.provider_arn || one == principal.issuer;
  });
  if (rule.principals.empty() || named) {
    return {};
  }
  return Refusal{denied(fmt::format("Not authorized to perform sts:{}", action)),
                 fmt::format("the provider {} is none of the role's principals; {}", principal.provider_arn,
                             how_to_change(role_arn, "principals"))};
}

Decision<std::string> check_mfa(std::string_view serial_number, std::string_view token_code) {
  if (serial_number.empty() != token_code.empty()) {
    return Refusal{
        denied("MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code."), {}};
  }
  if (token_code == "000000") {
    return Refusal{denied("MultiFactorAuthentication failed with invalid MFA one time pass code."),
                   "000000 always counts as a wrong code; any other one is right"};
  }
  return std::string(serial_number);
}

Decision<std::chrono::seconds> role_duration(std::optional<std::chrono::seconds> asked, const TrustRule& rule,
                                             bool is_chained) {
  constexpr std::chrono::hours kDefault(1);
  constexpr std::chrono::hours kMostWhenChained(1);
  if (asked && is_chained && *asked > kMostWhenChained) {
    return invalid("The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining");
  }
  if (asked && *asked > rule.max_duration) {
    return invalid("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
  }
  return asked.value_or(std::min<std::chrono::seconds>(kDefault, rule.max_duration));
}

Decision<StsIdentity> inherit(StsIdentity session, const StsIdentity& caller, const aws::AssumeRole& call) {
  session.tags = call.tags;
  session.transitive_tag_keys = call.transitive_tag_keys;
  for (const auto& key : call.transitive_tag_keys) {
    if (!has_key(call.tags, key)) {
      return invalid("The specified transitive tag key must be included in the requested tags.");
    }
  }
  for (const auto& tag : caller.tags) {
    const bool is_transitive = std::ranges::any_of(
        caller.transitive_tag_keys, [&](const auto& key) { return equal_ignoring_case(key, tag.first); });
    if (!is_transitive) {
      continue;
    }
    if (has_key(call.tags, tag.first)) {
      return invalid(
          fmt::format("The tag key {} is inherited from the calling session and can not be passed again.", tag.first));
    }
    session.tags.push_back(tag);
    session.transitive_tag_keys.push_back(tag.first);
  }
  if (!caller.source_identity.empty() && !call.source_identity.empty() &&
      caller.source_identity != call.source_identity) {
    return Refusal{denied(fmt::format("User: {} is not authorized to perform: sts:SetSourceIdentity on resource: {}",
                                      caller.arn, call.role_arn)),
                   "a source identity stays the same along a chain of roles"};
  }
  session.source_identity = caller.source_identity.empty() ? call.source_identity : caller.source_identity;
  return session;
}

}  // namespace understudy::service
