#include "understudy/app/service_manager.hpp"

#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
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
  socket_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

ServiceManager::~ServiceManager() {
  if (socket_ >= 0) {
    ::close(socket_);
  }
}

bool ServiceManager::tell(std::string_view lines) const {
  const auto sent = ::sendto(socket_, lines.data(), lines.size(), MSG_NOSIGNAL,
                             reinterpret_cast<const sockaddr*>(&address_), address_size_);
  return !is_set_ || sent == static_cast<ssize_t>(lines.size());
}

std::string ready_note(std::string_view status) { return fmt::format("READY=1\nSTATUS={}\n", status); }

std::string stopping_note(std::string_view status) { return fmt::format("STOPPING=1\nSTATUS={}\n", status); }

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
      manager.tell("WATCHDOG=1\n");
    }
    lock.lock();
    changed_.wait_for(lock, interval / 2, [this] { return is_over_; });
  }
}

}  // namespace understudy::app
