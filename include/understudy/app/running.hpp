#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "understudy/app/application.hpp"
#include "understudy/app/launch.hpp"
#include "understudy/base/clock.hpp"
#include "understudy/base/log.hpp"
#include "understudy/base/result.hpp"
#include "understudy/config/config.hpp"

namespace understudy::app {

/// The application that serves now, and the change to the next one when the configuration is read anew.
///
/// Thread-safety: `start` and `reload` one thread at a time, the rest from any. REQUIRES: clock and log outlive it.
class Running {
 public:
  Running(Launch launch, const Clock& clock, Log& log) : launch_(std::move(launch)), clock_(clock), log_(log) {}

  /// Application::build and start. Errors: theirs. The log warns of listeners that are open to more than this host
  /// (config/openness.hpp), and does at each reload.
  Result<std::vector<http::BoundAddress>> start(const MfaWays& mfa);

  /// Serves `next` in place of what is served, by Application::take_over. Sockets that were passed at the start stay
  /// where they are. What is the process's own (`process`, `log_level`) stays as it was at the start, which the log
  /// says. Errors: those of build and start, and `InternalError` where the system has no thread or descriptor left;
  /// then the one before goes on. REQUIRES: started.
  Result<std::vector<http::BoundAddress>> reload(config::Config next);

  /// The one that serves. REQUIRES: started.
  [[nodiscard]] std::shared_ptr<Application> now() const;
  /// Application::give_up of all that serve or are about to.
  void give_up();

 private:
  Result<std::vector<http::BoundAddress>> replace(config::Config next);
  void set_next(std::shared_ptr<Application> next);

  Launch launch_;
  const Clock& clock_;
  Log& log_;
  mutable std::mutex mutex_;  ///< Guards what follows.
  std::shared_ptr<Application> now_;
  std::shared_ptr<Application> next_;
  bool is_over_ = false;
};

}  // namespace understudy::app
