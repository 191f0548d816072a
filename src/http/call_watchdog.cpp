#include "call_watchdog.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace understudy::http {
namespace {

Descriptor open_nothing() {
  Descriptor nothing(::open("/dev/null", O_RDWR | O_CLOEXEC));
  if (nothing.get() < 0) {
    throw std::system_error(errno, std::generic_category(), "/dev/null can not be opened");
  }
  return nothing;
}

}  // namespace

CallWatchdog::Call::Call(CallWatchdog& watchdog, std::chrono::milliseconds total)
    : watchdog_(watchdog), deadline_(std::chrono::steady_clock::now() + total) {
  const std::lock_guard lock(watchdog_.mutex_);
  end_ = watchdog_.is_stopped_ ? End::kStopped : End::kNone;
  watchdog_.calls_.push_back(this);
  watchdog_.changed_.notify_one();
}

CallWatchdog::Call::~Call() {
  const std::lock_guard lock(watchdog_.mutex_);
  std::erase(watchdog_.calls_, this);
  forget_socket();
}

void CallWatchdog::Call::watch(int socket) {
  const std::lock_guard lock(watchdog_.mutex_);
  forget_socket();
  if (end_ == End::kNone) {
    duplicate_ = ::fcntl(socket, F_DUPFD_CLOEXEC, 0);
    end_ = duplicate_ >= 0 ? End::kNone : End::kNoDescriptor;
  }
  if (end_ != End::kNone) {
    watchdog_.make_useless(socket);
  }
}

CallWatchdog::End CallWatchdog::Call::end() const {
  const std::lock_guard lock(watchdog_.mutex_);
  return end_;
}

void CallWatchdog::Call::forget_socket() {
  if (duplicate_ >= 0) {
    ::close(duplicate_);
    duplicate_ = -1;
  }
}

CallWatchdog::CallWatchdog() : nothing_(open_nothing()), thread_([this] { run(); }) {}

CallWatchdog::~CallWatchdog() {
  {
    const std::lock_guard lock(mutex_);
    is_leaving_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void CallWatchdog::stop_all() {
  const std::lock_guard lock(mutex_);
  is_stopped_ = true;
  for (auto* const call : calls_) {
    finish(*call, End::kStopped);
  }
}

void CallWatchdog::run() {
  std::unique_lock lock(mutex_);
  while (!is_leaving_) {
    auto next = std::chrono::steady_clock::time_point::max();
    const auto now = std::chrono::steady_clock::now();
    for (auto* const call : calls_) {
      if (call->end_ == End::kNone && now >= call->deadline_) {
        finish(*call, End::kTimeout);
      }
      next = call->end_ == End::kNone ? std::min(next, call->deadline_) : next;
    }
    if (next == std::chrono::steady_clock::time_point::max()) {
      changed_.wait(lock);
    } else {
      changed_.wait_until(lock, next);
    }
  }
}

void CallWatchdog::make_useless(int socket) const {
  if (::dup3(nothing_.get(), socket, O_CLOEXEC) < 0) {
    ::shutdown(socket, SHUT_RDWR);
  }
}

void CallWatchdog::finish(Call& call, End end) {
  if (call.end_ != End::kNone) {
    return;
  }
  call.end_ = end;
  if (call.duplicate_ >= 0) {
    ::shutdown(call.duplicate_, SHUT_RDWR);
  }
}

}  // namespace understudy::http
