#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fakes/fake_clock.hpp"
#include "understudy/source/role.hpp"

namespace understudy::fakes {

/// Temporary credentials that were got at `obtained` and end an hour later; `mark` tells one set from another.
inline aws::Credentials some_credentials(WallTime obtained, const std::string& mark = "1") {
  aws::Credentials credentials;
  credentials.access_key_id = "ASIAIOSFODNN7EXAMPLE" + mark;
  credentials.secret_access_key = Secret("secret-" + mark);
  credentials.session_token = Secret("token-" + mark);
  credentials.expiration = obtained + std::chrono::hours(1);
  credentials.obtained = obtained;
  credentials.account_id = "111122223333";
  credentials.role_arn = "arn:aws:iam::111122223333:role/app";
  return credentials;
}

/// A role whose state a test sets; cold to begin with. Thread-safe.
class FakeRole final : public source::Role {
 public:
  explicit FakeRole(std::string key, std::string arn = "") : key_(std::move(key)), arn_(std::move(arn)) {}

  [[nodiscard]] std::string_view key() const override { return key_; }
  [[nodiscard]] std::string_view arn() const override { return arn_; }

  [[nodiscard]] std::shared_ptr<const source::RoleState> state() const override {
    const std::scoped_lock lock(mutex_);
    return state_;
  }

  void on_settled(std::function<void()> wake) override {
    {
      const std::scoped_lock lock(mutex_);
      if (state_->is_cold()) {
        waiting_.push_back(std::move(wake));
        return;
      }
    }
    wake();
  }

  /// A fetch succeeded.
  void publish(const aws::Credentials& credentials) {
    source::RoleState next;
    next.credentials = credentials;
    next.got_at = FakeClock::boot_at(credentials.obtained);
    if (credentials.expiration) {
      next.ends = FakeClock::boot_at(*credentials.expiration);
    }
    next.documents = aws::render_documents(credentials);
    next.generation = state()->generation + 1;
    next.role_arn = credentials.role_arn;
    set(std::move(next));
  }
  /// A fetch failed: what there was stays.
  void fail(Error error) {
    auto next = *state();
    next.error = std::move(error);
    set(std::move(next));
  }

  /// What there was has ended, and the fetch of newer ones failed.
  void lose(Error error) {
    auto next = *state();
    next.credentials.reset();
    next.documents = {};
    next.error = std::move(error);
    set(std::move(next));
  }

  [[nodiscard]] std::size_t waiting() const {
    const std::scoped_lock lock(mutex_);
    return waiting_.size();
  }

 private:
  void set(source::RoleState next) {
    std::vector<std::function<void()>> woken;
    {
      const std::scoped_lock lock(mutex_);
      state_ = std::make_shared<const source::RoleState>(std::move(next));
      woken.swap(waiting_);
    }
    for (const auto& wake : woken) {
      wake();
    }
  }

  std::string key_;
  std::string arn_;
  mutable std::mutex mutex_;
  std::shared_ptr<const source::RoleState> state_ = std::make_shared<const source::RoleState>();
  std::vector<std::function<void()>> waiting_;
};

/// Roles by key, each made when it is added; records what it is told to fetch.
class FakeRoles final : public source::Roles {
 public:
  FakeRole& add(const std::string& key, const std::string& arn = "") {
    return *roles_.insert_or_assign(key, std::make_unique<FakeRole>(key, arn)).first->second;
  }
  [[nodiscard]] source::Role* find(std::string_view key) override {
    const auto found = roles_.find(key);
    return found == roles_.end() ? nullptr : found->second.get();
  }
  [[nodiscard]] std::vector<source::Role*> all() override {
    std::vector<source::Role*> out;
    for (const auto& [key, role] : roles_) {
      out.push_back(role.get());
    }
    return out;
  }
  bool refresh_now(std::string_view key) override {
    refreshed.emplace_back(key);
    return find(key) != nullptr;
  }
  void retry_waiting() override { ++retries; }

  std::vector<std::string> refreshed;  ///< The keys that refresh_now was called with.
  int retries = 0;

 private:
  std::map<std::string, std::unique_ptr<FakeRole>, std::less<>> roles_;
};

}  // namespace understudy::fakes
