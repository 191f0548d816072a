#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "understudy/base/descriptor.hpp"

namespace understudy::http {

/// Holds calls of the blocking client to their total time, from one thread of its own, and can end all of them at once.
///
/// It ends a call by shutting its socket down: through a duplicate, because the call may close its descriptor, and the
/// system reuse the number, at any moment.
/// Thread-safe. REQUIRES: no Call outlives it.
class CallWatchdog {
 public:
  enum class End { kNone, kTimeout, kStopped, kNoDescriptor };

  /// One call, from here to the end of the scope. Belongs to the thread that makes it.
  class Call {
   public:
    Call(CallWatchdog& watchdog, std::chrono::milliseconds total);
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;
    ~Call();

    /// Takes notice of a socket that the call has opened, before it connects. Once the call has ended, no further
    /// socket of it can connect. Where no descriptor is left, by which to end it, the call ends here.
    void watch(int socket);
    [[nodiscard]] End end() const;

   private:
    friend class CallWatchdog;
    void forget_socket();

    CallWatchdog& watchdog_;
    std::chrono::steady_clock::time_point deadline_;
    int duplicate_ = -1;
    End end_ = End::kNone;
  };

  /// Throws std::system_error where the system gives no thread, or no descriptor of /dev/null.
  CallWatchdog();
  CallWatchdog(const CallWatchdog&) = delete;
  CallWatchdog& operator=(const CallWatchdog&) = delete;
  ~CallWatchdog();

  /// Ends the calls under way and every later one.
  void stop_all();

 private:
  void run();
  static void finish(Call& call, End end);

  /// Puts something that is no socket in its place: connecting fails at once, where a shut socket would still connect.
  void make_useless(int socket) const;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Call*> calls_;
  Descriptor nothing_;  ///< /dev/null, from the start on: it is wanted when there is no descriptor left.
  bool is_stopped_ = false;
  bool is_leaving_ = false;
  std::thread thread_;
};

}  // namespace understudy::http
