#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "understudy/source/source.hpp"

namespace understudy::fakes {

/// Temporary credentials that are good for `life` from `now`; every part tells the number: `ASIAEXAMPLE000000007`,
/// `secret-7`, `token-7`.
inline aws::Credentials numbered_credentials(int number, WallTime now,
                                             std::chrono::milliseconds life = std::chrono::hours(1)) {
  const auto digits = std::to_string(number);
  aws::Credentials out;
  out.access_key_id = "ASIAEXAMPLE" + std::string(9 - digits.size(), '0') + digits;
  out.secret_access_key = Secret("secret-" + digits);
  out.session_token = Secret("token-" + digits);
  out.expiration = now + life;
  out.obtained = now;
  out.account_id = "111122223333";
  out.role_arn = "arn:aws:iam::111122223333:role/app";
  return out;
}

/// AWS's documented example keys, which do not end.
inline aws::Credentials permanent_credentials() {
  aws::Credentials out;
  out.access_key_id = "AKIAIOSFODNN7EXAMPLE";
  out.secret_access_key = Secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
  return out;
}

/// A source that counts, fails and waits on demand. Without an outcome queued, each `get` brings new credentials:
/// numbered by the call, good for an hour by the clock. Thread-safe.
class FakeSource final : public source::Source {
 public:
  explicit FakeSource(const Clock& clock) : clock_(clock) {}

  Result<aws::Credentials> get(source::Freshness freshness) override {
    std::unique_lock lock(mutex_);
    asked_.push_back(freshness);
    changed_.notify_all();
    changed_.wait_for(lock, std::chrono::seconds(30), [&] { return open_; });
    if (outcomes_.empty()) {
      return numbered_credentials(static_cast<int>(asked_.size()), clock_.wall());
    }
    auto outcome = std::move(outcomes_.front());
    outcomes_.pop_front();
    return outcome;
  }

  std::vector<aws::Credentials> own_keys() override {
    const std::scoped_lock lock(mutex_);
    return own_keys_;
  }
  void starts_from(std::vector<aws::Credentials> keys) {
    const std::scoped_lock lock(mutex_);
    own_keys_ = std::move(keys);
  }

  /// What the next calls bring, in order.
  void then(Result<aws::Credentials> outcome) {
    const std::scoped_lock lock(mutex_);
    outcomes_.push_back(std::move(outcome));
  }

  /// Calls stay inside `get` until `open` (or for half a minute, so that a test which failed ends).
  void close() { set_open(false); }
  void open() { set_open(true); }

  [[nodiscard]] std::size_t calls() const {
    const std::scoped_lock lock(mutex_);
    return asked_.size();
  }
  [[nodiscard]] std::vector<source::Freshness> asked() const {
    const std::scoped_lock lock(mutex_);
    return asked_;
  }
  /// Waits for the `count`-th call to come in; false after ten seconds without.
  [[nodiscard]] bool wait_for_calls(std::size_t count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(10), [&] { return asked_.size() >= count; });
  }

 private:
  void set_open(bool open) {
    const std::scoped_lock lock(mutex_);
    open_ = open;
    changed_.notify_all();
  }

  const Clock& clock_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = true;
  std::deque<Result<aws::Credentials>> outcomes_;
  std::vector<source::Freshness> asked_;
  std::vector<aws::Credentials> own_keys_;
};

}  // namespace understudy::fakes
