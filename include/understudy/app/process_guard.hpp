#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "understudy/base/environment.hpp"
#include "understudy/base/result.hpp"
#include "understudy/config/process_settings.hpp"

/// What the process may do, and what may be done to it. All of it changes the calling process; thread by thread where
/// the kernel says so (prctl(2), setresuid(2), capabilities(7)).
namespace understudy::app {

/// Other processes of the same user can neither read its memory, environment and descriptors nor trace it, and a crash
/// leaves no core file: PR_SET_DUMPABLE. Programs that it starts are not affected.
void keep_memory_private();

/// Takes core files away from it and from the programs that it starts: they hold credentials too.
void forbid_core_files();

/// Raises the soft limit of descriptors to the hard one, but to 65536 at most: more than the server's connections need
/// nobody uses, and there are programs, which inherit it, that close every descriptor below the limit one by one.
void raise_descriptor_limit();

/// Nothing that it starts can win privileges, as by sudo: PR_SET_NO_NEW_PRIVS. Can not be undone. REQUIRES: no other
/// thread exists; they would not be held to it. Errors: kUnavailable, code `CanNotGuard`.
Result<void> forbid_new_privileges();

/// Who a process can be.
struct Account {
  std::string name;  ///< Empty where a number has none.
  std::string home;
  uid_t user = 0;
  gid_t group = 0;
  std::vector<gid_t> groups{};  ///< Supplementary ones, `group` among them.
};

/// Looks `settings.user` and `settings.group` up, by name and then by number. The groups are those that the machine
/// gives the user, for a number without a name `group` alone, and `settings.groups`. kInvalid, code `NoSuchUser` or
/// `NoSuchGroup`; the message names the key. REQUIRES: `settings.user`.
Result<Account> find_account(const config::ProcessSettings& settings);

/// Makes the process `account` for good, and makes sure that it is, and can not become root again. Nothing is done
/// where it is already. kDenied, code `CanNotBecome`: it has not the right; kUnavailable, same code: it is not what it
/// became.
///
/// glibc applies setgroups, setresgid and setresuid to every thread; the other steps hold for the caller. REQUIRES: no
/// other thread exists, so that nothing of ours ever ran, or made a file, as somebody else.
Result<void> become(const Account& account);

/// `environment` as a log-in of the account would have it: HOME, USER and LOGNAME; without the folders that XDG gives
/// whoever was there before.
[[nodiscard]] Environment environment_of(const Account& account, const Environment& environment);

}  // namespace understudy::app
