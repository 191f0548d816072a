#include "understudy/docker/stats_keeper.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include "understudy/base/text.hpp"

namespace understudy::docker {
namespace {

constexpr std::chrono::minutes kWanted{1};
/// Callers name containers that run, so that there are never many; this is for those that come and go.
constexpr std::size_t kMostContainers = 1024;

}  // namespace

void StatsKeeper::start() {
  thread_ = std::thread([this] { run(); });
}

void StatsKeeper::stop() {
  {
    const std::scoped_lock lock(mutex_);
    is_stopping_ = true;
  }
  changed_.notify_all();
  engine_.stop_all();
  if (thread_.joinable()) {
    thread_.join();
  }
}

metadata::ContainerStats StatsKeeper::stats(std::string_view id) const {
  const std::scoped_lock lock(mutex_);
  auto found = kept_.find(id);
  if (found == kept_.end()) {
    if (kept_.size() >= kMostContainers) {
      return {};
    }
    found = kept_.emplace(id, Kept{}).first;
    changed_.notify_all();
  }
  found->second.wanted = clock_.boot();
  return found->second.stats;
}

void StatsKeeper::run() {
  constexpr std::chrono::milliseconds kRest{500};
  bool goes_on = true;
  for (auto id = next(); goes_on && !id.empty(); id = next()) {
    try {
      keep(id, engine_.stats(id));
    } catch (const std::exception& bug) {
      log_.error("statistics of containers: a fault of this program: {}", escape_for_log(bug.what()));
      keep(id, Error{Error::Kind::kUnavailable, "InternalError", "a fault of this program; its log says which"});
    }
    goes_on = pause_.wait(kRest);
  }
}

std::string StatsKeeper::next() {
  std::unique_lock lock(mutex_);
  for (;;) {
    const auto now = clock_.boot();
    std::erase_if(kept_, [&](const auto& one) { return now - one.second.wanted >= kWanted; });
    if (is_stopping_) {
      return {};
    }
    const auto due = std::ranges::min_element(
        kept_, {}, [](const auto& one) { return std::pair(one.second.was_asked, one.second.asked); });
    if (due != kept_.end()) {
      due->second.was_asked = true;
      due->second.asked = now;
      return due->first;
    }
    changed_.wait(lock);
  }
}

void StatsKeeper::keep(const std::string& id, Result<std::string> answer) {
  const std::scoped_lock lock(mutex_);
  const auto found = kept_.find(id);
  if (found == kept_.end()) {
    return;
  }
  auto& stats = found->second.stats;
  if (answer) {
    stats.before = std::exchange(stats.now, *std::move(answer));
    return;
  }
  log_.debug("no statistics of container {}: {}", escape_for_log(id, 12), escape_for_log(answer.error().message, 1024));
  kept_.erase(found);
}

}  // namespace understudy::docker
