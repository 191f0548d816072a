#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "understudy/aws/arn.hpp"
#include "understudy/aws/sts.hpp"
#include "understudy/base/node.hpp"

/// What the ways that ask STS have in common: reading their entries, and what comes back. Thread-safe.
namespace understudy::source {

/// `understudy-app` for role key `app`: characters that STS does not take become `-`, and it is cut at 64.
[[nodiscard]] std::string default_session_name(std::string_view role_key);
/// The same with another prefix than `understudy-`.
[[nodiscard]] std::string session_name(std::string_view prefix, std::string_view name);

/// A session's policies as an entry names them: `policy`, `policy_file` (not both), `policy_arns`.
struct PolicySettings {
  aws::SessionPolicies policies;
  std::string file;  ///< Read at each call; empty: none.
  bool operator==(const PolicySettings&) const = default;
};
[[nodiscard]] PolicySettings read_policies(Fields& fields);
/// The policies, that of the file as it is now. Errors: read_file's.
Result<aws::SessionPolicies> current_policies(const PolicySettings& settings);

/// `duration`, from `least` to `most`; another is a problem.
std::optional<std::chrono::seconds> read_duration(Fields& fields, std::chrono::seconds least,
                                                  std::chrono::seconds most);

/// A problem at the entry's value where STS would refuse the call for itself (aws::check), or its ARN names no role.
void check_call(const Node& value, const aws::StsCall& call, std::vector<Problem>& problems);
void check_role_arn(Fields& fields, std::string_view key, const std::string& arn);

/// The credentials in STS's answer, with account and role where the role's ARN (which may be empty) or the answer tells
/// them. kUnavailable (code `BadAnswer`) where there are none.
Result<aws::Credentials> credentials_of(const Result<aws::StsAnswer>& answer, std::string_view action,
                                        const std::string& role_arn);

}  // namespace understudy::source
