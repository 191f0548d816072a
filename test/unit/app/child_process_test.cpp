#include "understudy/app/child_process.hpp"

#include <signal.h>
#include <unistd.h>

#include <map>
#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace understudy::app {
namespace {

using Variables = std::map<std::string, std::string, std::less<>>;

Result<int> shell(const std::string& script, const Variables& variables = {}) {
  ChildProcess child;
  return child.run({"/bin/sh", "-c", script}, variables);
}

/// What is started in the background by a shell without job control ignores these two, and hands that on; a shell can
/// not trap what it was told to ignore.
void be_in_the_foreground() {
  signal(SIGINT, SIG_DFL);
  signal(SIGQUIT, SIG_DFL);
}

TEST_CASE("the command's exit status is passed on") {
  CHECK(*shell("exit 0") == 0);
  CHECK(*shell("exit 7") == 7);
  CHECK(*shell("exit 255") == 255);
}

TEST_CASE("the end by a signal is 128 and its number") {
  CHECK(*shell("kill -TERM $$") == 128 + SIGTERM);
  CHECK(*shell("kill -KILL $$") == 128 + SIGKILL);
}

TEST_CASE("the command gets its arguments and exactly the environment given") {
  ChildProcess child;
  const auto status =
      child.run({"sh", "-c", "test \"$1\" = 'a b' && test \"$X\" = 'y z' && test -z \"$HOME\"", "sh", "a b"},
                {{"X", "y z"}, {"PATH", "/usr/bin:/bin"}});
  REQUIRE(status.has_value());
  CHECK(*status == 0);
}

TEST_CASE("signals that we get are forwarded") {
  be_in_the_foreground();
  for (const std::string name : {"INT", "TERM", "HUP", "QUIT", "USR1", "USR2", "WINCH"}) {
    CAPTURE(name);
    // The command sends us the signal and waits for it to come back.
    const auto status = shell("trap 'exit 9' " + name + "; kill -" + name + " $PPID; while :; do :; done");
    REQUIRE(status.has_value());
    CHECK(*status == 9);
  }
}

TEST_CASE("the command starts with the mask and the SIGPIPE that it would have had without us") {
  signal(SIGPIPE, SIG_IGN);
  CHECK(*shell("kill -PIPE $$; exit 3") == 128 + SIGPIPE);
  signal(SIGPIPE, SIG_DFL);
  CHECK(*shell("kill -USR1 $$; exit 3") == 128 + SIGUSR1);
}

TEST_CASE("a signal that comes before there is a command ends us, and no command starts") {
  be_in_the_foreground();
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) {
    CAPTURE(number);
    ChildProcess child;
    kill(getpid(), number);
    const auto status = child.run({"/nonexistent/command"}, {});
    REQUIRE(status.has_value());
    CHECK(*status == 128 + number);
  }
}

TEST_CASE("a signal that we were told to ignore keeps no command from starting") {
  signal(SIGHUP, SIG_IGN);
  {
    ChildProcess child;
    kill(getpid(), SIGHUP);
    CHECK(*child.run({"/bin/sh", "-c", "exit 3"}, {}) == 3);
  }
  signal(SIGHUP, SIG_DFL);
}

TEST_CASE("a pipe that nobody reads does not end us while the command runs, and is as before afterwards") {
  {
    const ChildProcess child;
    raise(SIGPIPE);
  }
  struct sigaction after{};
  sigaction(SIGPIPE, nullptr, &after);
  const bool is_default = after.sa_handler == SIG_DFL;
  CHECK(is_default);
}

TEST_CASE("a command that can not be started says why") {
  ChildProcess child;
  const auto missing = child.run({"/nonexistent/command"}, {});
  REQUIRE_FALSE(missing.has_value());
  CHECK(missing.error().code == "CommandNotFound");
  CHECK(missing.error().message.find("/nonexistent/command") != std::string::npos);
  const auto folder = child.run({"/tmp"}, {});
  REQUIRE_FALSE(folder.has_value());
  CHECK(folder.error().code == "CommandNotRunnable");
}

TEST_CASE("the mask is as before afterwards") {
  sigset_t before;
  pthread_sigmask(SIG_SETMASK, nullptr, &before);
  CHECK(*shell("exit 0") == 0);
  sigset_t after;
  pthread_sigmask(SIG_SETMASK, nullptr, &after);
  for (int number = 1; number < 32; ++number) {
    CHECK(sigismember(&before, number) == sigismember(&after, number));
  }
}

}  // namespace
}  // namespace understudy::app
