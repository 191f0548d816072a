#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "understudy/docker/engine.hpp"

namespace understudy::fakes {

/// A running container with one address in the network `shop`.
inline metadata::Container running(std::string id, std::string name, std::string address) {
  metadata::Container container;
  container.id = std::move(id);
  container.docker_name = std::move(name);
  container.status = metadata::ContainerStatus::kRunning;
  container.networks = {{"shop", {std::move(address)}, {}}};
  return container;
}

/// An engine whose containers are what the test says, and whose events come when the test says. It keeps what it was
/// asked and fails on demand. Thread-safe.
class FakeEngine final : public docker::Engine {
 public:
  Result<std::vector<std::string>> list() override {
    const std::scoped_lock lock(mutex_);
    asked_.emplace_back("list");
    if (auto failure = take_failure("list")) {
      return *std::move(failure);
    }
    std::vector<std::string> ids;
    for (const auto& [id, container] : containers_) {
      ids.push_back(id);
    }
    return ids;
  }

  Result<metadata::Container> inspect(std::string_view id) override {
    std::function<void()> action;
    {
      const std::scoped_lock lock(mutex_);
      action = on_inspect_;
    }
    if (action) {
      action();
    }
    const std::scoped_lock lock(mutex_);
    asked_.push_back("inspect " + std::string(id));
    if (auto failure = take_failure("inspect")) {
      return *std::move(failure);
    }
    const auto found = containers_.find(id);
    return found == containers_.end() ? Result<metadata::Container>(no_such_container()) : found->second;
  }

  Result<docker::Labels> image_labels(std::string_view id) override {
    const std::scoped_lock lock(mutex_);
    asked_.push_back("image " + std::string(id));
    if (auto failure = take_failure("image")) {
      return *std::move(failure);
    }
    const auto found = images_.find(id);
    return found == images_.end()
               ? Result<docker::Labels>(Error{Error::Kind::kNotFound, "NoSuchImage", "there is none"})
               : found->second;
  }

  Result<std::string> stats(std::string_view id) override {
    const std::scoped_lock lock(mutex_);
    asked_.push_back("stats " + std::string(id));
    if (auto failure = take_failure("stats")) {
      return *std::move(failure);
    }
    if (stats_.empty()) {
      return std::string("{}");
    }
    auto told = std::move(stats_.front());
    stats_.pop_front();
    return told;
  }

  Result<void> follow(WallTime since, const docker::EventReader& reader) override {
    {
      const std::scoped_lock lock(mutex_);
      asked_.emplace_back("follow");
      since_ = since;
      if (auto failure = take_failure("follow")) {
        return *std::move(failure);
      }
    }
    for (bool goes_on = reader.opened(); goes_on;) {
      auto step = next();
      if (!step.event) {
        return step.end;
      }
      goes_on = reader.happened(*step.event);
    }
    return {};
  }

  void stop_all() override {
    const std::scoped_lock lock(mutex_);
    is_stopped_ = true;
    changed_.notify_all();
  }

  /// From now on it runs, or has changed; no event yet.
  void put(const metadata::Container& container) {
    const std::scoped_lock lock(mutex_);
    containers_.insert_or_assign(container.id, container);
  }
  void put_image(const std::string& id, docker::Labels labels) {
    const std::scoped_lock lock(mutex_);
    images_.insert_or_assign(id, std::move(labels));
  }
  void remove(const std::string& id) {
    const std::scoped_lock lock(mutex_);
    containers_.erase(id);
  }
  /// The next question of that kind (`list`, `inspect`, `image`, `stats`, `follow`) fails so; several in their order.
  void fail(const std::string& question, Error error) {
    const std::scoped_lock lock(mutex_);
    failures_[question].push_back(std::move(error));
  }
  /// What the next questions for statistics are answered with; afterwards `{}`.
  void tell_stats(std::deque<std::string> answers) {
    const std::scoped_lock lock(mutex_);
    stats_ = std::move(answers);
  }
  /// Runs before each inspect, on the asking thread.
  void on_inspect(std::function<void()> action) {
    const std::scoped_lock lock(mutex_);
    on_inspect_ = std::move(action);
  }
  void emit(docker::Event::Kind kind, std::string id) { add({docker::Event{kind, std::move(id)}, {}}); }
  void end_stream(Result<void> end = {}) { add({std::nullopt, std::move(end)}); }

  /// Blocks until somebody follows and every event so far has been dealt with.
  void settle() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return steps_.empty() && is_waiting_; });
  }
  [[nodiscard]] std::vector<std::string> asked() const {
    const std::scoped_lock lock(mutex_);
    return asked_;
  }
  [[nodiscard]] WallTime since() const {
    const std::scoped_lock lock(mutex_);
    return since_;
  }

  static Error no_such_container() { return {Error::Kind::kNotFound, "NoSuchContainer", "there is none"}; }
  static Error down() { return {Error::Kind::kUnavailable, "ConnectionError", "the engine is down"}; }

 private:
  struct Step {
    std::optional<docker::Event> event;
    Result<void> end;
  };

  void add(Step step) {
    const std::scoped_lock lock(mutex_);
    steps_.push_back(std::move(step));
    changed_.notify_all();
  }

  Step next() {
    std::unique_lock lock(mutex_);
    is_waiting_ = true;
    changed_.notify_all();
    changed_.wait(lock, [&] { return is_stopped_ || !steps_.empty(); });
    is_waiting_ = false;
    if (is_stopped_) {
      return {std::nullopt, down()};
    }
    auto step = std::move(steps_.front());
    steps_.pop_front();
    return step;
  }

  std::optional<Error> take_failure(const std::string& question) {
    if (is_stopped_) {
      return down();
    }
    auto& queue = failures_[question];
    if (queue.empty()) {
      return std::nullopt;
    }
    auto error = std::move(queue.front());
    queue.pop_front();
    return error;
  }

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, metadata::Container, std::less<>> containers_;
  std::map<std::string, docker::Labels, std::less<>> images_;
  std::map<std::string, std::deque<Error>> failures_;
  std::function<void()> on_inspect_;
  std::deque<Step> steps_;
  std::deque<std::string> stats_;
  std::vector<std::string> asked_;
  WallTime since_{};
  bool is_waiting_ = false;
  bool is_stopped_ = false;
};

}  // namespace understudy::fakes
