#include "understudy/source/role_registry.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <utility>

namespace understudy::source {
namespace {

Error bad_roles(std::string message) { return {Error::Kind::kInvalid, "BadRoles", std::move(message)}; }

/// Such that every base stands before the roles that start from it.
Result<std::vector<const RolePlan*>> in_order(const std::vector<RolePlan>& plans) {
  std::map<std::string_view, const RolePlan*> left;
  for (const auto& plan : plans) {
    if (!left.emplace(plan.key, &plan).second) {
      return bad_roles(fmt::format("role {} is there twice", plan.key));
    }
  }
  for (const auto& plan : plans) {
    if (!plan.base.empty() && !left.contains(plan.base)) {
      return bad_roles(fmt::format("role {} starts from {}, which is no role", plan.key, plan.base));
    }
  }
  std::vector<const RolePlan*> ordered;
  while (!left.empty()) {
    const auto before = ordered.size();
    for (const auto& plan : plans) {
      if (left.contains(plan.key) && !left.contains(plan.base)) {
        ordered.push_back(&plan);
        left.erase(plan.key);
      }
    }
    if (ordered.size() == before) {
      return bad_roles(fmt::format("role {} starts, by way of its source, from itself", left.begin()->first));
    }
  }
  return ordered;
}

/// Counts down as roles settle; shared, because a role may settle after the wait is over.
class Countdown {
 public:
  explicit Countdown(std::size_t count) : left_(count) {}

  void one_less() {
    const std::scoped_lock lock(mutex_);
    --left_;
    changed_.notify_all();
  }
  std::size_t wait(std::chrono::milliseconds at_most) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, at_most, [&] { return left_ == 0; });
    return left_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t left_;
};

/// STS says `MultiFactorAuthentication failed with invalid MFA one time pass code.` as AccessDenied.
bool waits_for_a_person(const Error& error) {
  return error.kind == Error::Kind::kActionNeeded ||
         (error.kind == Error::Kind::kDenied && error.message.find("MultiFactorAuthentication") != std::string::npos);
}

}  // namespace

Result<std::unique_ptr<RoleRegistry>> RoleRegistry::build(const std::vector<RolePlan>& plans,
                                                          const Surroundings& surroundings) {
  const auto ordered = in_order(plans);
  if (!ordered) {
    return ordered.error();
  }
  std::unique_ptr<RoleRegistry> registry(new RoleRegistry(surroundings.clock));
  const auto start = [refresher = &registry->refresher_](CachedRole& role) { refresher->watch(role); };
  for (const auto* plan : *ordered) {
    auto* base = registry->find(plan->base);
    auto own_surroundings = surroundings;
    own_surroundings.role = plan->key;
    CachedRole::Settings settings{plan->key, plan->blueprint->role_arn(),
                                  plan->blueprint->build(own_surroundings, base), start};
    registry->roles_.emplace(plan->key, std::make_unique<CachedRole>(std::move(settings), surroundings.clock,
                                                                     surroundings.log, surroundings.jitter));
  }
  return registry;
}

std::vector<std::string> RoleRegistry::keys() const {
  std::vector<std::string> out;
  for (const auto& [key, role] : roles_) {
    out.push_back(key);
  }
  return out;
}

CachedRole* RoleRegistry::find(std::string_view key) {
  const auto found = roles_.find(key);
  return found == roles_.end() ? nullptr : found->second.get();
}

void RoleRegistry::continue_from(RoleRegistry& before, const std::vector<std::string>& keys) {
  for (const auto& key : keys) {
    const auto old = before.roles_.find(key);
    const auto own = roles_.find(key);
    if (old != before.roles_.end() && own != roles_.end()) {
      own->second->continue_from(*old->second);
      // Those that nobody ever asked for are not, and who asks for a cold one begins it.
      if (before.refresher_.is_watching(*old->second)) {
        refresher_.watch(*own->second);
      }
    }
  }
}

std::size_t RoleRegistry::prefetch(const std::vector<std::string>& keys, std::chrono::milliseconds at_most) {
  std::vector<CachedRole*> wanted;
  for (const auto& key : keys) {
    auto* role = find(key);
    if (role != nullptr && wanted.size() < kMostPrefetched && std::ranges::find(wanted, role) == wanted.end()) {
      wanted.push_back(role);
    }
  }
  const auto countdown = std::make_shared<Countdown>(wanted.size());
  for (auto* role : wanted) {
    role->on_settled([countdown] { countdown->one_less(); });
  }
  return countdown->wait(at_most);
}

bool RoleRegistry::refresh_now(std::string_view key) {
  auto* role = find(key);
  if (role != nullptr) {
    refresher_.ask(*role);
  }
  return role != nullptr;
}

void RoleRegistry::retry_waiting() {
  std::vector<CachedRole*> waiting;
  for (const auto& [key, role] : roles_) {
    const auto error = role->state()->error;
    if (error && waits_for_a_person(*error)) {
      waiting.push_back(role.get());
    }
  }
  // All of them first: one that starts from another must not find the old failure there.
  std::ranges::for_each(waiting, &CachedRole::forget_failure);
  refresher_.wake();
}

std::vector<Role*> RoleRegistry::all() {
  std::vector<Role*> out;
  for (const auto& [key, role] : roles_) {
    out.push_back(role.get());
  }
  return out;
}

std::vector<RoleRegistry::OwnKeys> RoleRegistry::own_keys() {
  std::vector<OwnKeys> out;
  for (const auto& [key, role] : roles_) {
    for (auto& keys : role->own_keys()) {
      const bool is_known = std::ranges::any_of(out, [&](const OwnKeys& own) {
        return own.keys.access_key_id == keys.access_key_id && own.keys.secret_access_key == keys.secret_access_key;
      });
      if (!is_known) {
        out.push_back({key, std::move(keys)});
      }
    }
  }
  return out;
}

}  // namespace understudy::source
