#include "understudy/app/signals.hpp"

#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <thread>

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

}  // namespace

void hold_back_signals() {
  const auto set = held_signals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  signal(SIGPIPE, SIG_IGN);
}

int wait_for_end() {
  const auto set = held_signals();
  for (;;) {
    int number = 0;
    if (sigwait(&set, &number) == 0 && number != SIGHUP) {
      return number;
    }
  }
}

void end_process_after(unsigned seconds) {
  std::thread([seconds] {
    std::this_thread::sleep_for(std::chrono::seconds(seconds));
    _exit(0);
  }).detach();
}

}  // namespace understudy::app
