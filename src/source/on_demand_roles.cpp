#include "understudy/source/on_demand_roles.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "understudy/aws/arn.hpp"
#include "understudy/aws/partition.hpp"
#include "understudy/base/text.hpp"
#include "understudy/source/assume_role.hpp"
#include "understudy/source/sts_fields.hpp"

namespace understudy::source {
namespace {

bool is_arn(std::string_view role) { return role.starts_with("arn:"); }

Result<void> check(std::string_view role) {
  if (is_arn(role)) {
    const auto arn = aws::parse_role_arn(role);
    return arn ? Result<void>() : arn.error();
  }
  if (aws::is_role_name(role)) {
    return {};
  }
  return Error{
      Error::Kind::kInvalid, "InvalidRoleName",
      fmt::format("expected an IAM role's name, without its path, found \"{}\"; a role with a path is named by "
                  "its ARN",
                  escape_for_log(role, 80))};
}

/// AssumeRole of a role whose account may be known only when the base's credentials are there.
class NamedRole final : public Source {
 public:
  NamedRole(Surroundings surroundings, Source& base, std::string role, std::string_view session_prefix)
      : surroundings_(std::move(surroundings)), base_(base), role_(std::move(role)), session_prefix_(session_prefix) {}

  Result<aws::Credentials> get(Freshness freshness) override {
    auto arn = find_arn();
    if (!arn) {
      return arn.error();
    }
    aws::AssumeRole call;
    call.role_arn = *std::move(arn);
    call.role_session_name = session_name(session_prefix_, aws::role_name(aws::parse_arn(call.role_arn).value()));
    return AssumeRoleSource(surroundings_, base_, {std::move(call), {}}).get(freshness);
  }

 private:
  Result<std::string> find_arn() {
    if (is_arn(role_)) {
      return role_;
    }
    const auto base = base_.get(Freshness::kCached);
    if (!base) {
      return base.error();
    }
    auto account = base->account_id;
    if (account.empty()) {
      const auto caller = surroundings_.sts.call(aws::GetCallerIdentity{}, &*base, nullptr);
      if (!caller) {
        return caller.error();
      }
      account = caller->account;
    }
    return fmt::format("arn:{}:iam::{}:role/{}", aws::partition_of_region(surroundings_.region).name, account, role_);
  }

  Surroundings surroundings_;
  Source& base_;
  std::string role_;
  std::string session_prefix_;
};

}  // namespace

OnDemandRoles::OnDemandRoles(const Surroundings& surroundings, Source& base, std::size_t most,
                             std::string session_prefix)
    : surroundings_(surroundings),
      base_(base),
      most_(most),
      session_prefix_(std::move(session_prefix)),
      new_ones_(kNew, surroundings.clock.boot()),
      refresher_(surroundings.clock) {}

Result<std::shared_ptr<Role>> OnDemandRoles::find(std::string_view role) {
  if (auto checked = check(role); !checked) {
    return checked.error();
  }
  const std::lock_guard lock(mutex_);
  auto found = roles_.find(role);
  if (found == roles_.end()) {
    if (!new_ones_.take(surroundings_.clock.boot())) {
      return Error{Error::Kind::kThrottled, std::string(kTooManyNew),
                   "too many roles were asked for that the configuration does not have and nobody had asked for "
                   "before; ask again in some seconds, or add the roles to the configuration"};
    }
    if (roles_.size() >= most_ && !make_room()) {
      return Error{Error::Kind::kThrottled, "TooManyRoles",
                   fmt::format("{} roles are being fetched that the configuration does not have; ask again", most_)};
    }
    found = roles_.emplace(role, Entry{make(std::string(role))}).first;
  }
  found->second.asked = ++questions_;
  return std::shared_ptr<Role>(found->second.role);
}

std::shared_ptr<CachedRole> OnDemandRoles::make(const std::string& role) {
  auto surroundings = surroundings_;
  surroundings.role = role;
  CachedRole::Settings settings{role, is_arn(role) ? role : "",
                                std::make_unique<NamedRole>(surroundings, base_, role, session_prefix_),
                                [this](CachedRole& started) { start(started); }};
  return std::make_shared<CachedRole>(std::move(settings), surroundings_.clock, surroundings_.log,
                                      surroundings_.jitter);
}

/// One that had to go meanwhile must not be watched: it ends with the last who asked for it.
void OnDemandRoles::start(CachedRole& role) {
  const std::lock_guard lock(mutex_);
  const auto found = roles_.find(role.key());
  if (found != roles_.end() && found->second.role.get() == &role) {
    refresher_.watch(role);
  }
}

/// A role that is cold stays: somebody waits for it, or is about to. Those without credentials go first: a client that
/// makes names up shall not push out what others use.
bool OnDemandRoles::make_room() {
  struct Settled {
    std::pair<bool, std::uint64_t> worth;
    decltype(roles_)::iterator entry;
  };
  std::vector<Settled> settled;
  for (auto entry = roles_.begin(); entry != roles_.end(); ++entry) {
    if (const auto state = entry->second.role->state(); !state->is_cold()) {
      settled.push_back({{state->credentials.has_value(), entry->second.asked}, entry});
    }
  }
  std::ranges::sort(settled, {}, &Settled::worth);
  const auto out =
      std::ranges::find_if(settled, [&](const auto& one) { return refresher_.forget(*one.entry->second.role); });
  if (out == settled.end()) {
    return false;
  }
  roles_.erase(out->entry);
  return true;
}

}  // namespace understudy::source
