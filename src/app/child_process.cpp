#include "understudy/app/child_process.hpp"

#include <fmt/format.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <spawn.h>
#include <system_error>

namespace understudy::app {
namespace {

constexpr int kForwarded[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGWINCH};

/// An array of pointers as execve wants it; `texts` has to stay as it is.
std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (auto& text : texts) {
    pointers.push_back(text.data());
  }
  pointers.push_back(nullptr);
  return pointers;
}

class SpawnAttributes {
 public:
  explicit SpawnAttributes(const sigset_t& mask) {
    posix_spawnattr_init(&attributes_);
    // That we ignore SIGPIPE would be inherited, and a pipeline's writer would never end.
    sigset_t defaults;
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    posix_spawnattr_setsigdefault(&attributes_, &defaults);
    posix_spawnattr_setsigmask(&attributes_, &mask);
    posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  SpawnAttributes(const SpawnAttributes&) = delete;
  SpawnAttributes& operator=(const SpawnAttributes&) = delete;
  ~SpawnAttributes() { posix_spawnattr_destroy(&attributes_); }
  [[nodiscard]] const posix_spawnattr_t* get() const { return &attributes_; }

 private:
  posix_spawnattr_t attributes_{};
};

Error can_not_start(const std::string& name, int number) {
  const bool missing = number == ENOENT;
  return {missing ? Error::Kind::kNotFound : Error::Kind::kInvalid, missing ? "CommandNotFound" : "CommandNotRunnable",
          fmt::format("can not run {}: {}", name, std::generic_category().message(number))};
}

/// The number of a signal that should have ended us before there was a command to pass it on to; 0: none came.
int take_early_end() {
  sigset_t ends;
  sigemptyset(&ends);
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) {
    struct sigaction action{};
    sigaction(number, nullptr, &action);
    if (action.sa_handler != SIG_IGN) {
      sigaddset(&ends, number);
    }
  }
  const timespec at_once{};
  return std::max(sigtimedwait(&ends, nullptr, &at_once), 0);
}

/// The terminal sends these to every process of the foreground group, the command among them.
bool came_from_terminal(const siginfo_t& signal) {
  const int number = signal.si_signo;
  return signal.si_code == SI_KERNEL && (number == SIGINT || number == SIGQUIT || number == SIGWINCH);
}

}  // namespace

ChildProcess::ChildProcess() {
  // Ignored, as some parents leave it, it would take the exit status away before we read it.
  struct sigaction standard{};
  standard.sa_handler = SIG_DFL;
  sigaction(SIGCHLD, &standard, nullptr);
  struct sigaction ignored{};
  ignored.sa_handler = SIG_IGN;
  sigaction(SIGPIPE, &ignored, &pipe_before_);
  sigemptyset(&watched_);
  sigaddset(&watched_, SIGCHLD);
  for (const int number : kForwarded) {
    sigaddset(&watched_, number);
  }
  pthread_sigmask(SIG_BLOCK, &watched_, &before_);
}

ChildProcess::~ChildProcess() {
  sigaction(SIGPIPE, &pipe_before_, nullptr);
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

Result<int> ChildProcess::run(const std::vector<std::string>& command,
                              const std::map<std::string, std::string, std::less<>>& environment) {
  if (const int number = take_early_end(); number != 0) {
    return 128 + number;
  }
  std::vector<std::string> arguments = command;
  std::vector<std::string> variables;
  for (const auto& [name, value] : environment) {
    variables.push_back(fmt::format("{}={}", name, value));
  }
  const SpawnAttributes attributes(before_);
  pid_t child = 0;
  const int failure = posix_spawnp(&child, command.at(0).c_str(), nullptr, attributes.get(),
                                   pointers_to(arguments).data(), pointers_to(variables).data());
  if (failure != 0) {
    return can_not_start(command.at(0), failure);
  }
  return wait_for(child);
}

int ChildProcess::wait_for(pid_t child) const {
  for (;;) {
    siginfo_t signal{};
    const int number = sigwaitinfo(&watched_, &signal);
    if (number > 0 && number != SIGCHLD && !came_from_terminal(signal)) {
      kill(child, number);
    }
    int status = 0;
    if (waitpid(child, &status, WNOHANG) == child) {
      return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    }
  }
}

}  // namespace understudy::app
