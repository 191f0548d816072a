#pragma once

#include <deque>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "understudy/base/command.hpp"

namespace understudy::fakes {

/// Runs nothing: keeps what was to be run and answers from a queue. Thread-safe.
class FakeCommands final : public CommandRunner {
 public:
  Result<Secret> run(const Command& command) override {
    const std::scoped_lock lock(mutex_);
    run_.push_back(command.text);
    if (answers_.empty()) {
      return Error{Error::Kind::kUnavailable, "CommandFailed", "nothing is queued in this test"};
    }
    auto answer = std::move(answers_.front());
    answers_.pop_front();
    return answer;
  }

  void then(Result<Secret> answer) {
    const std::scoped_lock lock(mutex_);
    answers_.push_back(std::move(answer));
  }
  /// The texts of what was run, in order.
  [[nodiscard]] std::vector<std::string> texts() const {
    const std::scoped_lock lock(mutex_);
    return run_;
  }

 private:
  mutable std::mutex mutex_;
  std::deque<Result<Secret>> answers_;
  std::vector<std::string> run_;
};

}  // namespace understudy::fakes
