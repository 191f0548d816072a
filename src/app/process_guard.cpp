#include "understudy/app/process_guard.hpp"

#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <grp.h>
#include <optional>
#include <pwd.h>
#include <system_error>
#include <utility>

#include "understudy/base/text.hpp"

namespace understudy::app {
namespace {

using Kind = Error::Kind;

constexpr rlim_t kDescriptorsAtMost = 65536;
constexpr std::size_t kEntryAtMost = 64 * 1024;

std::optional<id_t> parse_id(std::string_view text) {
  const auto number = parse_decimal(text);
  // The last number means "leave it" to setresuid.
  return number && *number < static_cast<id_t>(-1) ? std::optional(static_cast<id_t>(*number)) : std::nullopt;
}

std::optional<Account> account_of(const std::string& user) {
  std::vector<char> buffer(kEntryAtMost);
  passwd entry{};
  passwd* found = nullptr;
  getpwnam_r(user.c_str(), &entry, buffer.data(), buffer.size(), &found);
  const auto number = parse_id(user);
  if (found == nullptr && number) {
    getpwuid_r(*number, &entry, buffer.data(), buffer.size(), &found);
  }
  return found == nullptr ? std::nullopt
                          : std::optional(Account{entry.pw_name, entry.pw_dir, entry.pw_uid, entry.pw_gid, {}});
}

std::optional<gid_t> group_of(const std::string& group) {
  std::vector<char> buffer(kEntryAtMost);
  ::group entry{};
  ::group* found = nullptr;
  getgrnam_r(group.c_str(), &entry, buffer.data(), buffer.size(), &found);
  return found == nullptr ? parse_id(group) : std::optional(entry.gr_gid);
}

Result<gid_t> known_group(std::string_view key, const std::string& name) {
  const auto group = group_of(name);
  if (!group) {
    return Error{Kind::kInvalid, "NoSuchGroup",
                 fmt::format("process.{}: this machine knows no group \"{}\"; make one (groupadd --system {}) or "
                             "leave it out",
                             key, escape_for_log(name, 60), escape_for_log(name, 60))};
  }
  return *group;
}

std::vector<gid_t> groups_of(const Account& account) {
  if (account.name.empty()) {
    return {account.group};
  }
  int count = 64;
  std::vector<gid_t> groups(static_cast<std::size_t>(count));
  if (getgrouplist(account.name.c_str(), account.group, groups.data(), &count) < 0) {
    groups.resize(static_cast<std::size_t>(count));
    getgrouplist(account.name.c_str(), account.group, groups.data(), &count);
  }
  groups.resize(static_cast<std::size_t>(count));
  return groups;
}

std::vector<gid_t> current_groups() {
  std::vector<gid_t> groups(static_cast<std::size_t>(std::max(getgroups(0, nullptr), 0)));
  const int count = getgroups(static_cast<int>(groups.size()), groups.data());
  groups.resize(static_cast<std::size_t>(std::max(count, 0)));
  return groups;
}

std::vector<gid_t> sorted(std::vector<gid_t> groups) {
  std::ranges::sort(groups);
  const auto twice = std::ranges::unique(groups);
  groups.erase(twice.begin(), twice.end());
  return groups;
}

bool has_ids_of(const Account& account) {
  std::array<uid_t, 3> users{};
  std::array<gid_t, 3> groups{};
  getresuid(&users[0], &users[1], &users[2]);
  getresgid(&groups[0], &groups[1], &groups[2]);
  return std::ranges::count(users, account.user) == 3 && std::ranges::count(groups, account.group) == 3;
}

bool is_for_good(const Account& account) {
  const auto unchanged = static_cast<uid_t>(-1);
  return has_ids_of(account) && sorted(current_groups()) == sorted(account.groups) &&
         (account.user == 0 || setresuid(unchanged, 0, unchanged) != 0);
}

std::string spell(const Account& account) {
  return account.name.empty() ? fmt::format("{}:{}", account.user, account.group)
                              : fmt::format("{} ({}:{})", account.name, account.user, account.group);
}

}  // namespace

void keep_memory_private() { prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }

void forbid_core_files() {
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
}

void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    limit.rlim_cur = std::max(limit.rlim_cur, std::min(limit.rlim_max, kDescriptorsAtMost));
    setrlimit(RLIMIT_NOFILE, &limit);
  }
}

Result<void> forbid_new_privileges() {
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0) {
    return {};
  }
  return Error{Kind::kUnavailable, "CanNotGuard",
               fmt::format("the kernel does not keep it from new privileges: {}; where that does not matter, write "
                           "process: {{no_new_privs: false}}",
                           std::generic_category().message(errno))};
}

Result<Account> find_account(const config::ProcessSettings& settings) {
  const auto& user = settings.user.value();
  auto account = account_of(user);
  const auto number = parse_id(user);
  if (!account && number && settings.group) {
    account = Account{{}, "/", *number, 0, {}};
  }
  if (!account) {
    return Error{Kind::kInvalid, "NoSuchUser",
                 number ? fmt::format("process.user: {} has no entry in /etc/passwd; say its group too: process: "
                                      "{{user: {}, group: {}}}",
                                      *number, *number, *number)
                        : fmt::format("process.user: this machine knows no user \"{}\"; make one (useradd --system {}) "
                                      "or name another, such as nobody",
                                      escape_for_log(user, 60), escape_for_log(user, 60))};
  }
  if (settings.group) {
    const auto group = known_group("group", *settings.group);
    if (!group) {
      return group.error();
    }
    account->group = *group;
  }
  account->groups = groups_of(*account);
  for (const auto& name : settings.groups) {
    const auto group = known_group("groups", name);
    if (!group) {
      return group.error();
    }
    account->groups.push_back(*group);
  }
  account->home = settings.home.value_or(account->home);
  return *std::move(account);
}

Result<void> become(const Account& account) {
  if (has_ids_of(account)) {
    return {};
  }
  const bool became = setgroups(account.groups.size(), account.groups.data()) == 0 &&
                      setresgid(account.group, account.group, account.group) == 0 &&
                      setresuid(account.user, account.user, account.user) == 0;
  if (!became) {
    return Error{Kind::kDenied, "CanNotBecome",
                 fmt::format("process.user: can not become {}: {}; only root can: start understudy as root, or as that "
                             "user and without process.user",
                             spell(account), std::generic_category().message(errno))};
  }
  // The kernel takes it back with every change of who a process is.
  keep_memory_private();
  if (!is_for_good(account)) {
    return Error{Kind::kUnavailable, "CanNotBecome",
                 fmt::format("process.user: the kernel did not make the process {} for good; start understudy as that "
                             "user and without process.user",
                             spell(account))};
  }
  return {};
}

Environment environment_of(const Account& account, const Environment& environment) {
  auto variables = environment.all();
  variables["HOME"] = account.home;
  for (const auto* name : {"USER", "LOGNAME"}) {
    variables[name] = account.name.empty() ? std::to_string(account.user) : account.name;
  }
  std::erase_if(variables, [](const auto& variable) { return variable.first.starts_with("XDG_"); });
  return Environment(std::move(variables));
}

}  // namespace understudy::app
