#include "understudy/base/command.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <future>
#include <string>
#include <thread>

#include "fakes/temp_folder.hpp"
#include "understudy/base/descriptor.hpp"

#include <doctest/doctest.h>

namespace understudy {
namespace {

using std::chrono::milliseconds;

ShellCommands shell() { return ShellCommands(Environment({{"PATH", "/usr/bin:/bin"}, {"ANSWER", "42"}})); }

Command command(std::string text) { return {std::move(text), "the command", milliseconds(20000), 1024}; }

/// Gone, or only waiting to be buried.
bool is_gone(pid_t pid) {
  for (int i = 0; i < 200; ++i) {
    std::ifstream status("/proc/" + std::to_string(pid) + "/stat");
    std::string id;
    std::string name;
    std::string state;
    if (!(status >> id >> name >> state) || state == "Z") {
      return true;
    }
    std::this_thread::sleep_for(milliseconds(10));
  }
  return false;
}

TEST_CASE("what a command writes to standard output is returned, with the environment that was given") {
  auto commands = shell();
  const auto output = commands.run(command("printf '%s' \"$ANSWER\"; echo noise >&2; test -z \"$HOME\""));
  REQUIRE(output.has_value());
  CHECK(output->reveal() == "42");
}

TEST_CASE("a command that fails tells how it ended and its last words, and nothing of its output") {
  auto commands = shell();
  const auto output = commands.run(command("echo of-the-secret; echo first >&2; echo 'no vault' >&2; exit 3"));
  REQUIRE_FALSE(output.has_value());
  CHECK(output.error() ==
        Error{Error::Kind::kUnavailable, "CommandFailed", "the command ended with status 3: no vault"});
  const auto killed = commands.run(command("kill -TERM $$"));
  REQUIRE_FALSE(killed.has_value());
  CHECK(killed.error().message == "the command was ended by signal 15");
}

TEST_CASE("a command has nothing to read and no blocked signals") {
  auto commands = shell();
  CHECK(commands.run(command("cat; grep SigBlk: /proc/self/status"))->reveal() == "SigBlk:\t0000000000000000\n");
}

TEST_CASE("a command has no descriptor of this process, also not one that would stay open") {
  auto commands = shell();
  const Descriptor inheritable(fcntl(STDERR_FILENO, F_DUPFD, 100));
  REQUIRE(inheritable.get() >= 100);
  REQUIRE((fcntl(inheritable.get(), F_GETFD) & FD_CLOEXEC) == 0);
  const auto its_own = "/proc/$$/fd/" + std::to_string(inheritable.get());
  CHECK(commands.run(command("test -e /proc/$$/fd/2 && test ! -e " + its_own + " && echo closed"))->reveal() ==
        "closed\n");
}

TEST_CASE("a command that does not end is killed, with all that it started") {
  fakes::TempFolder folder;
  auto commands = shell();
  pid_t pid = 0;
  const auto pid_file = folder.path() / "pid";
  auto slow = command("sleep 20 & echo $! > " + pid_file.string() + "; echo waiting >&2; wait");
  slow.total = milliseconds(1000);
  const auto output = commands.run(slow);
  REQUIRE_FALSE(output.has_value());
  CHECK(output.error().code == "CommandTimeout");
  CHECK(output.error().message == "the command had not ended after 1 s and was killed: waiting");
  // At a terminal it shares the group of this test, which can not be killed whole.
  if (access("/dev/tty", R_OK) != 0 || open("/dev/tty", O_RDONLY | O_CLOEXEC) < 0) {
    std::ifstream(pid_file) >> pid;
    REQUIRE(pid > 0);
    CHECK(is_gone(pid));
  }
}

TEST_CASE("a command's end counts, whatever holds its output open") {
  auto commands = shell();
  const auto begin = std::chrono::steady_clock::now();
  // The sleeper ends by itself when nobody reads any more.
  CHECK(commands.run(command("(while sleep 1 && echo; do :; done) & echo done"))->reveal() == "done\n");
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(15));
}

TEST_CASE("a command that writes too much is killed") {
  auto commands = shell();
  const auto output = commands.run(command("yes"));
  REQUIRE_FALSE(output.has_value());
  CHECK(output.error().code == "CommandOutputTooLong");
}

TEST_CASE("a command under way is broken off, and none runs afterwards") {
  auto commands = shell();
  auto outcome = std::async(std::launch::async, [&] { return commands.run(command("sleep 300")); });
  commands.stop_all();
  CHECK(outcome.get().error().code == "Interrupted");
  CHECK(commands.run(command("sleep 300")).error().code == "Interrupted");
}

}  // namespace
}  // namespace understudy
