#include "understudy/docker/inventory.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include "understudy/base/text.hpp"

namespace understudy::docker {
namespace {

using metadata::ContainerSet;
using std::chrono::milliseconds;

/// Docker answers before it listens for events, so some are asked for that may be known already.
constexpr milliseconds kOverlap = std::chrono::seconds(5);
/// A stream that held so long was a good one.
constexpr milliseconds kGoodStream = std::chrono::seconds(30);
constexpr milliseconds kListKeep = std::chrono::minutes(10);

constexpr std::size_t kShownId = 12;
/// Who waits has a connection, of which a server takes no more (http::ServerSettings::max_connections). With fewer, a
/// client whom nobody knows could take all places, and whoever starts meanwhile would be refused for good.
constexpr std::size_t kMostWaiting = 16384;

/// Asked again it would be answered the same: by the engine, or by a proxy before it.
bool is_final(const Error& error) { return error.code == "NoSuchImage" || error.code.starts_with("Http4"); }

}  // namespace

milliseconds reconnect_wait(int failures, double jitter) {
  constexpr double kFirst = 250;
  constexpr double kLongest = 30000;
  constexpr int kMostDoublings = 7;
  const auto full = std::min(kLongest, kFirst * (1 << std::clamp(failures - 1, 0, kMostDoublings)));
  return milliseconds(static_cast<milliseconds::rep>(full * (1 - jitter / 2)));
}

Inventory::Inventory(Surroundings surroundings)
    : surroundings_(std::move(surroundings)),
      snapshot_(std::make_shared<const ContainerSet>()),
      images_(surroundings_.engine) {}

Inventory::~Inventory() { stop(); }

void Inventory::start() {
  follower_ = std::thread([this] { follow(); });
  asker_ = std::thread([this] { ask(); });
}

void Inventory::stop() {
  {
    const std::scoped_lock lock(mutex_);
    is_stopping_ = true;
  }
  changed_.notify_all();
  surroundings_.engine.stop_all();
  for (auto* const thread : {&follower_, &asker_}) {
    if (thread->joinable()) {
      thread->join();
    }
  }
}

std::shared_ptr<const ContainerSet> Inventory::snapshot() const { return std::atomic_load(&snapshot_); }

void Inventory::settle() const {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return is_stopping_ || roster_.is_at_rest(); });
}

void Inventory::follow() {
  for (bool goes_on = true; goes_on && !is_stopping_;) {
    const auto begun = surroundings_.clock.boot();
    const auto error = follow_fenced();
    {
      const std::scoped_lock lock(mutex_);
      roster_.closed(error);
      publish();
    }
    failures_ = surroundings_.clock.boot() - begun >= kGoodStream ? 1 : failures_ + 1;
    goes_on = !is_stopping_ && wait_after(error);
  }
}

bool Inventory::wait_after(const Error& error) {
  const auto wait = reconnect_wait(failures_, surroundings_.jitter());
  {
    const std::scoped_lock lock(mutex_);
    const bool is_news = std::exchange(told_to_work_, false) || failures_ == 1;
    surroundings_.log.write(is_news ? LogLevel::kWarning : LogLevel::kDebug,
                            fmt::format("containers are not known by their addresses: {}; next try in {} ms",
                                        escape_for_log(error.message, 1024), wait.count()));
  }
  return surroundings_.pause.wait(wait);
}

template <typename Question>
auto Inventory::fenced(Question question) -> decltype(question()) {
  try {
    return question();
  } catch (const std::exception& bug) {
    surroundings_.log.error("containers: a fault of this program: {}", escape_for_log(bug.what()));
    return Error{Error::Kind::kUnavailable, "InternalError", "a fault of this program; its log says which"};
  }
}

Error Inventory::follow_fenced() {
  return fenced([this] { return follow_once(); });
}

Error Inventory::follow_once() {
  const EventReader reader{[&] {
                             const std::scoped_lock lock(mutex_);
                             roster_.opened();
                             changed_.notify_all();
                             return !is_stopping_;
                           },
                           [&](const Event& event) {
                             take_event(event);
                             return !is_stopping_;
                           }};
  const auto ended = surroundings_.engine.follow(surroundings_.clock.wall() - kOverlap, reader);
  return ended ? Error{Error::Kind::kUnavailable, "EventsEnded", "the container engine ended the stream of events"}
               : ended.error();
}

