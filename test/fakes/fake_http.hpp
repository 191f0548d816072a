#pragma once

#include <deque>
#include <functional>
#include <mutex>
#include <utility>
#include <vector>

#include "understudy/base/http_client.hpp"

namespace understudy::fakes {

/// A client that keeps what was sent and answers from a queue. Thread-safe.
class FakeHttp final : public HttpClient {
 public:
  struct Sent {
    Url origin;
    Request request;
    CallLimits limits;
  };

  Result<Response> send(const Url& origin, const Request& request, const CallLimits& limits) override {
    const std::scoped_lock lock(mutex_);
    sent_.push_back({origin, request, limits});
    if (on_send_) {
      on_send_();
    }
    if (answers_.empty()) {
      return Error{Error::Kind::kUnavailable, "ConnectionError", "nothing is queued in this test"};
    }
    auto answer = std::move(answers_.front());
    answers_.pop_front();
    return answer;
  }

  void then(Result<Response> answer) {
    const std::scoped_lock lock(mutex_);
    answers_.push_back(std::move(answer));
  }
  /// Runs while a request is on its way, for instance to let time go by.
  void on_send(std::function<void()> action) { on_send_ = std::move(action); }

  [[nodiscard]] std::vector<Sent> sent() const {
    const std::scoped_lock lock(mutex_);
    return sent_;
  }

 private:
  mutable std::mutex mutex_;
  std::deque<Result<Response>> answers_;
  std::function<void()> on_send_;
  std::vector<Sent> sent_;
};

}  // namespace understudy::fakes
