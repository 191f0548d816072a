#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "understudy/base/result.hpp"
#include "understudy/base/token_bucket.hpp"
#include "understudy/source/cached_role.hpp"
#include "understudy/source/kind.hpp"
#include "understudy/source/refresher.hpp"
#include "understudy/source/role.hpp"

namespace understudy::source {

/// Roles that the configuration does not have, each made when it is first asked for and played with the credentials of
/// one base. Each is kept fresh like any other. There are at most `most`: one more takes the place of the one that
/// nobody has asked for for the longest time, of those that are not being fetched, and of those that have no
/// credentials where there are such. A burst of 64 can be made, then one a second: each costs a call to STS and a line
/// of the log, whatever its name, and clients choose the names.
///
/// Thread-safety: all of it, but `stop` and the destructor are for one thread. REQUIRES: what `surroundings` names, and
/// `base`, outlive it.
class OnDemandRoles {
 public:
  static constexpr std::size_t kMost = 64;
  static constexpr TokenBucket::Rate kNew{.per_second = 1, .burst = 64};
  /// The code of the error of one too many.
  static constexpr std::string_view kTooManyNew = "TooManyNewRoles";

  /// `session_prefix` and a role's name make its sessions' name, cut to the 64 characters that STS takes.
  OnDemandRoles(const Surroundings& surroundings, Source& base, std::size_t most = kMost,
                std::string session_prefix = "understudy-");
  OnDemandRoles(const OnDemandRoles&) = delete;
  OnDemandRoles& operator=(const OnDemandRoles&) = delete;
  ~OnDemandRoles() { stop(); }

  /// `role` is an ARN, or a role's name in the account of the base (IAM's: letters, digits and `+=,.@_-`, at most 64).
  /// Nothing is asked of STS yet; whether the role can be played is in the Role's state.
  /// kInvalid (code `InvalidArn`, `InvalidRoleName`); kThrottled (code `TooManyRoles`) where `most` are being fetched,
  /// and (code `TooManyNewRoles`) where the role is none of those that there are, and too many of such were asked for.
  Result<std::shared_ptr<Role>> find(std::string_view role);

  /// As Refresher::stop.
  void stop() { refresher_.stop(); }

 private:
  struct Entry {
    std::shared_ptr<CachedRole> role;
    std::uint64_t asked = 0;  ///< The count of questions at its last one.
  };

  [[nodiscard]] std::shared_ptr<CachedRole> make(const std::string& role);
  void start(CachedRole& role);
  bool make_room();

  const Surroundings surroundings_;
  Source& base_;
  const std::size_t most_;
  const std::string session_prefix_;
  std::mutex mutex_;
  std::uint64_t questions_ = 0;
  TokenBucket new_ones_;
  std::map<std::string, Entry, std::less<>> roles_;
  Refresher refresher_;  ///< After the roles: its threads end before they do.
};

}  // namespace understudy::source
