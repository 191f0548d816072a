#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "understudy/base/clock.hpp"
#include "understudy/base/handler.hpp"
#include "understudy/base/log.hpp"
#include "understudy/source/role.hpp"

namespace understudy::service {

/// What an endpoint can say of a role's credentials at one moment.
enum class Standing {
  kGood,  ///< There are credentials that have not ended, with a session token. Whether newer ones failed is no matter.
  kCold,  ///< Nobody has tried yet, or the first try is under way.
  kRefused,  ///< None that are good: STS, or whoever stands in its place, refuses them.
  kAbsent,   ///< None that are good for another reason: no answer yet, a mistake on this side, or the last have ended.
};

[[nodiscard]] Standing standing_of(const source::RoleState& state, BootTime now);

/// Why there are none, for people: the last failure, or that the last ones have ended. No secret in it.
/// REQUIRES: kRefused or kAbsent.
[[nodiscard]] std::string why_absent(const source::RoleState& state);

/// Wakes once the role is cold no more. REQUIRES: the role outlives it.
[[nodiscard]] std::shared_ptr<Deferred> until_settled(source::Role& role);
/// The same, and keeps the role.
[[nodiscard]] std::shared_ptr<Deferred> until_settled(std::shared_ptr<source::Role> role);
/// The same of several: wakes once none of them is cold. REQUIRES: they outlive it.
[[nodiscard]] std::shared_ptr<Deferred> until_settled(std::vector<source::Role*> roles);
/// Wakes once `first` has, and then the role that `find` gives is cold no more; where it gives nullptr, with `first`.
/// Where the role can not be fetched, for want of a thread, that is logged and it wakes all the same.
/// `find` is called once, by the thread that wakes: it is quick and does not throw. REQUIRES: what it looks at, the
/// role, and the log outlive this.
[[nodiscard]] std::shared_ptr<Deferred> then_until_settled(std::shared_ptr<Deferred> first,
                                                           std::function<source::Role*()> find, Log& log);

}  // namespace understudy::service
