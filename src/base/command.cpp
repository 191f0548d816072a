#include "understudy/base/command.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <poll.h>
#include <spawn.h>
#include <system_error>
#include <utility>
#include <vector>

#include "understudy/base/descriptor.hpp"
#include "understudy/base/text.hpp"

namespace understudy {
namespace {

using Steady = std::chrono::steady_clock;
using std::chrono::milliseconds;

struct Pipe {
  Descriptor read;
  Descriptor write;
};

Pipe make_pipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) {
    throw std::system_error(errno, std::generic_category(), "pipe2");
  }
  fcntl(ends[0], F_SETFL, O_NONBLOCK);
  return {Descriptor(ends[0]), Descriptor(ends[1])};
}

/// In the foreground of a terminal, where a command may want to ask somebody.
bool is_in_foreground() {
  const Descriptor terminal(open("/dev/tty", O_RDWR | O_CLOEXEC));
  return terminal.get() >= 0 && tcgetpgrp(terminal.get()) == getpgrp();
}

Error failure(std::string_view code, std::string message) {
  return {Error::Kind::kUnavailable, std::string(code), std::move(message)};
}

/// A started command with both its streams. Killed and reaped by the destructor where it was not waited for.
class Running {
 public:
  Running(const Command& command, const Environment& environment) : has_own_group_(!is_in_foreground()) {
    auto out = make_pipe();
    auto err = make_pipe();
    posix_spawn_file_actions_t actions{};
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, out.write.get(), STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, err.write.get(), STDERR_FILENO);
    // Not every descriptor of this process closes by itself: one that is accepted is made so only afterwards.
    posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
    start(command.text, environment, actions);
    posix_spawn_file_actions_destroy(&actions);
    out_ = std::move(out.read);
    err_ = std::move(err.read);
    if (child_ > 0) {
      end_ = Descriptor(static_cast<int>(syscall(SYS_pidfd_open, child_, 0)));
    }
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
  ~Running() {
    if (child_ > 0) {
      ::kill(has_own_group_ ? -child_ : child_, SIGKILL);
      static_cast<void>(wait());
    }
  }

  [[nodiscard]] int start_failure() const { return start_failure_; }
  [[nodiscard]] int out() const { return out_.get(); }
  [[nodiscard]] int err() const { return err_.get(); }
  [[nodiscard]] int end() const { return end_.get(); }
  /// How long to wait for one of them at most: not every kernel says by a descriptor that a process has ended.
  [[nodiscard]] milliseconds patience() const { return end_.get() < 0 ? milliseconds(20) : milliseconds(60000); }
  [[nodiscard]] bool has_ended() const {
    siginfo_t end{};
    return waitid(P_PID, static_cast<id_t>(child_), &end, WEXITED | WNOHANG | WNOWAIT) == 0 && end.si_pid == child_;
  }

  /// The wait status. Blocks until it has ended.
  int wait() {
    int status = 0;
    while (waitpid(child_, &status, 0) < 0 && errno == EINTR) {
    }
    child_ = 0;
    return status;
  }

 private:
  void start(const std::string& text, const Environment& environment, const posix_spawn_file_actions_t& actions) {
    std::vector<std::string> arguments{"sh", "-c", text};
    std::vector<std::string> variables;
    for (const auto& [name, value] : environment.all()) {
      variables.push_back(fmt::format("{}={}", name, value));
    }
    posix_spawnattr_t attributes{};
    posix_spawnattr_init(&attributes);
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setflags(&attributes, static_cast<short>(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
                                                             (has_own_group_ ? POSIX_SPAWN_SETPGROUP : 0)));
    start_failure_ = posix_spawn(&child_, "/bin/sh", &actions, &attributes, pointers_to(arguments).data(),
                                 pointers_to(variables).data());
    posix_spawnattr_destroy(&attributes);
    if (start_failure_ != 0) {
      child_ = 0;
    }
  }

  static std::vector<char*> pointers_to(std::vector<std::string>& texts) {
    std::vector<char*> pointers;
    for (auto& text : texts) {
      pointers.push_back(text.data());
    }
    pointers.push_back(nullptr);
    return pointers;
  }

