#pragma once

#include <array>
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "understudy/aws/sts_action_names.hpp"
#include "understudy/aws/sts_endpoint.hpp"
#include "understudy/base/counter.hpp"
#include "understudy/base/http_client.hpp"
#include "understudy/source/clock_correction.hpp"
#include "understudy/source/kind.hpp"
#include "understudy/source/retry.hpp"

namespace understudy::source {

struct StsClientSettings {
  /// The endpoint, by the profile that Sts::call is given. An Error is what the call comes back with. Thread-safe.
  std::function<Result<aws::StsEndpoint>(const aws::ProfileStsSettings* played)> endpoint;
  CallLimits limits{};
};

/// STS over HTTP: each attempt is signed anew; a transient error is tried again as Retry says, and so is
/// InvalidIdentityToken, which is final only after the last attempt; but for a call with an MFA code, which is sent
/// once. An answer's `Date` tells
/// how wrong our clock is: where that is what STS refuses (over 4 min off, and one of the codes that may stem from it),
/// the next attempt and all later calls are signed with the corrected time. `obtained` is in the server's time where
/// that is 5 s or more off ours, so that the life
/// (`expiration - obtained`) is right however wrong our clock.
/// Thread-safe. REQUIRES: what the constructor receives outlives it.
class StsClient final : public Sts {
 public:
  StsClient(HttpClient& http, const Clock& clock, Log& log, Retry retry, StsClientSettings settings);

  Result<aws::StsAnswer> call(const aws::StsCall& call, const aws::Credentials* credentials,
                              const aws::ProfileStsSettings* played) override;

  /// How the calls of that action ended; one that was tried again is one.
  [[nodiscard]] const OutcomeCounts& calls(std::size_t action_index) const { return calls_.at(action_index); }

 private:
  struct Attempt {
    Result<aws::StsAnswer> outcome;
    /// The server's clock less ours; nullopt where the answer does not tell.
    std::optional<std::chrono::milliseconds> skew;
  };

  Result<aws::StsAnswer> call_until_settled(const aws::StsCall& call, const aws::Credentials* credentials,
                                            const aws::ProfileStsSettings* played);
  Attempt attempt(const aws::StsCall& call, const aws::Credentials* credentials, const aws::StsEndpoint& endpoint);

  HttpClient& http_;
  const Clock& clock_;
  Log& log_;
  Retry retry_;
  StsClientSettings settings_;
  ClockCorrection correction_;
  std::array<OutcomeCounts, aws::kStsActionCount> calls_;
};

}  // namespace understudy::source
