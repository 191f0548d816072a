#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "understudy/aws/shared_config.hpp"
#include "understudy/base/environment.hpp"
#include "understudy/base/result.hpp"
#include "understudy/source/profile_plan.hpp"
#include "understudy/source/shared_files.hpp"

/// What `understudy profiles` tells: what the shared AWS files were read as, and where each of their profiles leads.
/// Values; all of it is safe to call from any thread.
///
/// No secret is told. Of an access key id there are the last four characters; the value of a property is told where AWS
/// documents it as a setting that credentials, region or endpoints depend on, and where it has one line alone: a line
/// that was indented by mistake, `aws_secret_access_key = ..` maybe, belongs to the value above it. Of a URL the
/// user information is left out.
namespace understudy::app {

struct ProfileReport {
  struct File {
    enum class State { kRead, kAbsent, kUnreadable };
    std::string path;
    State state = State::kAbsent;
  };

  File config;
  File credentials;
  std::string selected;        ///< Of AWS_PROFILE, AWS_DEFAULT_PROFILE, else `default`; it may not be there.
  aws::SharedConfig shared;    ///< Empty where there is an error.
  std::optional<Error> error;  ///< A file can not be read or parsed, or (code `NoSharedFiles`) neither is there.
};

/// Reads each file once.
[[nodiscard]] ProfileReport read_profiles(const Environment& environment, const source::FileReader& read);

/// The value as it may be told: `eu-west-1`, `...MPLE`, `http://...@proxy`; nullopt for one that may be a secret.
[[nodiscard]] std::optional<std::string> shown_value(std::string_view key, std::string_view value);
/// How a profile gets credentials. Errors: those of plan_profile.
[[nodiscard]] Result<source::ProfilePlan> way_of(const aws::SharedConfig& shared, std::string_view profile);

/// For people: the files, and a line for each profile with the selected one marked. Only ASCII.
///
///       PROFILE  REGION     CREDENTIALS
///     * default  eu-west-1  keys ...MPLE
///       dev      -          keys ...MPLE of profile default, then role arn:aws:iam::111122223333:role/app
///       old      -          ! HalfAPair: /home/me/.aws/credentials:7: profile old has ..
[[nodiscard]] std::string profiles_text(const ProfileReport& report);
/// One profile: its way, and what it was read as, each property with its place. REQUIRES: it is there.
[[nodiscard]] std::string profile_text(const ProfileReport& report, std::string_view profile);

/// For tools; every key is always there, what is not known is null. With `only`, `profiles` has that one alone,
/// and where it is not there `error` says so.
///
///     {"files": {"config": {"path": "/home/me/.aws/config", "state": "read"},       read, absent, unreadable
///                "credentials": {..}},
///      "selected_profile": "default",
///      "error": null,                                                               {"code": .., "message": ..}
///      "profiles": {"dev": {
///        "region": "eu-west-1",
///        "start": {"way": "keys", "profile": "base", "access_key_id": "...MPLE"},   below
///        "roles": [{"profile": "dev", "role_arn": "arn:..", "mfa_serial": null}],   as they are played
///        "error": null,
///        "properties": {"s3": {"value": null, "nested": {"x": null}, "file": "..", "line": 3}}}},
///      "sso_sessions": {"corp": {"properties": {..}}},
///      "services": {"local": {"properties": {..}}}}
///
/// The ways and what they have beside `profile`: `keys` (access_key_id), `environment`, `container`, `instance`,
/// `web_identity` (role_arn, token_file), `sso` (session, start_url, region, account_id, role_name), `login` (session),
/// `process`.
[[nodiscard]] std::string profiles_json(const ProfileReport& report, std::optional<std::string_view> only);

}  // namespace understudy::app
