#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "understudy/base/clock.hpp"
#include "understudy/base/handler.hpp"
#include "understudy/base/token_bucket.hpp"
#include "understudy/service/containers_settings.hpp"
#include "understudy/service/refusal_log.hpp"

namespace understudy::service {

/// How often each caller may ask for each path, by TokenBuckets. Thread-safe.
///
/// Nobody's bucket is forgotten before it is full again, so a caller can not win a new one by asking for much else. A
/// caller has a bucket of its own for each of kMostPaths paths that it asked for of late; for all others, and while
/// kMostBuckets are in use, it has one (callers with the same hash of theirs share it). Of a long name a digest is
/// kept, so all of it takes less than a mebibyte whatever clients send.
class RateLimiter {
 public:
  static constexpr std::size_t kMostPaths = 256;
  static constexpr std::size_t kMostBuckets = 4096;

  explicit RateLimiter(RateLimitSettings settings);

  /// Whether `caller` may ask for `path` now; then it has.
  [[nodiscard]] bool allow(std::string_view caller, std::string_view path, BootTime now);
  [[nodiscard]] const RateLimitSettings& settings() const { return settings_; }

 private:
  struct Known {
    TokenBucket bucket;
    std::size_t caller;  ///< In shares_.
  };
  /// What a caller has beside the buckets of its paths.
  struct Share {
    TokenBucket for_all_others;
    std::size_t paths = 0;
  };

  [[nodiscard]] bool has_room(const Share& share) const;
  void forget_rested(BootTime now);

  RateLimitSettings settings_;
  std::mutex mutex_;
  std::unordered_map<std::string, Known> known_;  ///< By caller and path.
  std::vector<Share> shares_;                     ///< By the caller's hash.
  BootTime looked_at_{};                          ///< When the rested ones were forgotten last.
};

/// The limit of ECS's agent in front of another handler (amazon-ecs-agent 1.105, ecs-agent/tmds/server.go, which has it
/// from didip/tollbooth): each remote address and path for itself, without the port. What is over the limit gets 429,
/// `text/plain; charset=utf-8`, `You have reached maximum request limit.`; every answer tells the limit:
///
///     X-Rate-Limit-Limit: 40.00
///     X-Rate-Limit-Duration: 1
///     X-Rate-Limit-Request-Forwarded-For: <that header of the request>
///     X-Rate-Limit-Request-Remote-Addr: 172.18.0.2:4711
///
/// Before Pod Identity it refuses in that agent's words, 429 `Too Many Requests` with a newline, and tells no limit
/// (eks-pod-identity-agent 0.1).
///
/// A request counts once, when it is asked for with kMayWait, as the server does first.
class RateLimited final : public Handler {
 public:
  enum class Agent { kEcs, kPodIdentity };
  /// What is refused is noted in `refusals`. REQUIRES: `inner`, `clock` and `refusals` outlive this.
  RateLimited(Handler& inner, RateLimitSettings settings, const Clock& clock, RefusalLog& refusals,
              Agent agent = Agent::kEcs)
      : inner_(inner), limiter_(settings), clock_(clock), refusals_(refusals), agent_(agent) {}

  [[nodiscard]] Answer answer(const Request& request, Patience patience) override;

 private:
  Response refuse(const Request& request);

  Handler& inner_;
  RateLimiter limiter_;
  const Clock& clock_;
  RefusalLog& refusals_;
  Agent agent_;
};

}  // namespace understudy::service