void Inventory::take_event(const Event& event) {
  const std::scoped_lock lock(mutex_);
  roster_.happened(event);
  if (roster_.is_current() && surroundings_.clock.boot() - listed_ >= kListKeep) {
    listed_ = surroundings_.clock.boot();
    roster_.relist();
  }
  publish();
  changed_.notify_all();
}

void Inventory::ask() {
  std::unique_lock lock(mutex_);
  while (!is_stopping_) {
    const auto question = roster_.next();
    if (!question) {
      wait_for_work(lock);
      continue;
    }
    lock.unlock();
    question->empty() ? take_list() : take_container(*question);
    lock.lock();
    changed_.notify_all();
  }
}

void Inventory::wait_for_work(std::unique_lock<std::mutex>& lock) {
  if (!roster_.has_gaps()) {
    ask_again_at_.reset();
    changed_.wait(lock);
    return;
  }
  ask_again_at_ = ask_again_at_.value_or(std::chrono::steady_clock::now() + surroundings_.ask_again);
  if (changed_.wait_until(lock, *ask_again_at_) == std::cv_status::timeout) {
    ask_again_at_.reset();
    roster_.ask_again();
  }
}

void Inventory::take_list() {
  const auto ids = fenced([this] { return surroundings_.engine.list(); });
  const std::scoped_lock lock(mutex_);
  const bool had_gaps = roster_.has_gaps();
  roster_.told_list(ids);
  if (ids) {
    listed_ = surroundings_.clock.boot();
  } else if (!is_stopping_) {
    tell_failure(!had_gaps, "the containers that run are not known", ids.error());
  }
  if (roster_.is_current() || roster_.has_gaps()) {
    publish();
  }
}

void Inventory::take_container(const std::string& id) {
  auto container = fenced([&] { return describe(id); });
  const auto failure = container ? std::optional<Error>() : container.error();
  const std::scoped_lock lock(mutex_);
  const bool had_gaps = roster_.has_gaps();
  roster_.told(std::move(container));
  if (failure && roster_.has_gaps() && !is_stopping_) {
    tell_failure(!had_gaps, fmt::format("container {} is not known", escape_for_log(id, kShownId)), *failure);
  }
  if (roster_.is_current() || roster_.has_gaps()) {
    publish();
  }
}

Result<metadata::Container> Inventory::describe(const std::string& id) {
  auto container = surroundings_.engine.inspect(id);
  const auto told = container ? images_.leave_out(*container) : Result<void>();
  if (told) {
    return container;
  }
  if (!is_final(told.error())) {
    return told.error();
  }
  surroundings_.log.write(std::exchange(told_of_images_, true) ? LogLevel::kDebug : LogLevel::kWarning,
                          fmt::format("no label of container {} counts, for it may be its image's: {}; let GET "
                                      "/images/<id>/json through where a proxy stands before the engine",
                                      escape_for_log(id, kShownId), escape_for_log(told.error().message, 1024)));
  return container;
}

void Inventory::tell_failure(bool is_news, const std::string& what, const Error& error) {
  surroundings_.log.write(is_news ? LogLevel::kWarning : LogLevel::kDebug,
                          fmt::format("{}: {}", what, escape_for_log(error.message, 1024)));
}

void Inventory::publish() {
  auto set = std::make_shared<const ContainerSet>(roster_.set());
  if (set->is_current() && !std::exchange(told_to_work_, true)) {
    surroundings_.log.info("containers are known by their addresses: {} run now", roster_.size());
  }
  std::atomic_store(&snapshot_, std::move(set));
  std::vector<Wake> waiting;
  {
    const std::scoped_lock waiting_lock(waiting_mutex_);
    waiting.swap(waiting_);
  }
  for (const auto& wake : waiting) {
    call(wake);
  }
}

void Inventory::on_change(const std::shared_ptr<const ContainerSet>& seen, const Wake& wake) const {
  {
    const std::scoped_lock lock(waiting_mutex_);
    if (waiting_.size() >= kMostWaiting) {
      std::erase_if(waiting_, [](const Wake& one) { return one.expired(); });
    }
    if (this->snapshot() == seen && waiting_.size() < kMostWaiting) {
      waiting_.push_back(wake);
      return;
    }
  }
  call(wake);
}

}  // namespace understudy::docker
