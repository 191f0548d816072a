#include "understudy/source/retry.hpp"

#include <algorithm>
#include <chrono>

#include "understudy/base/text.hpp"

namespace understudy::source {
namespace {

using std::chrono::milliseconds;

milliseconds delay_after(int number, double jitter) {
  constexpr milliseconds kMost = std::chrono::seconds(20);
  const auto full = std::min<milliseconds>(std::chrono::seconds(1 << std::min(number - 1, 5)), kMost);
  return milliseconds(static_cast<milliseconds::rep>(static_cast<double>(full.count()) * jitter));
}

}  // namespace

bool Retry::again_after(int number, const Error& error) const {
  return number < max_attempts && error.is_transient() && pause.wait(delay_after(number, jitter()));
}

int max_attempts_in(const Environment& environment) {
  constexpr int kStandardAttempts = 3;
  const auto value = parse_decimal(environment.get("AWS_MAX_ATTEMPTS").value_or(""));
  return value && *value >= 1 && *value <= 100 ? static_cast<int>(*value) : kStandardAttempts;
}

}  // namespace understudy::source
