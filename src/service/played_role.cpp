#include "understudy/service/played_role.hpp"

#include <utility>

namespace understudy::service {
namespace {

/// Which role it is stays known, by which endpoints know who may have it.
source::RoleState denied(const source::RoleState& real) {
  source::RoleState state;
  state.generation = real.generation;
  state.role_arn = real.role_arn;
  state.error = Error{Error::Kind::kDenied, "AccessDenied", "The role is denied, as is being played"};
  return state;
}

source::RoleState ended(const source::RoleState& real, const Clock& clock) {
  constexpr std::chrono::minutes kAgo(1);
  auto state = real;
  state.credentials->expiration = clock.wall() - kAgo;
  state.ends = clock.boot() - kAgo;
  state.documents = aws::render_documents(*state.credentials);
  state.is_shown_ended = true;
  return state;
}

}  // namespace

std::shared_ptr<const source::RoleState> PlayedRole::state() const {
  const auto played = std::atomic_load(&played_);
  return played ? std::shared_ptr<const source::RoleState>(played, &played->state) : real_.state();
}

void PlayedRole::on_settled(std::function<void()> wake) {
  if (std::atomic_load(&played_)) {
    wake();
  } else {
    real_.on_settled(std::move(wake));
  }
}

bool PlayedRole::play(Act act) {
  const auto real = real_.state();
  if (act == Act::kEnded && (!real->credentials || !real->credentials->is_temporary())) {
    return false;
  }
  std::shared_ptr<const Played> played;
  if (act != Act::kNone) {
    played = std::make_shared<const Played>(Played{act, act == Act::kDenied ? denied(*real) : ended(*real, clock_)});
  }
  std::atomic_store(&played_, std::move(played));
  return true;
}

void PlayedRole::continue_from(const PlayedRole& before) {
  std::atomic_store(&played_, std::atomic_load(&before.played_));
}

std::string_view PlayedRole::what_is_played() const {
  const auto played = std::atomic_load(&played_);
  if (!played) {
    return {};
  }
  return played->act == Act::kDenied ? "denied" : "ended";
}

PlayedRoles::PlayedRoles(source::Roles& real, const Clock& clock) : real_(real) {
  for (auto* role : real.all()) {
    roles_.try_emplace(std::string(role->key()), *role, clock);
  }
}

PlayedRole* PlayedRoles::find(std::string_view key) {
  const auto found = roles_.find(key);
  return found == roles_.end() ? nullptr : &found->second;
}

std::vector<source::Role*> PlayedRoles::all() {
  std::vector<source::Role*> out;
  for (auto& [key, role] : roles_) {
    out.push_back(&role);
  }
  return out;
}

std::vector<PlayedRoles::Played> PlayedRoles::played() const {
  std::vector<Played> out;
  for (const auto& [key, role] : roles_) {
    if (const auto act = role.what_is_played(); !act.empty()) {
      out.push_back({key, act});
    }
  }
  return out;
}

void PlayedRoles::continue_from(const PlayedRoles& before, const std::vector<std::string>& keys) {
  for (const auto& key : keys) {
    const auto old = before.roles_.find(key);
    const auto own = roles_.find(key);
    if (old != before.roles_.end() && own != roles_.end()) {
      own->second.continue_from(old->second);
    }
  }
}

void PlayedRoles::clear() {
  for (auto& [key, role] : roles_) {
    role.play(PlayedRole::Act::kNone);
  }
}

}  // namespace understudy::service
