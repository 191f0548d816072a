#include "understudy/source/sts_fields.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "understudy/aws/sts_limits.hpp"
#include "understudy/base/ascii.hpp"
#include "understudy/base/files.hpp"
#include "understudy/base/text.hpp"
#include "understudy/base/time_text.hpp"

namespace understudy::source {
namespace {

bool may_stand_in_session_name(char c) {
  return is_alphanumeric(c) || std::string_view("_+=,.@-").find(c) != std::string_view::npos;
}

}  // namespace

std::string default_session_name(std::string_view role_key) { return session_name("understudy-", role_key); }

std::string session_name(std::string_view prefix, std::string_view name) {
  constexpr std::size_t kLongest = 64;
  auto out = std::string(prefix) + std::string(name);
  std::ranges::replace_if(out, [](char c) { return !may_stand_in_session_name(c); }, '-');
  out.resize(std::min(out.size(), kLongest));
  return out;
}

PolicySettings read_policies(Fields& fields) {
  PolicySettings out;
  out.policies.policy = fields.text("policy").value_or("");
  out.policies.policy_arns = fields.texts("policy_arns");
  out.file = fields.text("policy_file").value_or("");
  if (!out.policies.policy.empty() && !out.file.empty()) {
    fields.problem("policy_file", "expected policy or policy_file, not both");
  }
  return out;
}

Result<aws::SessionPolicies> current_policies(const PolicySettings& settings) {
  auto policies = settings.policies;
  if (!settings.file.empty()) {
    const auto text = read_file(settings.file);
    if (!text) {
      return text.error();
    }
    policies.policy = trim(*text);
  }
  return policies;
}

std::optional<std::chrono::seconds> read_duration(Fields& fields, std::chrono::seconds least,
                                                  std::chrono::seconds most) {
  auto duration = fields.duration("duration");
  if (duration && (*duration < least || *duration > most)) {
    fields.problem("duration",
                   fmt::format("expected a duration from {} to {}", format_duration(least), format_duration(most)));
    duration.reset();
  }
  return duration;
}

void check_call(const Node& value, const aws::StsCall& call, std::vector<Problem>& problems) {
  if (const auto checked = aws::check(call); !checked) {
    problems.push_back({value.path, value.line, "STS would refuse this: " + checked.error().message});
  }
}

void check_role_arn(Fields& fields, std::string_view key, const std::string& arn) {
  if (const auto parsed = aws::parse_role_arn(arn); !arn.empty() && !parsed) {
    fields.problem(key, parsed.error().message);
  }
}

Result<aws::Credentials> credentials_of(const Result<aws::StsAnswer>& answer, std::string_view action,
                                        const std::string& role_arn) {
  if (!answer) {
    return answer.error();
  }
  if (!answer->credentials) {
    return Error{Error::Kind::kUnavailable, "BadAnswer", fmt::format("STS answered {} without credentials", action)};
  }
  auto credentials = *answer->credentials;
  const auto arn = aws::parse_arn(role_arn);
  credentials.account_id = arn ? arn->account : answer->account;
  credentials.role_arn = role_arn;
  return credentials;
}

}  // namespace understudy::source
