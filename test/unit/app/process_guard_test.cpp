#include "understudy/app/process_guard.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace understudy::app {
namespace {

constexpr rlim_t kMostDescriptors = 65536;

/// Whether `check` holds in a process of its own, which it may change for good.
bool holds_in_child(const std::function<bool()>& check) {
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    _exit(check() ? 0 : 1);
  }
  int status = -1;
  REQUIRE(waitpid(child, &status, 0) == child);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

TEST_CASE("others can not read its memory") {
  CHECK(holds_in_child([] {
    keep_memory_private();
    return prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0;
  }));
}

TEST_CASE("a crash leaves no core file") {
  CHECK(holds_in_child([] {
    forbid_core_files();
    rlimit limit{};
    return getrlimit(RLIMIT_CORE, &limit) == 0 && limit.rlim_cur == 0 && limit.rlim_max == 0;
  }));
}

TEST_CASE("the limit of descriptors is raised to the hard one, within reason, and never lowered") {
  for (const rlim_t soft : {rlim_t{64}, rlim_t{1024}}) {
    CHECK(holds_in_child([soft] {
      rlimit limit{};
      getrlimit(RLIMIT_NOFILE, &limit);
      limit.rlim_cur = std::min(soft, limit.rlim_max);
      setrlimit(RLIMIT_NOFILE, &limit);
      raise_descriptor_limit();
      rlimit raised{};
      getrlimit(RLIMIT_NOFILE, &raised);
      return raised.rlim_cur == std::min(limit.rlim_max, kMostDescriptors) && raised.rlim_max == limit.rlim_max;
    }));
  }
}

TEST_CASE("privileges can not be won any more") {
  CHECK(holds_in_child([] { return forbid_new_privileges() && prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1; }));
}

TEST_CASE("an account is found by its name and by its number") {
  for (const auto* user : {"root", "0"}) {
    CAPTURE(user);
    const auto account = find_account({user, std::nullopt, true});
    REQUIRE(account);
    CHECK(account->name == "root");
    CHECK(account->user == 0);
    CHECK(account->group == 0);
    CHECK(account->home == "/root");
    CHECK(std::ranges::count(account->groups, gid_t{0}) == 1);
  }
}

TEST_CASE("a number without a name needs its group, and has no other") {
  const auto account = find_account({"3999999", "3999998", true});
  REQUIRE(account);
  CHECK(account->name.empty());
  CHECK(account->home == "/");
  CHECK(account->user == 3999999);
  CHECK(account->group == 3999998);
  CHECK(account->groups == std::vector<gid_t>{3999998});
  const auto with_more = find_account({"3999999", "3999998", true, {"3999997"}, "/srv/h"});
  REQUIRE(with_more);
  CHECK(with_more->groups == std::vector<gid_t>{3999998, 3999997});
  CHECK(with_more->home == "/srv/h");
}

TEST_CASE("who is not there is said by the key, with what to do") {
  struct Row {
    config::ProcessSettings settings;
    std::string code;
    std::string words;
  };
  const std::vector<Row> rows{
      {{"no-such-user", {}, true}, "NoSuchUser", "useradd --system no-such-user"},
      {{"3999999", {}, true}, "NoSuchUser", "process: {user: 3999999, group: 3999999}"},
      {{"4294967295", "0", true}, "NoSuchUser", "no user \"4294967295\""},
      {{"root", "no-such-group", true}, "NoSuchGroup", "groupadd --system no-such-group"},
      {{"root", {}, true, {"no-such-group"}}, "NoSuchGroup", "process.groups: "},
  };
  for (const auto& row : rows) {
    const auto account = find_account(row.settings);
    REQUIRE_FALSE(account);
    CAPTURE(account.error().message);
    CHECK(account.error().kind == Error::Kind::kInvalid);
    CHECK(account.error().code == row.code);
    CHECK(account.error().message.find(row.words) != std::string::npos);
  }
}

TEST_CASE("root becomes another for good" * doctest::skip(geteuid() != 0)) {
  CHECK(holds_in_child([] {
    const Account account{"", "/", 65534, 65534, {65534}};
    return become(account) && getuid() == 65534 && getegid() == 65534 && setuid(0) != 0 &&
           prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0;
  }));
}

TEST_CASE("who is not root can become nobody else, but stay who it is") {
  CHECK(holds_in_child([] {
    const Account nobody{"", "/", 65534, 65534, {65534}};
    if (geteuid() == 0 && !become(nobody)) {
      return false;
    }
    const auto other = become({"", "/", 65533, 65533, {65533}});
    const Account self{"", "/", getuid(), getgid(), {getgid()}};
    return !other && other.error().kind == Error::Kind::kDenied && other.error().code == "CanNotBecome" &&
           become(self).has_value();
  }));
}

TEST_CASE("the environment is that of the account's log-in") {
  const Environment before({{"HOME", "/root"},
                            {"USER", "root"},
                            {"XDG_RUNTIME_DIR", "/run/user/0"},
                            {"XDG_CACHE_HOME", "/root/.cache"},
                            {"AWS_REGION", "us-east-1"}});
  const auto named = environment_of({"app", "/home/app", 7, 7, {}}, before);
  CHECK(named.all() ==
        decltype(named.all()){{"AWS_REGION", "us-east-1"}, {"HOME", "/home/app"}, {"LOGNAME", "app"}, {"USER", "app"}});
  CHECK(environment_of({"", "/", 7, 7, {}}, before).get("USER") == "7");
}

}  // namespace
}  // namespace understudy::app
