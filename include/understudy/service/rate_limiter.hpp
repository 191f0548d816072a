#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "understudy/base/clock.hpp"
#include "understudy/base/handler.hpp"
#include "understudy/base/token_bucket.hpp"
#include "understudy/service/containers_settings.hpp"

namespace understudy::service {

/// How often things may happen, a TokenBucket for each key. Thread-safe. Knows at most 4096 keys; when there are more
/// it forgets those that have rested, and where none have, all. Of a long key a digest is kept, so all of them take
/// less than a mebibyte whatever clients send.
class RateLimiter {
 public:
  explicit RateLimiter(RateLimitSettings settings) : settings_(settings) {}

  /// Whether it may happen now; then it has.
  [[nodiscard]] bool allow(const std::string& key, BootTime now);
  [[nodiscard]] const RateLimitSettings& settings() const { return settings_; }

 private:
  void make_room(BootTime now);

  RateLimitSettings settings_;
  std::mutex mutex_;
  std::unordered_map<std::string, TokenBucket> buckets_;
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
  /// REQUIRES: `inner` and `clock` outlive this.
  RateLimited(Handler& inner, RateLimitSettings settings, const Clock& clock, Agent agent = Agent::kEcs)
      : inner_(inner), limiter_(settings), clock_(clock), agent_(agent) {}

  [[nodiscard]] Answer answer(const Request& request, Patience patience) override;

 private:
  Handler& inner_;
  RateLimiter limiter_;
  const Clock& clock_;
  Agent agent_;
};

}  // namespace understudy::service
