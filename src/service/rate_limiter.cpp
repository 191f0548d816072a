#include "understudy/service/rate_limiter.hpp"

#include <fmt/format.h>

#include <chrono>
#include <functional>
#include <utility>

#include "peer_text.hpp"
#include "understudy/base/crypto.hpp"
#include "understudy/service/path.hpp"

namespace understudy::service {
namespace {

constexpr std::size_t kShares = 1024;
constexpr std::size_t kLongestKey = 96;
/// Who looks for buckets to forget looks at all of them.
constexpr std::chrono::milliseconds kBetweenLooks{100};

Response too_many(RateLimited::Agent agent) {
  Response response;
  response.status = 429;
  response.headers.add("Content-Type", "text/plain; charset=utf-8");
  response.body = agent == RateLimited::Agent::kEcs ? "You have reached maximum request limit." : "Too Many Requests\n";
  return response;
}

}  // namespace

RateLimiter::RateLimiter(RateLimitSettings settings)
    : settings_(settings),
      shares_(kShares,
              {TokenBucket({static_cast<double>(settings.per_second), static_cast<double>(settings.burst)}, {})}) {}

bool RateLimiter::allow(std::string_view caller, std::string_view path, BootTime now) {
  auto key = fmt::format("{} {}", caller, path);
  if (key.size() > kLongestKey) {
    key = hex(bytes_of(sha256(key)));
  }
  const auto number = std::hash<std::string_view>()(caller) % kShares;
  const std::scoped_lock lock(mutex_);
  if (const auto found = known_.find(key); found != known_.end()) {
    return found->second.bucket.take(now);
  }
  auto& share = shares_[number];
  if (!has_room(share) && now - looked_at_ >= kBetweenLooks) {
    forget_rested(now);
  }
  if (!has_room(share)) {
    return share.for_all_others.take(now);
  }
  ++share.paths;
  // As that one is: else a path that had to share it would begin anew with its own.
  return known_.try_emplace(std::move(key), Known{share.for_all_others, number}).first->second.bucket.take(now);
}

bool RateLimiter::has_room(const Share& share) const {
  return share.paths < kMostPaths && known_.size() < kMostBuckets;
}

void RateLimiter::forget_rested(BootTime now) {
  looked_at_ = now;
  std::erase_if(known_, [&](const auto& one) {
    const bool is_rested = one.second.bucket.is_full(now);
    shares_[one.second.caller].paths -= is_rested ? 1 : 0;
    return is_rested;
  });
}

Response RateLimited::refuse(const Request& request) {
  refusals_.note(Rule::kRate, request.peer.address, [this] {
    const auto& limit = limiter_.settings();
    return fmt::format(
        "it asked for one path more than {} times a second, beyond {} at once; containers.rate_limit allows more",
        limit.per_second, limit.burst);
  });
  return too_many(agent_);
}

Answer RateLimited::answer(const Request& request, Patience patience) {
  std::string buffer;
  const auto path = normalise_path(request.target, buffer).value_or(std::string_view());
  const bool is_allowed =
      patience == Patience::kMustAnswer || limiter_.allow(request.peer.address, path, clock_.boot());
  auto answer = is_allowed ? inner_.answer(request, patience) : Answer(refuse(request));
  if (auto* const response = std::get_if<Response>(&answer); response != nullptr && agent_ == Agent::kEcs) {
    auto& headers = response->headers;
    headers.add("X-Rate-Limit-Limit", fmt::format("{}.00", limiter_.settings().per_second));
    headers.add("X-Rate-Limit-Duration", "1");
    headers.add("X-Rate-Limit-Request-Forwarded-For", request.headers.get("X-Forwarded-For").value_or(""));
    headers.add("X-Rate-Limit-Request-Remote-Addr", peer_text(request.peer));
  }
  return answer;
}

}  // namespace understudy::service
