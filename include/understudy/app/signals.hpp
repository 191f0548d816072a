#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace understudy::app {

/// Holds back SIGINT, SIGTERM and SIGHUP in this thread and all it starts from now on, and ignores SIGPIPE; so signals
/// are taken by an EndSignal, and no handler runs anywhere. REQUIRES: called before any thread starts.
void hold_back_signals();

/// Waits on a thread of its own for SIGINT or SIGTERM, and for SIGHUP, the wish for a reload; also for one that came
/// before. Thread-safe. REQUIRES: hold_back_signals was called; one at a time.
class EndSignal {
 public:
  /// `on_end` is called once, on that thread, when the signal comes; it must not throw.
  /// Throws std::system_error where the system has no descriptor or thread for it.
  explicit EndSignal(std::function<void()> on_end);
  EndSignal(const EndSignal&) = delete;
  EndSignal& operator=(const EndSignal&) = delete;
  /// Waits for an `on_end` under way; afterwards signals are held back again.
  ~EndSignal();

  [[nodiscard]] bool has_come() const;
  enum class Event { kEnd, kReload, kNothing };
  /// Waits for the end, which is there once `on_end` has been called, or for the next wish for a reload, several as
  /// one; kNothing where neither comes within `patience`, by a clock that stands while the machine sleeps.
  [[nodiscard]] Event next(std::chrono::milliseconds patience);
  /// As SIGHUP does.
  void ask_for_reload();

 private:
  void watch(const std::function<void()>& on_end);

  int signals_;  ///< Where the kernel puts them, to be read.
  int leave_;    ///< Readable when the thread is to end.
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  bool has_come_ = false;
  bool wants_reload_ = false;
  std::thread thread_;
};

/// Ends the process with status 0 after `seconds`, whatever its threads are at: the drain limit's last resort.
void end_process_after(unsigned seconds);

}  // namespace understudy::app
