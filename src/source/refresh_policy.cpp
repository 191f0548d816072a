#include "understudy/source/refresh_policy.hpp"

#include <algorithm>

namespace understudy::source {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

/// `first` doubling to `most`, of which jitter takes away up to a half.
milliseconds back_off(milliseconds first, milliseconds most, int attempts, double jitter) {
  auto delay = first;
  for (int i = 1; i < attempts && delay < most; ++i) {
    delay *= 2;
  }
  delay = std::min(delay, most);
  return milliseconds(static_cast<milliseconds::rep>(static_cast<double>(delay.count()) * (1.0 - jitter / 2)));
}

}  // namespace

milliseconds advisory_window(milliseconds life) {
  if (life <= minutes(20)) {
    return minutes(5);
  }
  return life < minutes(90) ? minutes(15) : minutes(60);
}

milliseconds refresh_window(milliseconds life) {
  return std::max(advisory_window(life), std::min<milliseconds>(minutes(25), life * 2 / 5));
}

BootTime retry_at(BootTime now, BootTime ends, int attempts, double jitter) {
  const auto delay = std::min(back_off(seconds(5), seconds(60), attempts, jitter), (ends - now) / 4);
  return std::min(now + std::max<milliseconds>(delay, seconds(1)), ends);
}

BootTime refresh_at(BootTime now, BootTime ends, int repeats, double jitter) {
  return std::max(ends - refresh_window(ends - now), retry_at(now, ends, repeats + 1, jitter));
}

BootTime cold_retry_at(BootTime now, const Error& error, int failures, double jitter) {
  const auto delay = back_off(seconds(1), seconds(30), failures, jitter);
  const auto keep = error.is_transient() ? milliseconds(0) : milliseconds(1000 + static_cast<int>(4000 * jitter));
  return now + std::max(delay, keep);
}

milliseconds clock_offset(const Clock& clock) {
  return clock.wall().time_since_epoch() - clock.boot().time_since_epoch();
}

bool clock_was_set(milliseconds before, milliseconds now) { return std::chrono::abs(now - before) > minutes(1); }

}  // namespace understudy::source
