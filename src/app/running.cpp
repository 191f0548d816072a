#include "understudy/app/running.hpp"

#include <fmt/format.h>

#include <exception>
#include <utility>

#include "understudy/base/listen_address.hpp"
#include "understudy/base/text.hpp"
#include "understudy/config/openness.hpp"

namespace understudy::app {
namespace {

/// What root opened at the start, a port that only it may open or one that a listener has already, this process can
/// open no more. Unix sockets are the user's from the start.
Error explain(Error error, const config::ProcessSettings& process) {
  const bool is_of_root = error.code == "PermissionDenied" || error.code == "AddressInUse";
  if (is_of_root && process.user && error.message.find(ListenAddress::kUnix) == std::string::npos) {
    error.message += "; this process was root until it became " + *process.user +
                     " (process.user), so start it anew to listen there" +
                     (error.code == "AddressInUse" ? " if it is a listener of its own that has the port" : "");
  }
  return error;
}

void warn_of_open_listeners(const config::Config& config, Log& log) {
  for (const auto& line : config::open_listeners(config)) {
    log.warn("{}", line);
  }
}

}  // namespace

Result<std::vector<http::BoundAddress>> Running::start(const MfaWays& mfa) {
  warn_of_open_listeners(launch_.config, log_);
  auto built = Application::build(launch_.config, launch_.environment, clock_, log_, mfa);
  if (!built) {
    return std::move(built).error();
  }
  set_next(*std::move(built));
  auto addresses = next_->start(launch_.sockets);
  // Else clients would still wait there when nobody accepts any more.
  launch_.sockets.clear();
  const std::lock_guard lock(mutex_);
  now_ = std::exchange(next_, nullptr);
  return addresses;
}

Result<std::vector<http::BoundAddress>> Running::reload(config::Config next) {
  std::shared_ptr<Application> over;
  try {
    return replace(std::move(next));
  } catch (const std::exception& fault) {
    const std::lock_guard lock(mutex_);
    over = std::exchange(next_, nullptr);  // Ends when the lock is free again.
    return Error{Error::Kind::kUnavailable, "InternalError",
                 fmt::format("the configuration can not be served: {}; is this a limit of threads or descriptors "
                             "(ulimit -u, ulimit -n, pids.max)?",
                             escape_for_log(fault.what()))};
  }
}

Result<std::vector<http::BoundAddress>> Running::replace(config::Config next) {
  if (auto placed = place_sockets(launch_.passed, next); !placed) {
    return placed.error();
  }
  auto built = Application::build(next, launch_.environment, clock_, log_, {}, now_.get());
  if (!built) {
    return std::move(built).error();
  }
  warn_of_open_listeners(next, log_);
  if (next.process != launch_.config.process || next.log_level != launch_.config.log_level) {
    log_.warn("process and log_level stay as they were at the start: start understudy anew to change them");
  }
  set_next(*std::move(built));
  auto addresses = next_->take_over(*now_);
  std::shared_ptr<Application> over;
  {
    const std::lock_guard lock(mutex_);
    over = std::exchange(next_, nullptr);
    if (addresses) {
      now_.swap(over);
    }
  }
  over->stop(std::chrono::milliseconds(0));
  return addresses ? std::move(addresses) : explain(addresses.error(), launch_.config.process);
}

std::shared_ptr<Application> Running::now() const {
  const std::lock_guard lock(mutex_);
  return now_;
}

void Running::set_next(std::shared_ptr<Application> next) {
  const std::lock_guard lock(mutex_);
  next_ = std::move(next);
  if (is_over_) {
    next_->give_up();
  }
}

void Running::give_up() {
  const std::lock_guard lock(mutex_);
  is_over_ = true;
  for (const auto& one : {now_, next_}) {
    if (one) {
      one->give_up();
    }
  }
}

}  // namespace understudy::app
