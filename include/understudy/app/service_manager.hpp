#pragma once

#include <sys/types.h>
#include <sys/un.h>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "understudy/base/environment.hpp"
#include "understudy/base/result.hpp"

namespace understudy::app {

/// The service manager that started us, systemd or one that speaks its protocol: lines of NAME=VALUE as one datagram to
/// the Unix socket that NOTIFY_SOCKET names, `/run/systemd/notify` or, in the abstract namespace, `@name`
/// (sd_notify(3), "Notes": the protocol is stable and meant to be implemented without the library).
///
/// Thread-safe. Nobody listens where NOTIFY_SOCKET is not set, and then nothing is done.
class ServiceManager {
 public:
  explicit ServiceManager(const Environment& environment);
  ServiceManager(const ServiceManager&) = delete;
  ServiceManager& operator=(const ServiceManager&) = delete;
  ~ServiceManager();

  /// Waits for a manager that is busy, 5 s at most. kUnavailable (`NotifyError`) where somebody should listen and it
  /// could not be sent: the message is half a sentence with the reason.
  Result<void> tell(std::string_view lines) const;
  /// The same without waiting, for what may get lost.
  void mention(std::string_view lines) const;

 private:
  [[nodiscard]] bool send(std::string_view lines, int flags) const;

  int socket_ = -1;
  bool is_set_ = false;
  sockaddr_un address_{};
  socklen_t address_size_ = 0;
};

/// What there is to tell. `status` is a line for `systemctl status`.
[[nodiscard]] std::string ready_note(std::string_view status);
[[nodiscard]] std::string stopping_note(std::string_view status);
/// `monotonic` is what CLOCK_MONOTONIC says as the reload begins; a ready_note says that it is over.
[[nodiscard]] std::string reloading_note(std::chrono::microseconds monotonic);

/// How often the manager wants to hear that the process `self` is well: WATCHDOG_USEC, unless WATCHDOG_PID is
/// another's.
[[nodiscard]] std::optional<std::chrono::microseconds> watchdog_interval(const Environment& environment, pid_t self);

/// Tells the manager that we are well, twice in each interval, as long as `is_well` says so; who is silent for a whole
/// one is restarted. A thread of its own, until the destructor; none without an interval.
class Watchdog {
 public:
  Watchdog(const ServiceManager& manager, std::optional<std::chrono::microseconds> interval,
           std::function<bool()> is_well);
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;
  ~Watchdog();

 private:
  void work(const ServiceManager& manager, std::chrono::microseconds interval, const std::function<bool()>& is_well);

  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_over_ = false;
  std::thread thread_;
};

}  // namespace understudy::app
