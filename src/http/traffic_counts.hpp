#pragma once

#include <algorithm>
#include <chrono>

#include "understudy/http/traffic.hpp"

namespace understudy::http {

/// One thread's share of a listener's Traffic. Counts on that thread, `add_to` from any.
class TrafficCounts {
 public:
  void answered(int status, std::chrono::steady_clock::duration took) {
    count_class(status);
    latency_.add(std::chrono::duration_cast<std::chrono::microseconds>(took));
  }
  void refused(int status) {
    count_class(status);
    const auto cause = std::ranges::find(Traffic::kCauses, status, &Traffic::Cause::status);
    // Whatever is not named is malformed, too.
    refused_[cause == Traffic::kCauses.end() ? 0 : static_cast<std::size_t>(cause - Traffic::kCauses.begin())].add();
  }
  void accepted() { accepted_.add(); }
  void ended() { ended_.add(); }
  void evicted() { evicted_.add(); }
  void turned_away() { turned_away_.add(); }

  void add_to(Traffic& out) const {
    for (std::size_t i = 0; i < answers_.size(); ++i) {
      out.answers[i] += answers_[i].value();
    }
    for (std::size_t i = 0; i < refused_.size(); ++i) {
      out.refused[i] += refused_[i].value();
    }
    latency_.add_to(out.latency);
    // In this order, so that no more have ended than were accepted.
    const auto ended = ended_.value();
    const auto accepted = std::max(accepted_.value(), ended);
    out.accepted += accepted;
    out.open += accepted - ended;
    out.evicted += evicted_.value();
    out.turned_away += turned_away_.value();
  }

 private:
  void count_class(int status) { answers_[static_cast<std::size_t>(std::clamp(status / 100, 2, 5) - 2)].add(); }

  std::array<OwnedCounter, Traffic::kClasses.size()> answers_;
  std::array<OwnedCounter, Traffic::kCauses.size()> refused_;
  OwnedLatency latency_;
  OwnedCounter accepted_;
  OwnedCounter ended_;
  OwnedCounter evicted_;
  OwnedCounter turned_away_;
};

}  // namespace understudy::http
