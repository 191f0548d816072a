#include "understudy/app/profile_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "understudy/base/text.hpp"
#include "understudy/base/url.hpp"

namespace understudy::app {
namespace {

using File = ProfileReport::File;

constexpr std::string_view kKeyId = "aws_access_key_id";

/// Not credential_process: its arguments may be secrets.
constexpr std::array<std::string_view, 29> kShown{"addressing_style",
                                                  "aws_account_id",
                                                  "ca_bundle",
                                                  "credential_source",
                                                  "duration_seconds",
                                                  "endpoint_url",
                                                  "external_id",
                                                  "ignore_configured_endpoint_urls",
                                                  "login_session",
                                                  "max_attempts",
                                                  "mfa_serial",
                                                  "output",
                                                  "region",
                                                  "retry_mode",
                                                  "role_arn",
                                                  "role_session_name",
                                                  "services",
                                                  "signature_version",
                                                  "source_profile",
                                                  "sso_account_id",
                                                  "sso_region",
                                                  "sso_registration_scopes",
                                                  "sso_role_name",
                                                  "sso_session",
                                                  "sso_start_url",
                                                  "sts_regional_endpoints",
                                                  "use_dualstack_endpoint",
                                                  "use_fips_endpoint",
                                                  "web_identity_token_file"};
static_assert(std::ranges::is_sorted(kShown));

File::State state_of(const Result<std::string>& text) {
  if (text) {
    return File::State::kRead;
  }
  return text.error().kind == Error::Kind::kNotFound ? File::State::kAbsent : File::State::kUnreadable;
}

}  // namespace

ProfileReport read_profiles(const Environment& environment, const source::FileReader& read) {
  const auto paths = source::shared_file_paths(environment);
  std::map<std::filesystem::path, Result<std::string>> texts;
  texts.emplace(paths.config, read(paths.config));
  texts.emplace(paths.credentials, read(paths.credentials));

  ProfileReport report;
  report.config = {paths.config, state_of(texts.at(paths.config))};
  report.credentials = {paths.credentials, state_of(texts.at(paths.credentials))};
  report.selected = source::selected_profile(environment);
  auto shared = source::read_shared_config(environment, [&](const auto& path) { return texts.at(path); });
  if (!shared) {
    report.error = shared.error();
  } else if (report.config.state == File::State::kAbsent && report.credentials.state == File::State::kAbsent) {
    report.error = Error{Error::Kind::kNotFound, "NoSharedFiles",
                         fmt::format("there is neither {} nor {}; aws configure and aws sso login write them, "
                                     "AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE name others",
                                     paths.config, paths.credentials)};
  } else {
    report.shared = *std::move(shared);
  }
  return report;
}

Result<source::ProfilePlan> way_of(const aws::SharedConfig& shared, std::string_view profile) {
  return source::plan_profile(shared, profile, "");
}

std::optional<std::string> shown_value(std::string_view key, std::string_view value) {
  if (value.find('\n') != std::string_view::npos) {
    return std::nullopt;
  }
  if (key == kKeyId) {
    aws::Credentials keys;
    keys.access_key_id = value;
    return masked_key_id(keys);
  }
  if (!std::ranges::binary_search(kShown, key)) {
    return std::nullopt;
  }
  // An `@` belongs elsewhere too: `role_session_name = me@example.com`.
  const bool is_url = key.ends_with("_url") || value.find("://") != std::string_view::npos;
  return is_url ? without_user_info(value) : std::string(value);
}

}  // namespace understudy::app
