#include "understudy/app/signals.hpp"

#include <signal.h>
#include <unistd.h>

#include <atomic>

#include <doctest/doctest.h>

namespace understudy::app {
namespace {

TEST_CASE("SIGINT and SIGTERM are the end, once, also where they came before") {
  hold_back_signals();
  for (const int number : {SIGINT, SIGTERM}) {
    CAPTURE(number);
    std::atomic<int> calls = 0;
    {
      kill(getpid(), number);
      EndSignal end([&] { ++calls; });
      end.wait();
      CHECK(end.has_come());
    }
    CHECK(calls == 1);
  }
}

TEST_CASE("SIGHUP and SIGPIPE are not the end") {
  hold_back_signals();
  std::atomic<int> calls = 0;
  EndSignal end([&] { ++calls; });
  raise(SIGPIPE);
  kill(getpid(), SIGHUP);
  // The kernel gives them out by their numbers, so this one is read after SIGHUP.
  kill(getpid(), SIGTERM);
  end.wait();
  CHECK(calls == 1);
}

TEST_CASE("what is never ended is left without a call") {
  hold_back_signals();
  std::atomic<int> calls = 0;
  {
    const EndSignal end([&] { ++calls; });
    CHECK_FALSE(end.has_come());
  }
  CHECK(calls == 0);
}

}  // namespace
}  // namespace understudy::app
