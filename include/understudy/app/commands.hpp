#pragma once

#include <optional>
#include <string>
#include <vector>

#include "understudy/app/command.hpp"
#include "understudy/base/environment.hpp"
#include "understudy/base/node.hpp"
#include "understudy/base/result.hpp"
#include "understudy/config/load.hpp"

/// What several commands do.
namespace understudy::app {

/// `environment` with the profile that is asked for (`--profile`, else UNDERSTUDY_PROFILE) as AWS_PROFILE: where keys
/// come from, region and STS settings come from too, as for any AWS tool.
[[nodiscard]] Environment with_chosen_profile(const ConfigOptions& options, const Environment& environment);

/// That of `--config`; nullopt where it is not given.
[[nodiscard]] std::optional<std::string> named_file(const ConfigOptions& options);

/// The configuration as the command line chooses it, its region that of `effective_region`, but where the process is to
/// become another user that which is said. Errors: load_config's.
/// Reads the shared AWS files.
[[nodiscard]] Result<config::Loaded, std::vector<std::string>> load_as_asked(const ConfigOptions& options,
                                                                             const Environment& environment);

/// The configuration as the command line chooses it, its region that of `effective_region`; warnings go to standard
/// error. Where something is wrong, every problem is printed there, and there is none. Reads the shared AWS files.
[[nodiscard]] std::optional<config::Config> load_or_complain(const ConfigOptions& options,
                                                             const Environment& environment);
/// The same without the warnings: for a command that asks a server, which has said them.
[[nodiscard]] std::optional<config::Config> load_quietly(const ConfigOptions& options, const Environment& environment);

/// The configuration that another program's was translated into, as that of load_or_complain, with the environment's
/// own variables laid over it. `command` is what complaints call it. Each of `notes` is warned of.
[[nodiscard]] std::optional<config::Config> load_translated(Node tree, const std::vector<std::string>& notes,
                                                            const std::string& command, const Environment& environment);

/// Prints `warning: LINE` to standard error.
void warn(const std::string& line);
/// Prints `understudy: MESSAGE` to standard error.
void complain(const std::string& message);
/// The same with `CODE: MESSAGE`, for what AWS or another service answered: one line, escaped as for a log, and cut
/// after 2048 bytes.
void complain(const Error& error);

/// The role that `key` names, or, where it is empty, `default` or the only one. Complains and is empty where there is
/// none.
[[nodiscard]] std::string choose_role(const config::Config& config, const std::string& key);

}  // namespace understudy::app
