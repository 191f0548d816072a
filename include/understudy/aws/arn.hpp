#pragma once

#include <string>
#include <string_view>

#include "understudy/base/result.hpp"

/// Amazon Resource Names (docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html). Pure; thread-safe.
namespace understudy::aws {

/// `arn:aws:iam::111122223333:role/team/app`, in parts.
struct Arn {
  std::string partition;  ///< `aws`, `aws-cn`, ..
  std::string service;    ///< `iam`
  std::string region;     ///< Empty for IAM and for STS's identities.
  std::string account;    ///< 12 digits, or empty.
  std::string resource;   ///< All the rest, with its colons and slashes: `role/team/app`.

  bool operator==(const Arn&) const = default;
  [[nodiscard]] std::string to_string() const;
};

/// kInvalid (code `InvalidArn`) where `text` is not `arn:partition:service:region:account:resource` with a partition, a
/// service and a resource; the message quotes it and shows the form.
Result<Arn> parse_arn(std::string_view text);

/// True for an IAM role: service `iam`, no region, an account of 12 digits, `role/` and a name.
[[nodiscard]] bool is_role(const Arn& arn);

/// parse_arn for what has to be a role. kInvalid (`InvalidArn`) also for any other ARN; one of an assumed role is told
/// how the role's own is found.
Result<Arn> parse_role_arn(std::string_view text);

/// `app` of `role/team/app`. REQUIRES: is_role(role).
[[nodiscard]] std::string role_name(const Arn& role);
/// Whether IAM takes it as a role's name, without a path (IAM API Reference, CreateRole): 1 to 64 letters, digits and
/// `+=,.@_-`.
[[nodiscard]] bool is_role_name(std::string_view text);

/// Who a session of that role is: `arn:aws:sts::111122223333:assumed-role/app/session`; the role's path is not in it.
/// REQUIRES: is_role(role).
[[nodiscard]] Arn assumed_role_arn(const Arn& role, std::string_view session_name);

/// Exactly 12 digits.
[[nodiscard]] bool is_account_id(std::string_view text);

}  // namespace understudy::aws
