#pragma once

#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fakes/fake_source.hpp"
#include "understudy/source/kind.hpp"

namespace understudy::fakes {

/// An STS that remembers what it was asked and answers with numbered credentials, or with what was queued. Thread-safe.
class FakeSts final : public source::Sts {
 public:
  struct Asked {
    aws::StsCall call;
    std::string key_id;  ///< Who signed; empty where nobody did.
    std::optional<aws::ProfileStsSettings> played;
  };

  explicit FakeSts(const Clock& clock) : clock_(clock) {}

  Result<aws::StsAnswer> call(const aws::StsCall& call, const aws::Credentials* credentials,
                              const aws::ProfileStsSettings* played) override {
    const std::scoped_lock lock(mutex_);
    asked_.push_back({call, credentials != nullptr ? credentials->access_key_id : "",
                      played != nullptr ? std::optional(*played) : std::nullopt});
    if (!outcomes_.empty()) {
      auto outcome = std::move(outcomes_.front());
      outcomes_.pop_front();
      return outcome;
    }
    aws::StsAnswer answer;
    answer.credentials = numbered_credentials(static_cast<int>(asked_.size()), clock_.wall());
    answer.credentials->account_id.clear();
    answer.credentials->role_arn.clear();
    return answer;
  }

  void then(Result<aws::StsAnswer> outcome) {
    const std::scoped_lock lock(mutex_);
    outcomes_.push_back(std::move(outcome));
  }

  [[nodiscard]] std::vector<Asked> asked() const {
    const std::scoped_lock lock(mutex_);
    return asked_;
  }
  /// REQUIRES: the `index`-th call was AssumeRole.
  [[nodiscard]] aws::AssumeRole assume_role(std::size_t index) const {
    const std::scoped_lock lock(mutex_);
    return std::get<aws::AssumeRole>(asked_.at(index).call);
  }

 private:
  const Clock& clock_;
  mutable std::mutex mutex_;
  std::deque<Result<aws::StsAnswer>> outcomes_;
  std::vector<Asked> asked_;
};

}  // namespace understudy::fakes
