#include "understudy/docker/inventory.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include "understudy/base/text.hpp"

namespace understudy::docker {
namespace {

using metadata::ContainerPtr;
using metadata::ContainerSet;
using std::chrono::milliseconds;

/// Docker answers before it listens for events, so some are asked for that may be known already.
constexpr milliseconds kOverlap = std::chrono::seconds(5);
/// A stream that held so long was a good one.
constexpr milliseconds kGoodStream = std::chrono::seconds(30);
constexpr milliseconds kListKeep = std::chrono::minutes(10);

constexpr std::size_t kShownId = 12;
constexpr std::size_t kMostWaiting = 256;

bool is_gone(const Error& error) { return error.kind == Error::Kind::kNotFound && error.code == "NoSuchContainer"; }

}  // namespace

milliseconds reconnect_wait(int failures, double jitter) {
  constexpr double kFirst = 250;
  constexpr double kLongest = 30000;
  constexpr int kMostDoublings = 7;
  const auto full = std::min(kLongest, kFirst * (1 << std::clamp(failures - 1, 0, kMostDoublings)));
  return milliseconds(static_cast<milliseconds::rep>(full * (1 - jitter / 2)));
}

Inventory::Inventory(Surroundings surroundings)
    : surroundings_(std::move(surroundings)), snapshot_(std::make_shared<const ContainerSet>()) {}

Inventory::~Inventory() { stop(); }

void Inventory::start() {
  thread_ = std::thread([this] { run(); });
}

void Inventory::stop() {
  is_stopping_ = true;
  surroundings_.engine.stop_all();
  if (thread_.joinable()) {
    thread_.join();
  }
}

std::shared_ptr<const ContainerSet> Inventory::snapshot() const { return std::atomic_load(&snapshot_); }

void Inventory::run() {
  for (bool goes_on = true; goes_on && !is_stopping_;) {
    const auto begun = surroundings_.clock.boot();
    const auto error = follow_fenced();
    publish(ContainerSet(error, known()));
    failures_ = surroundings_.clock.boot() - begun >= kGoodStream ? 1 : failures_ + 1;
    goes_on = !is_stopping_ && wait_after(error);
  }
}

bool Inventory::wait_after(const Error& error) {
  const auto wait = reconnect_wait(failures_, surroundings_.jitter());
  const bool is_news = std::exchange(told_to_work_, false) || failures_ == 1;
  surroundings_.log.write(is_news ? LogLevel::kWarning : LogLevel::kDebug,
                          fmt::format("containers are not known by their addresses: {}; next try in {} ms",
                                      escape_for_log(error.message, 1024), wait.count()));
  return surroundings_.pause.wait(wait);
}

Error Inventory::follow_fenced() {
  try {
    return follow_once();
  } catch (const std::exception& bug) {
    surroundings_.log.error("containers: a fault of this program: {}", escape_for_log(bug.what()));
    return {Error::Kind::kUnavailable, "InternalError", "a fault of this program; its log says which"};
  }
}

Error Inventory::follow_once() {
  Result<void> outcome;
  const EventReader reader{[&] {
                             outcome = take_list();
                             return outcome.has_value();
                           },
                           [&](const Event& event) {
                             outcome = take_event(event);
                             return outcome.has_value();
                           }};
  const auto ended = surroundings_.engine.follow(surroundings_.clock.wall() - kOverlap, reader);
  if (!outcome) {
    return outcome.error();
  }
  return ended ? Error{Error::Kind::kUnavailable, "EventsEnded", "the container engine ended the stream of events"}
               : ended.error();
}

Result<void> Inventory::take_list() {
  const auto ids = surroundings_.engine.list();
  if (!ids) {
    return ids.error();
  }
  std::map<std::string, ContainerPtr> found;
  for (const auto& id : *ids) {
    auto container = look_at(id);
    if (!container) {
      return std::move(container).error();
    }
    if (*container) {
      found.emplace(id, *container);
    }
  }
  known_ = std::move(found);
  listed_ = surroundings_.clock.boot();
  publish_current();
  if (!std::exchange(told_to_work_, true)) {
    surroundings_.log.info("containers are known by their addresses: {} run now", known_.size());
  }
  return {};
}

Result<void> Inventory::take_event(const Event& event) {
  const auto& id = event.container_id;
  if (event.kind == Event::Kind::kEnded) {
    known_.erase(id);
    publish_current();
  } else {
    if (event.kind == Event::Kind::kDisconnected) {
      forget_addresses(id);
    }
    auto container = look_at(id);
    if (!container) {
      return std::move(container).error();
    }
    known_.erase(id);
    if (*container) {
      known_.emplace(id, *std::move(container));
    }
    publish_current();
  }
  return surroundings_.clock.boot() - listed_ >= kListKeep ? take_list() : Result<void>();
}

Result<ContainerPtr> Inventory::look_at(const std::string& id) {
  auto container = surroundings_.engine.inspect(id);
  if (container) {
    const bool runs = container->status == metadata::ContainerStatus::kRunning;
    return runs ? std::make_shared<const metadata::Container>(*std::move(container)) : ContainerPtr();
  }
  const auto& error = container.error();
  if (error.code == "Timeout") {
    // An engine can be stuck with one container and well with all others.
    surroundings_.log.warn("container {} is not known: {}", escape_for_log(id, kShownId),
                           escape_for_log(error.message));
    return ContainerPtr();
  }
  return is_gone(error) ? Result<ContainerPtr>(ContainerPtr()) : error;
}

void Inventory::forget_addresses(const std::string& id) {
  const auto found = known_.find(id);
  if (found != known_.end()) {
    auto without = *found->second;
    without.networks.clear();
    found->second = std::make_shared<const metadata::Container>(std::move(without));
    publish_current();
  }
}

std::vector<ContainerPtr> Inventory::known() const {
  std::vector<ContainerPtr> containers;
  for (const auto& [id, container] : known_) {
    containers.push_back(container);
  }
  return containers;
}

void Inventory::publish_current() { publish(ContainerSet::current(known())); }

void Inventory::publish(ContainerSet snapshot) {
  std::atomic_store(&snapshot_, std::make_shared<const ContainerSet>(std::move(snapshot)));
  std::vector<std::function<void()>> waiting;
  {
    const std::scoped_lock lock(waiting_mutex_);
    waiting.swap(waiting_);
  }
  for (const auto& wake : waiting) {
    wake();
  }
}

void Inventory::on_change(const std::shared_ptr<const ContainerSet>& seen, std::function<void()> wake) const {
  {
    const std::scoped_lock lock(waiting_mutex_);
    // A caller who gave up stays until the next news: strangers must not fill the memory while there are none.
    if (this->snapshot() == seen && waiting_.size() < kMostWaiting) {
      waiting_.push_back(std::move(wake));
      return;
    }
  }
  wake();
}

}  // namespace understudy::docker
