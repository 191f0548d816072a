#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace understudy {

/// How background work waits between two attempts. Thread-safe.
class Pause {
 public:
  virtual ~Pause() = default;
  /// Blocks for `duration`. False where the wait was cut short because the program ends: give up then.
  virtual bool wait(std::chrono::milliseconds duration) = 0;
};

/// A pause of real time.
class InterruptiblePause final : public Pause {
 public:
  bool wait(std::chrono::milliseconds duration) override;
  /// Ends every wait, those to come too.
  void interrupt();

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool interrupted_ = false;
};

}  // namespace understudy
