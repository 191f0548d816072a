#include "understudy/service/token_keys.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include "understudy/base/text.hpp"

namespace understudy::service {

class TokenKeys::Wanted final : public Deferred {
 public:
  explicit Wanted(TokenKeys& keys) : keys_(keys) {}
  void on_ready(std::function<void()> wake) override { keys_.ask(std::move(wake)); }

 private:
  TokenKeys& keys_;
};

TokenKeys::TokenKeys(Source source, std::string place, Pace pace, const Clock& clock, Log& log)
    : source_(std::move(source)), place_(std::move(place)), pace_(pace), clock_(clock), log_(log) {}

std::shared_ptr<const aws::JsonWebKeys> TokenKeys::current() const {
  const std::lock_guard lock(mutex_);
  return keys_;
}

std::shared_ptr<Deferred> TokenKeys::until_read_anew() { return std::make_shared<Wanted>(*this); }

void TokenKeys::ask(std::function<void()> wake) {
  {
    const std::lock_guard lock(mutex_);
    if (running_ && clock_.boot() >= rests_until_) {
      wakes_.push_back(std::move(wake));
      changed_.notify_one();
      return;
    }
  }
  wake();
}

Result<void> TokenKeys::read() {
  auto text = source_();
  if (!text) {
    return text.error();
  }
  auto keys = aws::parse_jwks(*text, place_);
  if (!keys) {
    return keys.error();
  }
  const std::lock_guard lock(mutex_);
  keys_ = std::make_shared<const aws::JsonWebKeys>(*std::move(keys));
  are_own_ = true;
  return {};
}

void TokenKeys::continue_from(const TokenKeys& before) {
  auto keys = before.current();
  const std::lock_guard lock(mutex_);
  if (!are_own_ && place_ == before.place_) {
    keys_ = std::move(keys);
  }
}

void TokenKeys::start() {
  const std::lock_guard lock(mutex_);
  due_at_ = clock_.boot() + (are_own_ ? pace_.every : std::chrono::milliseconds(0));
  running_ = true;
  thread_ = std::thread([this] { work(); });
}

void TokenKeys::work() {
  std::unique_lock lock(mutex_);
  while (running_) {
    const auto now = clock_.boot();
    if (now < due_at_ && wakes_.empty()) {
      changed_.wait_for(lock, std::min<std::chrono::milliseconds>(due_at_ - now, kLongestWait));
      continue;
    }
    lock.unlock();
    read_and_tell();
    lock.lock();
    const auto wakes = std::exchange(wakes_, {});  // Those who came meanwhile, too.
    rests_until_ = clock_.boot() + pace_.rest;
    due_at_ = clock_.boot() + (failed_ ? pace_.rest : pace_.every);
    lock.unlock();
    for (const auto& wake : wakes) {
      wake();
    }
    lock.lock();
  }
}

void TokenKeys::read_and_tell() {
  std::string failure;
  try {
    const auto done = read();
    failed_ = !done;
    failure = done ? "" : done.error().message;
  } catch (const std::exception& problem) {
    failed_ = true;
    failure = problem.what();
  }
  if (failed_ && failure != last_failure_) {
    log_.warn("pod_identity: the keys that tokens are verified with can not be read, {}: {}",
              current() ? "those read before are used on" : "nobody gets credentials until they can",
              escape_for_log(failure, 1024));
  }
  if (!failed_ && !last_failure_.empty()) {
    log_.info("pod_identity: the keys in {} are read again", escape_for_log(place_));
  }
  last_failure_ = std::move(failure);
}

void TokenKeys::stop() {
  Wakes left;
  {
    const std::lock_guard lock(mutex_);
    running_ = false;
    left = std::exchange(wakes_, {});
    changed_.notify_one();
  }
  if (thread_.joinable()) {
    thread_.join();
  }
  for (const auto& wake : left) {
    wake();
  }
}

}  // namespace understudy::service
