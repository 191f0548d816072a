#pragma once

#include <array>
#include <concepts>
#include <string_view>
#include <type_traits>

#include "understudy/aws/sts.hpp"

/// The one table of what each call consists of and what its members are called on the wire. Encoding, decoding and the
/// limits walk it, so they can not drift apart.
///
/// A visitor has one overload for each shape of member:
///     visit(name, std::string&, Presence)          `RoleArn=..`
///     visit(name, Secret&, Presence)
///     visit(name, std::optional<std::chrono::seconds>&)
///     visit(name, suffix, std::vector<std::string>&)            `PolicyArns.member.1.arn=..`,
///     `TransitiveTagKeys.member.1=..` visit(name, first, second, std::vector<Record>&)
///     `Tags.member.1.Key=..&Tags.member.1.Value=..`
/// (references to const where the call is const).
namespace understudy::aws {

/// In the order of StsCall's alternatives.
inline constexpr std::array<std::string_view, std::variant_size_v<StsCall>> kActions = {
    "AssumeRole",         "AssumeRoleWithWebIdentity", "AssumeRoleWithSAML", "GetSessionToken",
    "GetFederationToken", "GetCallerIdentity",         "GetAccessKeyInfo",   "DecodeAuthorizationMessage"};

inline constexpr std::string_view kStsVersion = "2011-06-15";

enum class Presence { kOptional, kRequired };

/// `Call`, const or not.
template <class T, class Call>
concept Some = std::same_as<std::remove_const_t<T>, Call>;

template <Some<SessionPolicies> Policies, class Visitor>
void visit_members(Policies& policies, Visitor& visit) {
  visit("PolicyArns", "arn", policies.policy_arns);
  visit("Policy", policies.policy, Presence::kOptional);
}

template <Some<AssumeRole> Call, class Visitor>
void visit_members(Call& call, Visitor& visit) {
  visit("RoleArn", call.role_arn, Presence::kRequired);
  visit("RoleSessionName", call.role_session_name, Presence::kRequired);
  visit("DurationSeconds", call.duration);
  visit_members(call.policies, visit);
  visit("Tags", "Key", "Value", call.tags);
  visit("TransitiveTagKeys", "", call.transitive_tag_keys);
  visit("ExternalId", call.external_id, Presence::kOptional);
  visit("SerialNumber", call.serial_number, Presence::kOptional);
  visit("TokenCode", call.token_code, Presence::kOptional);
  visit("SourceIdentity", call.source_identity, Presence::kOptional);
  visit("ProvidedContexts", "ProviderArn", "ContextAssertion", call.provided_contexts);
}

template <Some<AssumeRoleWithWebIdentity> Call, class Visitor>
void visit_members(Call& call, Visitor& visit) {
  visit("RoleArn", call.role_arn, Presence::kRequired);
  visit("RoleSessionName", call.role_session_name, Presence::kRequired);
  visit("WebIdentityToken", call.web_identity_token, Presence::kRequired);
  visit("ProviderId", call.provider_id, Presence::kOptional);
  visit_members(call.policies, visit);
  visit("DurationSeconds", call.duration);
}

template <Some<AssumeRoleWithSaml> Call, class Visitor>
void visit_members(Call& call, Visitor& visit) {
  visit("RoleArn", call.role_arn, Presence::kRequired);
  visit("PrincipalArn", call.principal_arn, Presence::kRequired);
  visit("SAMLAssertion", call.saml_assertion, Presence::kRequired);
  visit_members(call.policies, visit);
  visit("DurationSeconds", call.duration);
}

template <Some<GetSessionToken> Call, class Visitor>
void visit_members(Call& call, Visitor& visit) {
  visit("DurationSeconds", call.duration);
  visit("SerialNumber", call.serial_number, Presence::kOptional);
  visit("TokenCode", call.token_code, Presence::kOptional);
}

template <Some<GetFederationToken> Call, class Visitor>
void visit_members(Call& call, Visitor& visit) {
  visit("Name", call.name, Presence::kRequired);
  visit_members(call.policies, visit);
  visit("Tags", "Key", "Value", call.tags);
  visit("DurationSeconds", call.duration);
}

template <Some<GetCallerIdentity> Call, class Visitor>
void visit_members(Call&, Visitor&) {}

template <Some<GetAccessKeyInfo> Call, class Visitor>
void visit_members(Call& call, Visitor& visit) {
  visit("AccessKeyId", call.access_key_id, Presence::kRequired);
}

template <Some<DecodeAuthorizationMessage> Call, class Visitor>
void visit_members(Call& call, Visitor& visit) {
  visit("EncodedMessage", call.encoded_message, Presence::kRequired);
}

}  // namespace understudy::aws
