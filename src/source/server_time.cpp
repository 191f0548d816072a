#include "understudy/source/server_time.hpp"

#include "understudy/base/time_text.hpp"

namespace understudy::source {

using std::chrono::milliseconds;

std::optional<milliseconds> skew_of(const Response& response, WallTime sent, WallTime received) {
  const auto header = response.headers.get("Date");
  const auto date = header ? parse_http_date(*header) : std::nullopt;
  return date ? std::optional(*date - (sent + (received - sent) / 2)) : std::nullopt;
}

WallTime received_at(WallTime received, std::optional<milliseconds> skew) {
  constexpr milliseconds kLeastSkew = std::chrono::seconds(5);
  return skew && std::chrono::abs(*skew) >= kLeastSkew ? received + *skew : received;
}

}  // namespace understudy::source