  const bool has_own_group_;
  pid_t child_ = 0;
  int start_failure_ = 0;
  Descriptor out_;
  Descriptor err_;
  Descriptor end_;
};

/// Appends what is there now, a good bite of it at most. False at the stream's end.
bool read_some(int descriptor, std::string& into) {
  std::array<char, 4096> buffer{};
  for (int bites = 0; bites < 32; ++bites) {
    const auto count = read(descriptor, buffer.data(), buffer.size());
    if (count > 0) {
      into.append(buffer.data(), static_cast<std::size_t>(count));
    } else {
      return count < 0 && (errno == EAGAIN || errno == EINTR);
    }
  }
  return true;
}

/// `: could not reach the vault`, or nothing.
std::string last_words(std::string_view complaints) {
  constexpr std::size_t kMost = 200;
  const auto text = trim(complaints);
  const auto last = text.substr(text.rfind('\n') == std::string_view::npos ? 0 : text.rfind('\n') + 1);
  return last.empty() ? std::string() : fmt::format(": {}", escape_for_log(last, kMost));
}

struct Output {
  Output() = default;
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;
  ~Output() { wipe(out); }

  std::string out;
  std::string err;
};

/// Reads what there is. What the command left running may hold the streams open: its own end is the end.
void take(const Running& running, Output& output, std::array<pollfd, 4>& watched) {
  constexpr std::size_t kMostComplaints = 16 * 1024;
  if (!read_some(running.out(), output.out)) {
    watched[0].fd = -1;
  }
  if (!read_some(running.err(), output.err)) {
    watched[1].fd = -1;
  }
  output.err.erase(0, output.err.size() - std::min(output.err.size(), kMostComplaints));
}

Result<void> read_to_end(const Running& running, const Command& command, int stop, Output& output) {
  const auto deadline = Steady::now() + command.total;
  std::array<pollfd, 4> watched{pollfd{running.out(), POLLIN, 0}, pollfd{running.err(), POLLIN, 0},
                                pollfd{running.end(), POLLIN, 0}, pollfd{stop, POLLIN, 0}};
  for (bool has_ended = false; !has_ended;) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - Steady::now());
    if (left.count() <= 0) {
      return failure("CommandTimeout", fmt::format("{} had not ended after {} s and was killed{}", command.what,
                                                   command.total.count() / 1000, last_words(output.err)));
    }
    poll(watched.data(), watched.size(), static_cast<int>(std::min(left, running.patience()).count()));
    if (watched[3].revents != 0) {
      return failure("Interrupted", command.what + " was broken off, because this program ends");
    }
    has_ended = running.has_ended();
    take(running, output, watched);
    if (output.out.size() > command.max_output) {
      return failure("CommandOutputTooLong",
                     fmt::format("{} wrote more than {} bytes and was killed", command.what, command.max_output));
    }
  }
  return {};
}

}  // namespace

ShellCommands::ShellCommands(Environment environment)
    : environment_(std::move(environment)), stop_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

ShellCommands::~ShellCommands() { close(stop_); }

void ShellCommands::stop_all() {
  const std::uint64_t one = 1;
  static_cast<void>(write(stop_, &one, sizeof one));
}

Result<Secret> ShellCommands::run(const Command& command) {
  Running running(command, environment_);
  if (running.start_failure() != 0) {
    return failure("CommandNotRunnable", fmt::format("{} can not be run: /bin/sh: {}", command.what,
                                                     std::generic_category().message(running.start_failure())));
  }
  Output output;
  if (const auto read = read_to_end(running, command, stop_, output); !read) {
    return read.error();
  }
  const int status = running.wait();
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
    return Secret(std::move(output.out));
  }
  const auto end = WIFEXITED(status) ? fmt::format("ended with status {}", WEXITSTATUS(status))
                                     : fmt::format("was ended by signal {}", WTERMSIG(status));
  return failure("CommandFailed", fmt::format("{} {}{}", command.what, end, last_words(output.err)));
}

}  // namespace understudy
