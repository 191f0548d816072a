#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "understudy/base/environment.hpp"
#include "understudy/base/result.hpp"
#include "understudy/base/secret.hpp"

namespace understudy {

/// A command of the user's that prints something: a credential_process, a SAML assertion, a one-time code.
struct Command {
  std::string text;  ///< For `sh -c`.
  std::string
      what;  ///< For messages, in place of the text, which may hold a secret: `credential_process of profile dev`.
  std::chrono::milliseconds total{60000};
  std::size_t max_output = 64 * 1024;
};

/// The outside, over the shell. Thread-safe.
class CommandRunner {
 public:
  virtual ~CommandRunner() = default;

  /// Blocks until the command has ended, `total` at most, and returns what it wrote to standard output. What it wrote
  /// to standard error is never returned, but for its last line in an error's message. kUnavailable: `CommandFailed`
  /// (exit status other than 0, or a signal), `CommandTimeout` (it was killed), `CommandOutputTooLong` (killed too),
  /// `CommandNotRunnable` (no shell), `Interrupted`.
  virtual Result<Secret> run(const Command& command) = 0;
};

/// By /bin/sh, with `environment`, an empty standard input and no blocked signals. From a terminal's foreground it runs
/// there too, so that it may ask at /dev/tty; otherwise in a process group of its own, all of which a time-out kills.
class ShellCommands final : public CommandRunner {
 public:
  explicit ShellCommands(Environment environment);
  ~ShellCommands() override;
  ShellCommands(const ShellCommands&) = delete;
  ShellCommands& operator=(const ShellCommands&) = delete;

  Result<Secret> run(const Command& command) override;
  /// Kills what runs, and whatever would be run later comes back with `Interrupted`.
  void stop_all();

 private:
  const Environment environment_;
  const int stop_;  ///< An eventfd that becomes readable for good.
};

}  // namespace understudy
