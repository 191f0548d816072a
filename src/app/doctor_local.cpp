#include <fmt/format.h>

#include <array>
#include <optional>
#include <string_view>

#include "understudy/app/doctor.hpp"
#include "understudy/aws/shared_config.hpp"
#include "understudy/base/text.hpp"

/// The providers before the endpoints: what is in the environment and in the shared files.
namespace understudy::app {
namespace {

using State = Step::State;

/// What makes a profile one that credentials come from.
constexpr std::array<std::string_view, 8> kCredentialProperties{
    "aws_access_key_id", "role_arn",      "web_identity_token_file", "credential_process",
    "sso_session",       "sso_start_url", "sso_account_id",          "login_session"};

constexpr std::string_view kUnsetKeys = "unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN";

struct SharedFiles {
  std::filesystem::path config;
  std::filesystem::path credentials;
};

SharedFiles shared_files(const Environment& environment) {
  const std::filesystem::path home(environment.get("HOME").value_or("/"));
  const auto place = [&](std::string_view variable, std::string_view name) {
    const auto set = environment.get(variable);
    return set ? std::filesystem::path(*set) : home / ".aws" / name;
  };
  return {place("AWS_CONFIG_FILE", "config"), place("AWS_SHARED_CREDENTIALS_FILE", "credentials")};
}

/// The name, and whether somebody asked for it.
struct ProfileName {
  std::string name;
  std::string variable;  ///< Empty: nobody did.
};

ProfileName profile_name(const Environment& environment) {
  for (const std::string_view variable : {"AWS_PROFILE", "AWS_DEFAULT_PROFILE"}) {
    if (const auto value = environment.get(variable)) {
      return {std::string(*value), std::string(variable)};
    }
  }
  return {"default", ""};
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

Result<aws::SharedConfig> read_shared_config(const DoctorView& view, const SharedFiles& files) {
  const auto text_of = [&](const std::filesystem::path& path) -> Result<std::string> {
    auto text = view.read(path);
    const bool missing = !text && text.error().kind == Error::Kind::kNotFound;
    return missing ? Result<std::string>(std::string()) : text;
  };
  const auto config = text_of(files.config);
  if (!config) {
    return config.error();
  }
  const auto credentials = text_of(files.credentials);
  if (!credentials) {
    return credentials.error();
  }
  return aws::SharedConfig::parse({*config, files.config.string()}, {*credentials, files.credentials.string()});
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
  const auto files = shared_files(view.environment);
  const auto [name, variable] = profile_name(view.environment);
  const auto shared = read_shared_config(view, files);
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
                           escape_for_log(name, 60), files.config.string(), files.credentials.string());
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

}  // namespace understudy::app
