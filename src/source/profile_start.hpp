#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "understudy/source/profile_plan.hpp"

/// What plan_profile asks of a single profile: whether it can be read, and where it starts. Errors are plan_profile's;
/// pure; thread-safe.
namespace understudy::source {

[[nodiscard]] Error invalid(std::string_view code, std::string message);
/// `BadProfile` at the place of `key`.
[[nodiscard]] Error bad_profile(const aws::ConfigGroup& profile, std::string_view key, std::string_view what);

[[nodiscard]] bool has_keys(const aws::ConfigGroup& profile);
[[nodiscard]] std::string text_of(const aws::ConfigGroup& profile, std::string_view key,
                                  std::string_view otherwise = {});
/// Of `duration_seconds`.
Result<std::optional<std::chrono::seconds>> duration_of(const aws::ConfigGroup& profile);

/// A line that was indented by mistake continues the value above it, and would go with it into messages and to AWS:
/// `region = eu-west-1\n  aws_secret_access_key = ..`. No value that a plan is made of may go on so.
Result<void> check_lines(const aws::ConfigGroup& group);

Result<ProfilePlan::Start> start_with_keys(const aws::ConfigGroup& profile);
/// By `credential_source`.
Result<ProfilePlan::Start> named_start(const aws::ConfigGroup& profile, std::string_view source);
/// The start at a profile that plays no role.
Result<ProfilePlan::Start> start_at(const aws::SharedConfig& config, const aws::ConfigGroup& profile,
                                    std::string_view session_name);

}  // namespace understudy::source
