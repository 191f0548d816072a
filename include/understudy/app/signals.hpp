#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
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

/// The drain limit's last resort: ends the process whatever its other threads are at. Its own waits from the start, for
/// at the end there may be no thread to be had. Thread-safe.
class LastResort {
 public:
  /// Throws std::system_error where the system has no thread for it.
  LastResort();
  LastResort(const LastResort&) = delete;
  LastResort& operator=(const LastResort&) = delete;
  /// Nothing ends any more.
  ~LastResort();

  /// Ends the process with status 0 after `patience`; of several calls the first counts.
  void begin(std::chrono::milliseconds patience);

 private:
  void work();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<std::chrono::steady_clock::time_point> end_;
  bool is_over_ = false;
  std::thread thread_;
};

}  // namespace understudy::app
