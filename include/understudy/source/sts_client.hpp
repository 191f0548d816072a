#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "understudy/aws/sts_endpoint.hpp"
#include "understudy/base/environment.hpp"
#include "understudy/base/http_client.hpp"
#include "understudy/base/pause.hpp"
#include "understudy/source/kind.hpp"

namespace understudy::source {

struct StsClientSettings {
  /// The endpoint for a region (empty: the configuration's). An Error is what the call comes back with. Thread-safe.
  std::function<Result<aws::StsEndpoint>(std::string_view region)> endpoint;
  int max_attempts = 3;
  CallLimits limits{};
};

/// AWS_MAX_ATTEMPTS where it is a number from 1 to 100, else 3.
[[nodiscard]] int max_attempts_in(const Environment& environment);

/// STS over HTTP: each attempt is signed anew; a transient error is tried again after jitter * min(2^i s, 20 s) (the
/// SDKs' standard mode). An answer's `Date` tells how wrong our clock is: where that is what STS refuses (over 4 min
/// off, and one of the codes that may stem from it), the next attempt and all later calls are signed with the corrected
/// time. `obtained` is in the server's time where that is 5 s or more off ours, so that the life
/// (`expiration - obtained`) is right however wrong our clock.
/// Thread-safe. REQUIRES: what the constructor receives outlives it.
class StsClient final : public Sts {
 public:
  StsClient(HttpClient& http, const Clock& clock, Pause& pause, Log& log, Jitter jitter, StsClientSettings settings);

  Result<aws::StsAnswer> call(const aws::StsCall& call, const aws::Credentials* credentials,
                              std::string_view region) override;

 private:
  struct Attempt {
    Result<aws::StsAnswer> outcome;
    /// The server's clock less ours; nullopt where the answer does not tell.
    std::optional<std::chrono::milliseconds> skew;
  };

  Attempt attempt(const aws::StsCall& call, const aws::Credentials* credentials, const aws::StsEndpoint& endpoint);
  bool correct_clock(const Attempt& attempt);
  [[nodiscard]] std::chrono::milliseconds delay_after(int attempt) const;

  HttpClient& http_;
  const Clock& clock_;
  Pause& pause_;
  Log& log_;
  Jitter jitter_;
  StsClientSettings settings_;
  std::atomic<std::chrono::milliseconds> clock_correction_{};
};

}  // namespace understudy::source
