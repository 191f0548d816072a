#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "understudy/app/doctor.hpp"
#include "understudy/aws/config_text.hpp"
#include "understudy/aws/shared_config.hpp"
#include "understudy/base/text.hpp"
#include "understudy/source/shared_files.hpp"

/// The providers before the endpoints: what is in the environment and in the shared files.
namespace understudy::app {
namespace {

using State = Step::State;

/// What makes a profile one that credentials come from.
constexpr std::array<std::string_view, 8> kCredentialProperties{
    "aws_access_key_id", "role_arn",      "web_identity_token_file", "credential_process",
    "sso_session",       "sso_start_url", "sso_account_id",          "login_session"};

constexpr std::string_view kUnsetKeys = "unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN";

/// The name, and whether somebody asked for it.
struct ProfileName {
  std::string name;
  std::string variable;  ///< Empty: nobody did.
};

ProfileName profile_name(const Environment& environment) {
  const bool is_first = environment.get("AWS_PROFILE").has_value();
  const bool is_second = environment.get("AWS_DEFAULT_PROFILE").has_value();
  return {source::selected_profile(environment), is_first ? "AWS_PROFILE" : is_second ? "AWS_DEFAULT_PROFILE" : ""};
}

/// Without the files there is no region in them either.
std::vector<std::string> without_files(const Environment& environment, const aws::ConfigGroup* profile) {
  std::vector<std::string> lines{"unset AWS_PROFILE AWS_DEFAULT_PROFILE",
                                 "export AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null"};
  const auto region = profile != nullptr ? profile->get("region") : std::nullopt;
  if (region && !environment.get("AWS_REGION")) {
    lines.push_back(fmt::format("export AWS_REGION={0} AWS_DEFAULT_REGION={0}", shell_word(*region)));
  }
  return lines;
}

}  // namespace

Step check_environment_keys(const DoctorView& view) {
  Step step{.provider = "keys in the environment", .why = "AWS_ACCESS_KEY_ID is not set"};
  const bool id = view.environment.get("AWS_ACCESS_KEY_ID").has_value();
  const bool secret = view.environment.get("AWS_SECRET_ACCESS_KEY").has_value();
  if (!id && !secret) {
    return step;
  }
  step.state = id && secret ? State::kTakes : State::kBroken;
  step.why = id && secret ? "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are set"
                          : fmt::format("{} is set without {}; some clients fail, others go on",
                                        id ? "AWS_ACCESS_KEY_ID" : "AWS_SECRET_ACCESS_KEY",
                                        id ? "AWS_SECRET_ACCESS_KEY" : "AWS_ACCESS_KEY_ID");
  step.remedy = {std::string(kUnsetKeys)};
  return step;
}

Step check_web_identity(const DoctorView& view) {
  Step step{.provider = "web identity", .why = "AWS_WEB_IDENTITY_TOKEN_FILE is not set"};
  if (!view.environment.get("AWS_WEB_IDENTITY_TOKEN_FILE")) {
    return step;
  }
  const bool whole = view.environment.get("AWS_ROLE_ARN").has_value();
  step.state = whole ? State::kTakes : State::kBroken;
  step.why = whole ? "AWS_WEB_IDENTITY_TOKEN_FILE and AWS_ROLE_ARN are set"
                   : "AWS_WEB_IDENTITY_TOKEN_FILE is set without AWS_ROLE_ARN; clients fail";
  step.remedy = {"unset AWS_WEB_IDENTITY_TOKEN_FILE AWS_ROLE_ARN AWS_ROLE_SESSION_NAME"};
  return step;
}

Step check_profile(const DoctorView& view) {
  Step step{.provider = "profile files", .why = ""};
  const auto files = source::shared_file_paths(view.environment);
  const auto [name, variable] = profile_name(view.environment);
  const auto shared = source::read_shared_config(view.environment, view.read);
  if (!shared) {
    step.state = State::kBroken;
    step.why = shared.error().message + "; clients fail";
    step.remedy = without_files(view.environment, nullptr);
    return step;
  }
  const auto* profile = shared->profile(name);
  if (profile == nullptr && !variable.empty()) {
    step.state = State::kBroken;
    step.why = fmt::format("{} names the profile \"{}\", which neither {} nor {} has; clients fail", variable,
                           escape_for_log(name, 60), files.config, files.credentials);
    step.remedy = {"unset AWS_PROFILE AWS_DEFAULT_PROFILE"};
    return step;
  }
  for (const auto property : kCredentialProperties) {
    if (profile != nullptr && profile->get(property)) {
      step.state = State::kTakes;
      step.why = fmt::format("the profile \"{}\" has {} ({})", escape_for_log(name, 60), property,
                             profile->place_of(property));
      step.remedy = without_files(view.environment, profile);
      return step;
    }
  }
  step.why = fmt::format("the profile \"{}\" {}", escape_for_log(name, 60),
                         profile == nullptr ? "does not exist" : "has no credentials");
  return step;
}

Step check_boto_files(const DoctorView& view) {
  Step step{.provider = "boto 2's files", .why = "there is none with credentials"};
  std::vector<std::string> files{"/etc/boto.cfg", fmt::format("{}/.boto", view.environment.get("HOME").value_or(""))};
  if (const auto named = view.environment.get("BOTO_CONFIG")) {
    files = {std::string(*named)};
  }
  for (const auto& file : files) {
    const auto text = view.read(file);
    const auto sections = text ? aws::parse_config_text(*text, file) : std::vector<aws::ConfigSection>();
    const auto has_keys = [](const aws::ConfigSection& section) {
      return section.header == "Credentials" && section.properties.contains("aws_access_key_id");
    };
    if (sections && std::ranges::any_of(*sections, has_keys)) {
      step.state = State::kTakes;
      step.why = fmt::format("{} has keys, which the AWS CLI and boto3 still take", file);
      step.remedy = {"export BOTO_CONFIG=/dev/null"};
      return step;
    }
  }
  return step;
}

}  // namespace understudy::app
