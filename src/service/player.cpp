#include "understudy/service/player.hpp"

#include <utility>

#include "understudy/base/text.hpp"

namespace understudy::service {

Result<void> Player::play(Cue cue) {
  const bool is_due = cue.at ? *cue.at <= ground_.clock.wall() : cue.after.count() == 0;
  if (is_due) {
    auto done = perform(cue);
    if (!done || !cue.every) {
      return done;
    }
    cue.at.reset();
    cue.after = *cue.every;
  }
  const std::scoped_lock lock(mutex_);
  if (stopping_) {
    return {};
  }
  cues_.add(std::move(cue), ground_.clock);
  if (!thread_.joinable()) {
    thread_ = std::thread([this] { work(); });
  }
  changed_.notify_one();
  return {};
}

Result<void> Player::perform(const Cue& cue) {
  if (cue.name == "clear") {
    const std::scoped_lock lock(mutex_);
    cues_.clear();
  }
  auto done = cue.act(ground_, cue.audience);
  if (done) {
    log_.info("played: {}{}{}", cue.name, cue.role.empty() ? "" : " of role ", escape_for_log(cue.role));
  } else {
    log_.warn("could not play {}: {}", cue.name, done.error().message);
  }
  return done;
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
      lock.unlock();
      for (const auto& cue : due) {
        static_cast<void>(perform(cue));
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
