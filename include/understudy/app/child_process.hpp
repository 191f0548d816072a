#pragma once

#include <csignal>
#include <map>
#include <string>
#include <vector>

#include "understudy/base/result.hpp"

namespace understudy::app {

/// Runs one command as if it stood in our place: signals that we get go to it, and its end is ours.
///
/// REQUIRES: built before the process has threads, so that all of them inherit the mask; one at a time. While it lives,
/// SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGWINCH and SIGCHLD are blocked and SIGPIPE is ignored (a log
/// that nobody reads must not end us beside the command); nothing runs in a signal handler. The destructor gives the
/// calling thread its old mask back, and SIGPIPE its old action.
class ChildProcess {
 public:
  ChildProcess();
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  /// Starts `command` (its name looked up in our PATH) with exactly `environment`, waits for its end and returns its
  /// exit status, 128+n after signal n. What a terminal sends (ctrl-c, ctrl-\, a new size) reaches the command by
  /// itself, being in the same group, and is not sent a second time. A SIGINT, SIGTERM, SIGHUP or SIGQUIT that came
  /// since this object was built, and is not ignored, ends the matter before it begins: 128+n, and nothing is started.
  /// kNotFound (code `CommandNotFound`) or kInvalid (`CommandNotRunnable`) where it can not be started; a shell's exit
  /// statuses for these are 127 and 126.
  /// REQUIRES: `command` is not empty.
  Result<int> run(const std::vector<std::string>& command,
                  const std::map<std::string, std::string, std::less<>>& environment);

 private:
  [[nodiscard]] int wait_for(pid_t child) const;

  sigset_t watched_{};
  sigset_t before_{};
  struct sigaction pipe_before_{};
};

}  // namespace understudy::app
