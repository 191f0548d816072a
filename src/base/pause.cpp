#include "understudy/base/pause.hpp"

namespace understudy {

bool InterruptiblePause::wait(std::chrono::milliseconds duration) {
  std::unique_lock lock(mutex_);
  return !changed_.wait_for(lock, duration, [&] { return interrupted_; });
}

void InterruptiblePause::interrupt() {
  const std::scoped_lock lock(mutex_);
  interrupted_ = true;
  changed_.notify_all();
}

}  // namespace understudy
