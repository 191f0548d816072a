#include "understudy/source/clock_correction.hpp"

#include <utility>

#include "understudy/base/time_text.hpp"

namespace understudy::source {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kWorstSkew = std::chrono::minutes(4);

}  // namespace

ClockCorrection::ClockCorrection(const Clock& clock, Log& log, std::string whose)
    : clock_(clock), log_(log), whose_(std::move(whose)) {}

bool ClockCorrection::learn(std::optional<milliseconds> skew) {
  if (!skew || std::chrono::abs(*skew - by_.load()) <= kWorstSkew) {
    return false;
  }
  by_ = *skew;
  const auto off = std::chrono::round<std::chrono::seconds>(std::chrono::abs(*skew));
  if (off == std::chrono::seconds(0)) {
    log_.info("this machine's clock is {} again; requests are signed with its time", whose_);
  } else {
    log_.warn("this machine's clock is {} {} {}; requests are signed with the corrected time, but set the clock",
              format_duration(off), *skew > milliseconds(0) ? "behind" : "ahead of", whose_);
  }
  return true;
}

}  // namespace understudy::source
