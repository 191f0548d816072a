#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "understudy/aws/credentials.hpp"
#include "understudy/base/result.hpp"

/// The forms of `understudy credentials --format`. Pure; thread-safe.
///
/// The names are those of `aws configure export-credentials --format` where it has the same form (awscli,
/// customizations/configure/exportcreds.py); profile and json are ours.
namespace understudy::app {

/// Credentials, and what a form says of them beside.
struct ExportedRole {
  const aws::Credentials& credentials;
  std::string_view key;     ///< The role's key, `app`: the profile's name.
  std::string_view region;  ///< Empty: not known, and not said.
};

/// `process`, `env`, `env-no-export`, `profile`, `json`.
[[nodiscard]] std::vector<std::string> credential_formats();

/// The whole text, its last newline included.
///
/// | format | text |
/// |---|---|
/// | process | `{"Version":1,"AccessKeyId":..}`: a credential_process's answer |
/// | env | `export AWS_ACCESS_KEY_ID=..` and so on, words of a POSIX shell; `unset NAME` for what these credentials do
/// not have, as an earlier role's session token beside new keys is refused everywhere |
/// | env-no-export | `AWS_ACCESS_KEY_ID=..` and so on |
/// | profile | `[app]`, `aws_access_key_id = ..` and so on, for a credentials file |
/// | json | `{"RoleArn":..,"AccessKeyId":..,"Token":..}`: a container endpoint's answer |
///
/// The variables: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_CREDENTIAL_EXPIRATION
/// (`2026-11-21T00:37:24Z`), AWS_ACCOUNT_ID, AWS_REGION, AWS_DEFAULT_REGION.
/// kInvalid: json of keys that do not end (`NotTemporary`); profile of a value that no credentials file can hold
/// (`NotForAFile`). REQUIRES: `format` is one of credential_formats().
[[nodiscard]] Result<std::string> render_credentials(std::string_view format, const ExportedRole& role);

}  // namespace understudy::app
