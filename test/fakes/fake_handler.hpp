#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "understudy/base/handler.hpp"

namespace understudy::fakes {

/// Answers with a function of the test's, and keeps what it was asked. Thread-safe where the function is.
class FakeHandler final : public Handler {
 public:
  using Function = std::function<Answer(const Request&, Patience)>;
  explicit FakeHandler(Function function) : function_(std::move(function)) {}

  Answer answer(const Request& request, Patience patience) override {
    {
      const std::scoped_lock lock(mutex_);
      requests_.push_back(request);
    }
    return function_(request, patience);
  }

  [[nodiscard]] std::vector<Request> requests() const {
    const std::scoped_lock lock(mutex_);
    return requests_;
  }

 private:
  Function function_;
  mutable std::mutex mutex_;
  std::vector<Request> requests_;
};

/// Something that becomes ready when the test says so. Thread-safe.
class FakeDeferred final : public Deferred {
 public:
  void on_ready(std::function<void()> wake) override {
    {
      const std::scoped_lock lock(mutex_);
      if (!is_ready_) {
        wake_ = std::move(wake);
        has_waiter_ = true;
        has_waiter_.notify_all();
        return;
      }
    }
    wake();
  }

  void make_ready() {
    std::function<void()> wake;
    {
      const std::scoped_lock lock(mutex_);
      is_ready_ = true;
      wake = std::exchange(wake_, nullptr);
    }
    if (wake) {
      wake();
    }
  }

  /// Blocks until somebody waits for it.
  void await_waiter() const { has_waiter_.wait(false); }

 private:
  std::mutex mutex_;
  std::function<void()> wake_;
  bool is_ready_ = false;
  std::atomic<bool> has_waiter_{false};
};

}  // namespace understudy::fakes
