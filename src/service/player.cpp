#include "understudy/service/player.hpp"

#include <utility>

#include "understudy/base/text.hpp"

namespace understudy::service {

Result<void> Player::play(Cue cue, Origin origin) {
  const bool is_due = cue.at ? *cue.at <= ground_.clock.wall() : cue.after.count() == 0;
  if (is_due) {
    if (cue.name == "clear" && origin == Origin::kRequest) {
      forget();
    }
    auto done = perform(cue);
    if (!cue.every || (!done && origin == Origin::kRequest)) {
      return done;
    }
    cue.at.reset();
    cue.after = *cue.every;
  }
  const std::scoped_lock lock(mutex_);
  if (stopping_) {
    return Error{Error::Kind::kUnavailable, "Stopped",
                 "the configuration is being read anew, or the server ends: play it again"};
  }
  cues_.add(std::move(cue), ground_.clock);
  begin_thread();
  return {};
}

void Player::continue_from(Player& before) {
  before.stop();
  const std::scoped_lock lock(mutex_, before.mutex_);
  cues_.take_over(before.cues_);
  if (!stopping_ && cues_.size() > 0) {
    begin_thread();
  }
}

/// REQUIRES: the lock is held.
void Player::begin_thread() {
  if (!thread_.joinable()) {
    thread_ = std::thread([this] { work(); });
  }
  changed_.notify_one();
}

void Player::forget() {
  const std::scoped_lock lock(mutex_);
  cues_.clear();
  ++generation_;
}

Result<void> Player::perform(const Cue& cue, std::optional<std::uint64_t> generation) {
  const std::scoped_lock playing(play_mutex_);
  if (generation && is_forgotten(*generation)) {
    return {};
  }
  auto done = cue.act(ground_, cue.audience);
  if (done) {
    log_.info("played: {}{}{}", cue.name, cue.role.empty() ? "" : " of role ", escape_for_log(cue.role));
  } else {
    log_.warn("could not play {}: {}", cue.name, escape_for_log(done.error().message, 1024));
  }
  return done;
}

bool Player::is_forgotten(std::uint64_t generation) const {
  const std::scoped_lock lock(mutex_);
  return generation_ != generation;
}

std::size_t Player::waiting() const {
  const std::scoped_lock lock(mutex_);
  return cues_.size();
}

void Player::stop() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
    changed_.notify_one();
  }
  if (thread_.joinable()) {
    thread_.join();
  }
}

void Player::work() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    const auto due = cues_.take_due(ground_.clock);
    if (!due.empty()) {
      const auto generation = generation_;
      lock.unlock();
      for (const auto& cue : due) {
        static_cast<void>(perform(cue, generation));
      }
      lock.lock();
      continue;
    }
    if (const auto wait = cues_.until_next(ground_.clock)) {
      changed_.wait_for(lock, *wait);
    } else {
      changed_.wait(lock);
    }
  }
}

}  // namespace understudy::service
