#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "understudy/aws/credentials.hpp"
#include "understudy/base/message.hpp"
#include "understudy/base/result.hpp"

/// The STS query protocol, version 2011-06-15, both sides of it: parameters to form body and back, answers to XML and
/// back. Pure; durations and lengths are not checked here but in `check` (the server's limits). Thread-safe.
/// Source: docs.aws.amazon.com/STS/latest/APIReference and botocore's service model.
namespace understudy::aws {

using Tags = std::vector<std::pair<std::string, std::string>>;

/// What AssumeRole, AssumeRoleWithWebIdentity, AssumeRoleWithSAML and GetFederationToken narrow a session by.
struct SessionPolicies {
  std::string policy;  ///< JSON text; empty: none.
  std::vector<std::string> policy_arns;
  bool operator==(const SessionPolicies&) const = default;
};

struct ProvidedContext {
  std::string provider_arn;
  std::string assertion;
  bool operator==(const ProvidedContext&) const = default;
};

struct AssumeRole {
  std::string role_arn;
  std::string role_session_name;
  std::optional<std::chrono::seconds> duration;
  SessionPolicies policies;
  Tags tags;
  std::vector<std::string> transitive_tag_keys;
  std::string external_id;
  std::string serial_number;
  std::string token_code;
  std::string source_identity;
  std::vector<ProvidedContext> provided_contexts;
  bool operator==(const AssumeRole&) const = default;
};

struct AssumeRoleWithWebIdentity {
  std::string role_arn;
  std::string role_session_name;
  Secret web_identity_token;
  std::string provider_id;
  SessionPolicies policies;
  std::optional<std::chrono::seconds> duration;
  bool operator==(const AssumeRoleWithWebIdentity&) const = default;
};

struct AssumeRoleWithSaml {
  std::string role_arn;
  std::string principal_arn;
  Secret saml_assertion;
  SessionPolicies policies;
  std::optional<std::chrono::seconds> duration;
  bool operator==(const AssumeRoleWithSaml&) const = default;
};

struct GetSessionToken {
  std::optional<std::chrono::seconds> duration;
  std::string serial_number;
  std::string token_code;
  bool operator==(const GetSessionToken&) const = default;
};

struct GetFederationToken {
  std::string name;
  SessionPolicies policies;
  Tags tags;
  std::optional<std::chrono::seconds> duration;
  bool operator==(const GetFederationToken&) const = default;
};

struct GetCallerIdentity {
  bool operator==(const GetCallerIdentity&) const = default;
};

struct GetAccessKeyInfo {
  std::string access_key_id;
  bool operator==(const GetAccessKeyInfo&) const = default;
};

struct DecodeAuthorizationMessage {
  std::string encoded_message;
  bool operator==(const DecodeAuthorizationMessage&) const = default;
};

using StsCall = std::variant<AssumeRole, AssumeRoleWithWebIdentity, AssumeRoleWithSaml, GetSessionToken,
                             GetFederationToken, GetCallerIdentity, GetAccessKeyInfo, DecodeAuthorizationMessage>;

/// `AssumeRole`, ...: the `Action`.
[[nodiscard]] std::string_view action_of(const StsCall& call);
/// The place of that action's call among StsCall's alternatives; nullopt for an action that is not known.
[[nodiscard]] std::optional<std::size_t> action_index(std::string_view action);
/// Everything but the two calls that carry their own proof (web identity, SAML) is signed.
[[nodiscard]] bool needs_signature(std::string_view action);

/// `Action=..&Version=2011-06-15&..`, lists as `Tags.member.1.Key`.
[[nodiscard]] std::string encode_call(const StsCall& call);
/// The other side. kInvalid with STS's codes: `MissingAction`, `InvalidAction` (unknown, or for another version),
/// `ValidationError` (a required parameter that is not there, a number that is none, a gap in a list). An unknown
/// parameter is ignored, as AWS does; of one that comes twice the first counts.
Result<StsCall> decode_call(std::string_view form);
/// The `Action` of a form, whether known or not; empty where there is none.
[[nodiscard]] std::string action_in(std::string_view form);

/// What a call comes back with; fields that the call does not fill are empty.
struct StsAnswer {
  std::optional<Credentials> credentials;
  std::string arn;      ///< AssumedRoleUser, FederatedUser or caller.
  std::string user_id;  ///< AssumedRoleId, FederatedUserId or UserId.
  std::string account;  ///< 12 digits, from the element or the ARN.
  std::string subject;  ///< SubjectFromWebIdentityToken or Subject.
  std::string subject_type;
  std::string issuer;
  std::string provider;
  std::string audience;
  std::string name_qualifier;
  std::string source_identity;
  std::string decoded_message;
  std::optional<int> packed_policy_size;  ///< Percent.
};

/// Reads a 200 answer to `action`, XML by local element names, or JSON where a server answers that. `obtained` and, for
/// the role calls, `role_arn` are not set here. kUnavailable (code `BadAnswer`) for anything that is not a whole
/// answer.
Result<StsAnswer> parse_answer(std::string_view action, const Response& response);
/// The error in any other answer: kind by the table of what to do, code without a trailing `Exception`, STS's message.
/// An empty body is judged by the status (code `Http403`); a text that is no error of STS's is kUnavailable.
[[nodiscard]] Error parse_error(const Response& response);

enum class AnswerForm { kXml, kJson };
/// JSON for one that accepts `application/json` alone, as EKS's authenticator; else XML, as the SDKs read it.
[[nodiscard]] AnswerForm wanted_form(const Request& request);

[[nodiscard]] Response render_answer(std::string_view action, const StsAnswer& answer, std::string_view request_id,
                                     AnswerForm form = AnswerForm::kXml);
[[nodiscard]] Response render_error(int status, const Error& error, std::string_view request_id,
                                    AnswerForm form = AnswerForm::kXml);

}  // namespace understudy::aws
