#pragma once

#include <optional>
#include <string>

#include "understudy/app/command_line.hpp"
#include "understudy/base/environment.hpp"
#include "understudy/config/load.hpp"

/// The commands: each reads its configuration, does its work and returns the process's exit status. They write to
/// standard output what was asked for, to standard error everything else.
namespace understudy::app {

inline constexpr int kSuccess = 0;
inline constexpr int kFailure = 1;  ///< The work could not be done.
inline constexpr int kUsage = 2;    ///< The command line or the configuration is wrong.

int serve(const ServeOptions& options, const Environment& environment);
int exec(const ExecOptions& options, const Environment& environment);
int credentials(const CredentialsOptions& options, const Environment& environment);
int sts(const StsOptions& options, const Environment& environment);
int doctor(const DoctorOptions& options, const Environment& environment);

/// `environment` with the profile that is asked for (`--profile`, else UNDERSTUDY_PROFILE) as AWS_PROFILE: where keys
/// come from, region and STS settings come from too, as for any AWS tool.
[[nodiscard]] Environment with_chosen_profile(const ConfigOptions& options, const Environment& environment);

/// The configuration as the command line chooses it, its region that of `effective_region`; warnings go to standard
/// error. Where something is wrong, every problem is printed there, and there is none. Reads the shared AWS files.
[[nodiscard]] std::optional<config::Config> load_or_complain(const ConfigOptions& options,
                                                             const Environment& environment);

/// Prints `understudy: MESSAGE` to standard error.
void complain(const std::string& message);

/// The role that `key` names, or, where it is empty, `default` or the only one. Complains and is empty where there is
/// none.
[[nodiscard]] std::string choose_role(const config::Config& config, const std::string& key);

}  // namespace understudy::app
