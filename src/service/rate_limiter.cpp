#include "understudy/service/rate_limiter.hpp"

#include <fmt/format.h>

#include <utility>

#include "peer_text.hpp"
#include "understudy/base/crypto.hpp"
#include "understudy/service/path.hpp"

namespace understudy::service {
namespace {

constexpr std::size_t kMostKeys = 4096;
constexpr std::size_t kLongestKey = 96;

Response too_many(RateLimited::Agent agent) {
  Response response;
  response.status = 429;
  response.headers.add("Content-Type", "text/plain; charset=utf-8");
  response.body = agent == RateLimited::Agent::kEcs ? "You have reached maximum request limit." : "Too Many Requests\n";
  return response;
}

}  // namespace

bool RateLimiter::allow(const std::string& key, BootTime now) {
  const auto kept = key.size() > kLongestKey ? hex(bytes_of(sha256(key))) : key;
  const std::scoped_lock lock(mutex_);
  if (buckets_.size() >= kMostKeys && !buckets_.contains(kept)) {
    make_room(now);
  }
  const TokenBucket full({static_cast<double>(settings_.per_second), static_cast<double>(settings_.burst)}, now);
  return buckets_.try_emplace(kept, full).first->second.take(now);
}

void RateLimiter::make_room(BootTime now) {
  std::erase_if(buckets_, [&](const auto& one) { return one.second.is_full(now); });
  if (buckets_.size() >= kMostKeys) {
    buckets_.clear();
  }
}

Answer RateLimited::answer(const Request& request, Patience patience) {
  std::string buffer;
  const auto path = normalise_path(request.target, buffer).value_or(std::string_view());
  const bool is_allowed = patience == Patience::kMustAnswer ||
                          limiter_.allow(fmt::format("{} {}", request.peer.address, path), clock_.boot());
  auto answer = is_allowed ? inner_.answer(request, patience) : Answer(too_many(agent_));
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
