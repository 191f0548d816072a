#include "understudy/app/signals.hpp"

#include <signal.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <poll.h>
#include <system_error>
#include <utility>

namespace understudy::app {
namespace {

sigset_t held_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
    sigaddset(&set, number);
  }
  return set;
}

int open_signals() {
  const auto set = held_signals();
  return ::signalfd(-1, &set, SFD_CLOEXEC);
}

}  // namespace

void hold_back_signals() {
  const auto set = held_signals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  signal(SIGPIPE, SIG_IGN);
}

EndSignal::EndSignal(std::function<void()> on_end) : signals_(open_signals()), leave_(::eventfd(0, EFD_CLOEXEC)) {
  if (signals_ < 0 || leave_ < 0) {
    throw std::system_error(errno, std::generic_category(), "can not wait for signals");
  }
  thread_ = std::thread([this, on_end = std::move(on_end)] { watch(on_end); });
}

EndSignal::~EndSignal() {
  ::eventfd_write(leave_, 1);
  thread_.join();
  ::close(leave_);
  ::close(signals_);
}

bool EndSignal::has_come() const {
  const std::lock_guard lock(mutex_);
  return has_come_;
}

EndSignal::Event EndSignal::next(std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, patience, [this] { return has_come_ || wants_reload_; });
  if (has_come_) {
    return Event::kEnd;
  }
  return std::exchange(wants_reload_, false) ? Event::kReload : Event::kNothing;
}

void EndSignal::ask_for_reload() {
  const std::lock_guard lock(mutex_);
  wants_reload_ = true;
  changed_.notify_all();
}

void EndSignal::watch(const std::function<void()>& on_end) {
  std::array<pollfd, 2> both{{{signals_, POLLIN, 0}, {leave_, POLLIN, 0}}};
  signalfd_siginfo signal{};
  while (signal.ssi_signo != SIGINT && signal.ssi_signo != SIGTERM) {
    const int ready = ::poll(both.data(), both.size(), -1);
    if (ready > 0 && both[1].revents != 0) {
      return;
    }
    if (ready <= 0 || ::read(signals_, &signal, sizeof signal) != sizeof signal) {
      signal = {};
    }
    if (signal.ssi_signo == SIGHUP) {
      ask_for_reload();
    }
  }
  on_end();
  const std::lock_guard lock(mutex_);
  has_come_ = true;
  changed_.notify_all();
}

LastResort::LastResort() : thread_([this] { work(); }) {}

LastResort::~LastResort() {
  {
    const std::lock_guard lock(mutex_);
    is_over_ = true;
    changed_.notify_all();
  }
  thread_.join();
}

void LastResort::begin(std::chrono::milliseconds patience) {
  const std::lock_guard lock(mutex_);
  if (!end_) {
    end_ = std::chrono::steady_clock::now() + patience;
    changed_.notify_all();
  }
}

void LastResort::work() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return is_over_ || end_; });
  if (end_ && !changed_.wait_until(lock, *end_, [this] { return is_over_; })) {
    _exit(0);
  }
}

}  // namespace understudy::app
