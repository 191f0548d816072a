#pragma once

#include <chrono>
#include <vector>

#include "understudy/base/pause.hpp"

namespace understudy::fakes {

/// Waits not at all and keeps what it was asked for. For one thread.
class FakePause final : public Pause {
 public:
  bool wait(std::chrono::milliseconds duration) override {
    waits.push_back(duration);
    return !interrupted;
  }
  std::vector<std::chrono::milliseconds> waits;
  bool interrupted = false;
};

}  // namespace understudy::fakes
