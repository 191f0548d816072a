#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "understudy/base/environment.hpp"
#include "understudy/config/overrides.hpp"

namespace CLI {
class App;
}

namespace understudy::app {

inline constexpr int kSuccess = 0;
inline constexpr int kFailure = 1;  ///< The work could not be done.
inline constexpr int kUsage = 2;    ///< The command line or the configuration is wrong.

/// One command: its options, its help and its work. A further one is a file with its class, and one line in
/// `all_commands`.
class Command {
 public:
  virtual ~Command() = default;

  [[nodiscard]] virtual std::string_view name() const = 0;
  /// One line for the list of commands, in the imperative.
  [[nodiscard]] virtual std::string_view purpose() const = 0;
  /// What its help teaches beside the options: examples, effects, exit statuses.
  [[nodiscard]] virtual std::string_view lesson() const = 0;
  /// Adds options that are read into this object, which has to stay where it is.
  virtual void add_options(CLI::App& app) = 0;
  /// What to say where a required argument is missing, in place of the parser's words; empty: those.
  [[nodiscard]] virtual std::string_view what_is_missing() const { return {}; }

  /// Reads its configuration, does its work and returns the process's exit status. Standard output gets what was asked
  /// for, standard error everything else.
  virtual int run(const Environment& environment) = 0;
};

/// Every command, in the order in which help lists them.
[[nodiscard]] std::vector<std::unique_ptr<Command>> all_commands();

/// Where the configuration comes from; a flag wins over the environment, and that over the file.
struct ConfigOptions {
  std::string file;  ///< Empty: that of UNDERSTUDY_CONFIG, else none.
  config::Flags flags;
  std::string mfa_token{};    ///< `--mfa-token`; six digits, or empty.
  bool becomes_user = false;  ///< The command becomes `process.user`, whose profile counts.
};
/// `--config`
void add_config_file(CLI::App& app, ConfigOptions& options);
/// `--config`, `--role-arn`, `--profile`, `--region`, `--mfa-token`, `--log-level`
void add_config_options(CLI::App& app, ConfigOptions& options);
/// A role's key, as an option (`--role`) or a positional (`role`).
void add_role(CLI::App& app, const std::string& name, std::string& role);

}  // namespace understudy::app
