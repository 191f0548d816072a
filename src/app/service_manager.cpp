#include "understudy/app/service_manager.hpp"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <system_error>
#include <utility>

#include "understudy/base/text.hpp"

namespace understudy::app {

ServiceManager::ServiceManager(const Environment& environment) {
  const auto name = environment.get("NOTIFY_SOCKET").value_or("");
  is_set_ = !name.empty();
  const bool is_abstract = name.starts_with('@');
  if ((!is_abstract && !name.starts_with('/')) || name.size() >= sizeof address_.sun_path) {
    return;
  }
  address_.sun_family = AF_UNIX;
  std::ranges::copy(name, address_.sun_path);
  if (is_abstract) {
    address_.sun_path[0] = '\0';
  }
  // An abstract name ends where the address does, a path at its zero.
  address_size_ = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size() + (is_abstract ? 0 : 1));
  socket_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  // Its queue is full for moments when many services start.
  const timeval limit{5, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

ServiceManager::~ServiceManager() {
  if (socket_ >= 0) {
    ::close(socket_);
  }
}

Result<void> ServiceManager::tell(std::string_view lines) const {
  if (!is_set_) {
    return {};
  }
  const auto failure = [](std::string_view why) {
    return Error{Error::Kind::kUnavailable, "NotifyError", fmt::format("can not send to its socket: {}", why)};
  };
  if (socket_ < 0) {
    return failure("it is no path and no @name that fits into a socket's address");
  }
  return send(lines, 0) ? Result<void>() : failure(std::generic_category().message(errno));
}

void ServiceManager::mention(std::string_view lines) const { static_cast<void>(send(lines, MSG_DONTWAIT)); }

bool ServiceManager::send(std::string_view lines, int flags) const {
  ssize_t sent = 0;
  do {
    sent = ::sendto(socket_, lines.data(), lines.size(), flags | MSG_NOSIGNAL,
                    reinterpret_cast<const sockaddr*>(&address_), address_size_);
  } while (sent < 0 && errno == EINTR);
  return sent >= 0;
}

std::string ready_note(std::string_view status) { return fmt::format("READY=1\nSTATUS={}\n", status); }

std::string stopping_note(std::string_view status) { return fmt::format("STOPPING=1\nSTATUS={}\n", status); }

std::string reloading_note(std::chrono::microseconds monotonic) {
  return fmt::format("RELOADING=1\nMONOTONIC_USEC={}\n", monotonic.count());
}

std::optional<std::chrono::microseconds> watchdog_interval(const Environment& environment, pid_t self) {
  const auto owner = environment.get("WATCHDOG_PID");
  const auto interval = parse_decimal(environment.get("WATCHDOG_USEC").value_or(""));
  const bool is_ours = !owner || *owner == std::to_string(self);
  if (!is_ours || !interval || *interval == 0) {
    return std::nullopt;
  }
  return std::chrono::microseconds(*interval);
}

Watchdog::Watchdog(const ServiceManager& manager, std::optional<std::chrono::microseconds> interval,
                   std::function<bool()> is_well) {
  if (interval) {
    thread_ =
        std::thread([this, &manager, interval, is_well = std::move(is_well)] { work(manager, *interval, is_well); });
  }
}

Watchdog::~Watchdog() {
  {
    const std::lock_guard lock(mutex_);
    is_over_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) {
    thread_.join();
  }
}

void Watchdog::work(const ServiceManager& manager, std::chrono::microseconds interval,
                    const std::function<bool()>& is_well) {
  std::unique_lock lock(mutex_);
  while (!is_over_) {
    lock.unlock();
    if (is_well()) {
      manager.mention("WATCHDOG=1\n");
    }
    lock.lock();
    changed_.wait_for(lock, interval / 2, [this] { return is_over_; });
  }
}

}  // namespace understudy::app
