#include "understudy/app/credential_formats.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "understudy/app/doctor.hpp"
#include "understudy/aws/credential_documents.hpp"
#include "understudy/base/ascii.hpp"
#include "understudy/base/text.hpp"
#include "understudy/base/time_text.hpp"

namespace understudy::app {
namespace {

/// One thing that is said, by its name in an environment and in a credentials file.
struct Setting {
  std::string_view variable;
  std::string_view property;  ///< Empty: it has none.
  std::string value;          ///< Empty: these credentials do not have it.
  bool must_go = false;       ///< Another role's value would spoil these credentials.
};

std::vector<Setting> settings_of(const ExportedRole& role) {
  const auto& credentials = role.credentials;
  const auto token = credentials.session_token.value_or(Secret());
  const std::string region(role.region);
  return {
      {"AWS_ACCESS_KEY_ID", "aws_access_key_id", credentials.access_key_id},
      {"AWS_SECRET_ACCESS_KEY", "aws_secret_access_key", std::string(credentials.secret_access_key.reveal())},
      {"AWS_SESSION_TOKEN", "aws_session_token", std::string(token.reveal()), true},
      {"AWS_CREDENTIAL_EXPIRATION", "", credentials.expiration ? format_iso8601(*credentials.expiration) : "", true},
      {"AWS_ACCOUNT_ID", "aws_account_id", credentials.account_id, true},
      {"AWS_REGION", "region", region},
      {"AWS_DEFAULT_REGION", "", region}};
}

std::string assignments(const ExportedRole& role, std::string_view before) {
  std::string out;
  for (const auto& setting : settings_of(role)) {
    out += setting.value.empty() ? "" : fmt::format("{}{}={}\n", before, setting.variable, shell_word(setting.value));
  }
  return out;
}

Result<std::string> as_process(const ExportedRole& role) {
  return aws::render_process_document(role.credentials) + "\n";
}

Result<std::string> as_env(const ExportedRole& role) {
  std::string out = assignments(role, "export ");
  for (const auto& setting : settings_of(role)) {
    out += setting.value.empty() && setting.must_go ? fmt::format("unset {}\n", setting.variable) : "";
  }
  return out;
}

Result<std::string> as_env_no_export(const ExportedRole& role) { return assignments(role, ""); }

Result<std::string> as_profile(const ExportedRole& role) {
  const auto& end = role.credentials.expiration;
  std::string out = fmt::format("[{}]\n", role.key);
  out += end ? fmt::format("# until {}\n", format_iso8601(*end)) : "";
  for (const auto& [variable, property, value, must_go] : settings_of(role)) {
    if (property.empty() || value.empty()) {
      continue;
    }
    if (!is_visible(value)) {
      return Error{
          Error::Kind::kInvalid, "NotForAFile",
          fmt::format("{} has a blank or a character beyond ASCII, which a credentials file can not hold: take "
                      "--format env, or let the profile ask by credential_process.",
                      property)};
    }
    out += fmt::format("{} = {}\n", property, value);
  }
  return out;
}

Result<std::string> as_json(const ExportedRole& role) {
  if (!role.credentials.is_temporary()) {
    return Error{Error::Kind::kInvalid, "NotTemporary",
                 "These credentials do not say when they end, and a container endpoint's answer has to: take --format "
                 "process, or a role whose way gives temporary ones."};
  }
  return aws::render_ecs_document(role.credentials) + "\n";
}

struct Format {
  std::string_view name;
  Result<std::string> (*render)(const ExportedRole& role);
};

constexpr std::array kFormats = {Format{"process", as_process}, Format{"env", as_env},
                                 Format{"env-no-export", as_env_no_export}, Format{"profile", as_profile},
                                 Format{"json", as_json}};

}  // namespace

std::vector<std::string> credential_formats() {
  std::vector<std::string> names;
  for (const auto& format : kFormats) {
    names.emplace_back(format.name);
  }
  return names;
}

Result<std::string> render_credentials(std::string_view format, const ExportedRole& role) {
  return std::ranges::find(kFormats, format, &Format::name)->render(role);
}

}  // namespace understudy::app
