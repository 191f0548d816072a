#include "profile_start.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "understudy/aws/arn.hpp"
#include "understudy/base/text.hpp"

namespace understudy::source {
namespace {

using aws::ConfigGroup;
using Start = ProfilePlan::Start;

constexpr std::string_view kId = "aws_access_key_id";
constexpr std::string_view kSecret = "aws_secret_access_key";

/// What a plan is made of, of a profile and of its sso-session.
constexpr std::array<std::string_view, 27> kRead{kId,
                                                 kSecret,
                                                 "aws_account_id",
                                                 "aws_session_token",
                                                 "ca_bundle",
                                                 "credential_process",
                                                 "credential_source",
                                                 "duration_seconds",
                                                 "endpoint_url",
                                                 "external_id",
                                                 "ignore_configured_endpoint_urls",
                                                 "login_session",
                                                 "mfa_serial",
                                                 "region",
                                                 "role_arn",
                                                 "role_session_name",
                                                 "services",
                                                 "source_profile",
                                                 "sso_account_id",
                                                 "sso_region",
                                                 "sso_role_name",
                                                 "sso_session",
                                                 "sso_start_url",
                                                 "sts_regional_endpoints",
                                                 "use_dualstack_endpoint",
                                                 "use_fips_endpoint",
                                                 "web_identity_token_file"};

Result<Start> start_with_web_identity(const ConfigGroup& profile, std::string_view session_name) {
  if (!profile.get("role_arn")) {
    return bad_profile(profile, "web_identity_token_file", "has web_identity_token_file and needs role_arn beside it");
  }
  const auto duration = duration_of(profile);
  if (!duration) {
    return duration.error();
  }
  WebIdentitySource::Settings settings;
  settings.call.role_arn = text_of(profile, "role_arn");
  settings.call.role_session_name = text_of(profile, "role_session_name", session_name);
  settings.call.duration = *duration;
  settings.token.file = text_of(profile, "web_identity_token_file");
  return Start(std::move(settings));
}

/// A profile's own start URL and region may stand beside its session, and then have to be the session's.
Result<Start> start_with_sso(const aws::SharedConfig& config, const ConfigGroup& profile) {
  SsoSource::Settings settings;
  settings.profile = profile.name;
  settings.session = text_of(profile, "sso_session");
  settings.start_url = text_of(profile, "sso_start_url");
  settings.region = text_of(profile, "sso_region");
  if (!settings.session.empty()) {
    const auto* session = config.sso_session(settings.session);
    if (session == nullptr) {
      return bad_profile(profile, "sso_session", fmt::format("there is no [sso-session {}]", settings.session));
    }
    if (const auto lines = check_lines(*session); !lines) {
      return lines.error();
    }
    for (auto [key, own] :
         {std::pair("sso_start_url", &settings.start_url), std::pair("sso_region", &settings.region)}) {
      const auto theirs = text_of(*session, key);
      if (!own->empty() && *own != theirs) {
        return bad_profile(profile, key, fmt::format("{} is not that of its sso_session", key));
      }
      *own = theirs;
    }
  }
  settings.account_id = text_of(profile, "sso_account_id");
  settings.role_name = text_of(profile, "sso_role_name");
  for (const auto& [key, value] :
       {std::pair("sso_start_url", settings.start_url), std::pair("sso_region", settings.region),
        std::pair("sso_account_id", settings.account_id), std::pair("sso_role_name", settings.role_name)}) {
    if (value.empty()) {
      return bad_profile(profile, "sso_session", fmt::format("IAM Identity Center needs {}", key));
    }
  }
  if (!aws::is_account_id(settings.account_id)) {
    return bad_profile(profile, "sso_account_id", "expected sso_account_id to be an account of 12 digits");
  }
  return Start(std::move(settings));
}

}  // namespace

Error invalid(std::string_view code, std::string message) {
  return {Error::Kind::kInvalid, std::string(code), std::move(message)};
}

Error bad_profile(const ConfigGroup& profile, std::string_view key, std::string_view what) {
  return invalid("BadProfile", fmt::format("{}: profile {}: {}", profile.place_of(key), profile.name, what));
}

bool has_keys(const ConfigGroup& profile) { return profile.get(kId) || profile.get(kSecret); }

std::string text_of(const ConfigGroup& profile, std::string_view key, std::string_view otherwise) {
  return std::string(profile.get(key).value_or(otherwise));
}

Result<void> check_lines(const ConfigGroup& group) {
  for (const auto key : kRead) {
    if (group.get(key).value_or("").find('\n') != std::string_view::npos) {
      return invalid("BadProfile", fmt::format("{}: {} goes on in the line below, which begins with white space: take "
                                               "that away if the line is a property of its own",
                                               group.place_of(key), key));
    }
  }
  return {};
}

Result<std::optional<std::chrono::seconds>> duration_of(const ConfigGroup& profile) {
  const auto text = profile.get("duration_seconds");
  if (!text) {
    return std::optional<std::chrono::seconds>();
  }
  const auto seconds = parse_decimal(*text);
  if (!seconds || *seconds < 900 || *seconds > 43200) {
    return bad_profile(profile, "duration_seconds", "expected duration_seconds to be a number from 900 to 43200");
  }
  return std::optional(std::chrono::seconds(*seconds));
}

Result<Start> start_with_keys(const ConfigGroup& profile) {
  const auto id = profile.get(kId);
  const auto secret = profile.get(kSecret);
  if (!id || !secret) {
    return invalid("HalfAPair", fmt::format("{}: profile {} has {} and no {}", profile.place_of(id ? kId : kSecret),
                                            profile.name, id ? kId : kSecret, id ? kSecret : kId));
  }
  aws::Credentials keys;
  keys.access_key_id = *id;
  keys.secret_access_key = Secret(*secret);
  keys.account_id = profile.get("aws_account_id").value_or("");
  if (const auto token = profile.get("aws_session_token")) {
    keys.session_token = Secret(*token);
  }
  return Start(ProfilePlan::Keys{std::move(keys)});
}

Result<Start> start_at(const aws::SharedConfig& config, const ConfigGroup& profile, std::string_view session_name) {
  constexpr std::array<std::string_view, 4> kSso{"sso_session", "sso_start_url", "sso_account_id", "sso_role_name"};
  if (profile.get("web_identity_token_file")) {
    return start_with_web_identity(profile, session_name);
  }
  if (std::ranges::any_of(kSso, [&](std::string_view key) { return profile.get(key).has_value(); })) {
    return start_with_sso(config, profile);
  }
  if (const auto session = profile.get("login_session")) {
    return Start(LoginSessionSource::Settings{std::string(*session), text_of(profile, "region")});
  }
  if (const auto command = profile.get("credential_process")) {
    return Start(ProcessSource::Settings{std::string(*command),
                                         fmt::format("the credential_process of profile {}", profile.name)});
  }
  if (!has_keys(profile)) {
    return invalid("NoKeys", fmt::format("{}: profile {} leads to no credentials: expected {} and {}, or role_arn "
                                         "with source_profile or credential_source",
                                         profile.place_of({}), profile.name, kId, kSecret));
  }
  return start_with_keys(profile);
}

Result<Start> named_start(const ConfigGroup& profile, std::string_view source) {
  if (source == "Environment") {
    return Start(ProfilePlan::FromEnvironment{});
  }
  if (source == "EcsContainer") {
    return Start(ProfilePlan::FromContainer{});
  }
  if (source == "Ec2InstanceMetadata") {
    return Start(ProfilePlan::FromInstance{});
  }
  return bad_profile(profile, "credential_source",
                     "expected credential_source to be Environment, Ec2InstanceMetadata or EcsContainer");
}

}  // namespace understudy::source
