#include "understudy/app/commands.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <functional>
#include <string>
#include <utility>

#include "fakes/temp_folder.hpp"
#include "understudy/base/files.hpp"
#include "unit/app/serving.hpp"

#include <doctest/doctest.h>

namespace understudy::app {
namespace {

config::Config with_roles(const std::string& names) {
  std::string text = "roles:\n";
  std::string name;
  for (const char c : names + " ") {
    if (c != ' ') {
      name += c;
    } else {
      text += "  " + std::exchange(name, "") + ": {profile: x}\n";
    }
  }
  return config_of(text);
}

/// What it writes to standard error.
std::string said_by(const std::function<void()>& speak) {
  const fakes::TempFolder folder;
  const int file = open((folder / "said").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  const int kept = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 10);
  REQUIRE(dup2(file, STDERR_FILENO) == STDERR_FILENO);
  speak();
  REQUIRE(dup2(kept, STDERR_FILENO) == STDERR_FILENO);
  close(kept);
  close(file);
  return read_file(folder / "said").value();
}

TEST_CASE("what a service answered is one line on the terminal, whatever it holds") {
  const auto said = said_by(
      [] { complain(Error{Error::Kind::kDenied, "Access\aDenied", "no\x1b[2Jwarning:\r\nunderstudy: all is well"}); });
  CHECK(said == "understudy: Access\\x07Denied: no\\x1B[2Jwarning:\\x0D\\x0Aunderstudy: all is well\n");
  const auto long_one = said_by([] { complain(Error{Error::Kind::kDenied, "Code", std::string(5000, 'x')}); });
  CHECK(long_one.size() < 2100);
}

TEST_CASE("our own messages keep their lines") {
  CHECK(said_by([] { complain("a\nSee: understudy --help"); }) == "understudy: a\nSee: understudy --help\n");
}

TEST_CASE("who names no role of several is told how, and which there are") {
  const auto said = said_by([] { CHECK(choose_role(with_roles("app audit"), "").empty()); });
  CHECK(said.find("exec, decode and eks-token take --role KEY, credentials and whoami KEY") != std::string::npos);
  CHECK(said.ends_with("the configuration has: app, audit\n"));
}

TEST_CASE("the role that is named is played, where there is one of that name") {
  CHECK(choose_role(with_roles("app audit"), "audit") == "audit");
  CHECK(choose_role(with_roles("app audit"), "aduit").empty());
}

TEST_CASE("where none is named it is the default one, or the only one") {
  CHECK(choose_role(with_roles("app default"), "") == "default");
  CHECK(choose_role(with_roles("app"), "") == "app");
  CHECK(choose_role(with_roles("app audit"), "").empty());
}

}  // namespace
}  // namespace understudy::app
