#include "understudy/service/rate_limiter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "peer_text.hpp"
#include "understudy/service/path.hpp"

namespace understudy::service {
namespace {

constexpr std::size_t kMostKeys = 4096;

Response too_many() {
  Response response;
  response.status = 429;
  response.headers.add("Content-Type", "text/plain; charset=utf-8");
  response.body = "You have reached maximum request limit.";
  return response;
}

}  // namespace

bool RateLimiter::allow(const std::string& key, BootTime now) {
  const std::scoped_lock lock(mutex_);
  if (buckets_.size() >= kMostKeys && !buckets_.contains(key)) {
    make_room(now);
  }
  auto& bucket = buckets_.try_emplace(key, Bucket{static_cast<double>(settings_.burst), now}).first->second;
  bucket = {filled(bucket, now), now};
  const bool is_allowed = bucket.left >= 1;
  bucket.left -= is_allowed ? 1 : 0;
  return is_allowed;
}

double RateLimiter::filled(const Bucket& bucket, BootTime now) const {
  const std::chrono::duration<double> rested = now - bucket.at;
  return std::min<double>(settings_.burst, bucket.left + rested.count() * settings_.per_second);
}

void RateLimiter::make_room(BootTime now) {
  std::erase_if(buckets_, [&](const auto& one) { return filled(one.second, now) >= settings_.burst; });
  if (buckets_.size() >= kMostKeys) {
    buckets_.clear();
  }
}

Answer RateLimited::answer(const Request& request, Patience patience) {
  std::string buffer;
  const auto path = normalise_path(request.target, buffer).value_or(std::string_view());
  const bool is_allowed = patience == Patience::kMustAnswer ||
                          limiter_.allow(fmt::format("{} {}", request.peer.address, path), clock_.boot());
  auto answer = is_allowed ? inner_.answer(request, patience) : Answer(too_many());
  if (auto* const response = std::get_if<Response>(&answer)) {
    auto& headers = response->headers;
    headers.add("X-Rate-Limit-Limit", fmt::format("{}.00", limiter_.settings().per_second));
    headers.add("X-Rate-Limit-Duration", "1");
    headers.add("X-Rate-Limit-Request-Forwarded-For", request.headers.get("X-Forwarded-For").value_or(""));
    headers.add("X-Rate-Limit-Request-Remote-Addr", peer_text(request.peer));
  }
  return answer;
}

}  // namespace understudy::service
