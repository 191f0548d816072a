#include "understudy/service/identity_signer.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include "understudy/base/text.hpp"

namespace understudy::service {
namespace {

constexpr std::size_t kLongestReason = 1024;  // A path and what to do about it.

}  // namespace

class IdentitySigner::Wanted final : public Deferred {
 public:
  Wanted(IdentitySigner& signer, std::string_view document) : signer_(signer), document_(document) {}
  void on_ready(std::function<void()> wake) override { signer_.sign(document_, std::move(wake)); }

 private:
  IdentitySigner& signer_;
  std::string document_;
};

IdentitySigner::IdentitySigner(KeySource source, const Clock& clock, Log& log)
    : source_(std::move(source)), clock_(clock), log_(log) {}

std::shared_ptr<const IdentitySignatures> IdentitySigner::find(std::string_view document) const {
  const std::lock_guard lock(mutex_);
  return held(document);
}

/// REQUIRES: the lock is held.
std::shared_ptr<const IdentitySignatures> IdentitySigner::held(std::string_view document) const {
  const auto found = std::ranges::find(signed_, document, &Signed::document);
  return found == signed_.end() ? nullptr : found->signatures;
}

std::shared_ptr<Deferred> IdentitySigner::until_signed(std::string_view document) {
  return std::make_shared<Wanted>(*this, document);
}

void IdentitySigner::sign(const std::string& document, std::function<void()> wake) {
  {
    const std::lock_guard lock(mutex_);
    const bool failed_just_now = failed_at_ && clock_.boot() < *failed_at_ + kRetry;
    if (!held(document) && !failed_just_now && !stopping_) {
      wanted_[document].push_back(std::move(wake));
      if (!working_) {
        if (thread_.joinable()) {
          thread_.join();  // It has let go of the mutex for good, so it is at its end.
        }
        thread_ = std::thread([this] { work(); });
        working_ = true;
      }
      return;
    }
  }
  wake();
}

void IdentitySigner::work() {
  for (;;) {
    std::unique_lock lock(mutex_);
    if (wanted_.empty()) {
      working_ = false;
      return;
    }
    const auto document = wanted_.begin()->first;
    lock.unlock();
    auto signatures = signatures_of(document);
    lock.lock();
    failed_at_ = signatures ? std::nullopt : std::optional(clock_.boot());
    if (signatures) {
      signed_.push_back({document, std::move(signatures)});
      if (signed_.size() > kMostDocuments) {
        signed_.pop_front();
      }
    }
    const auto wakes = std::move(wanted_.extract(document).mapped());
    lock.unlock();
    for (const auto& wake : wakes) {
      wake();
    }
  }
}

std::shared_ptr<const IdentitySignatures> IdentitySigner::signatures_of(const std::string& document) {
  try {
    load_keys();
    return keys_ ? std::make_shared<const IdentitySignatures>(sign_identity(*keys_, document, clock_.wall())) : nullptr;
  } catch (const std::exception& problem) {
    log_.error("identity: signing failed: {}", escape_for_log(problem.what()));
    return nullptr;
  }
}

void IdentitySigner::load_keys() {
  if (keys_) {
    return;
  }
  auto keys = source_();
  if (keys) {
    keys_.emplace(*std::move(keys));
  } else {
    log_.error("identity: the document can not be signed, its signatures are answered with 503: {}",
               escape_for_log(keys.error().message, kLongestReason));
  }
}

void IdentitySigner::stop() {
  std::thread last;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    last = std::move(thread_);
  }
  if (last.joinable()) {
    last.join();
  }
}

}  // namespace understudy::service
