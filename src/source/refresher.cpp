#include "understudy/source/refresher.hpp"

#include <algorithm>
#include <system_error>
#include <utility>

namespace understudy::source {

Refresher::Refresher(const Clock& clock, std::size_t most_threads) : clock_(clock), most_threads_(most_threads) {}

void Refresher::watch(CachedRole& role) {
  const std::scoped_lock lock(mutex_);
  entry_of(role);
  call_thread();
}

void Refresher::ask(CachedRole& role) {
  const std::scoped_lock lock(mutex_);
  auto& entry = entry_of(role);
  entry.asked = !entry.busy;
  call_thread();
}

bool Refresher::is_watching(const CachedRole& role) {
  const std::scoped_lock lock(mutex_);
  return std::ranges::find(watched_, &role, &Watched::role) != watched_.end();
}

bool Refresher::forget(CachedRole& role) {
  const std::scoped_lock lock(mutex_);
  const auto found = std::ranges::find(watched_, &role, &Watched::role);
  if (found != watched_.end() && found->busy) {
    return false;
  }
  if (found != watched_.end()) {
    watched_.erase(found);
  }
  return true;
}

void Refresher::wake() {
  const std::scoped_lock lock(mutex_);
  changed_.notify_all();
}

void Refresher::stop() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
  }
  for (auto& thread : threads_) {
    thread.join();
  }
  threads_.clear();
}

// REQUIRES of what follows but `work`: the lock is held.

Refresher::Watched& Refresher::entry_of(CachedRole& role) {
  const auto found = std::ranges::find(watched_, &role, &Watched::role);
  return found == watched_.end() ? watched_.emplace_back(Watched{&role}) : *found;
}

void Refresher::call_thread() {
  if (idle_ == 0) {
    add_thread();
  }
  changed_.notify_one();
}

void Refresher::add_thread() {
  if (stopping_ || threads_.size() >= most_threads_) {
    return;
  }
  try {
    threads_.emplace_back([this] { work(); });
  } catch (const std::system_error&) {
    if (threads_.empty()) {
      throw;
    }
    // Those that there are do all of it, later; thrown on one of them this would end the program.
  }
}

void Refresher::work() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    const auto now = clock_.boot();
    if (auto* job = take_due(now)) {
      if (idle_ == 0) {
        add_thread();  // Somebody has to watch the clock meanwhile.
      }
      const bool asked = std::exchange(job->asked, false);
      lock.unlock();
      asked ? job->role->refresh() : job->role->refresh_if_due();
      lock.lock();
      job->busy = false;
    } else {
      ++idle_;
      changed_.wait_for(lock, until_next(now));
      --idle_;
    }
  }
}

Refresher::Watched* Refresher::take_due(BootTime now) {
  const auto due = std::ranges::find_if(
      watched_, [&](const Watched& entry) { return !entry.busy && (entry.asked || entry.role->due_at() <= now); });
  if (due == watched_.end()) {
    return nullptr;
  }
  due->busy = true;
  return &*due;
}

std::chrono::milliseconds Refresher::until_next(BootTime now) const {
  auto wait = kLongestWait;
  for (const auto& entry : watched_) {
    if (!entry.busy) {
      wait = std::min(wait, entry.role->due_at() - now);
    }
  }
  return std::max(wait, std::chrono::milliseconds(0));
}

}  // namespace understudy::source
