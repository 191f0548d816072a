#include "understudy/app/signals.hpp"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>

#include <doctest/doctest.h>

namespace understudy::app {
namespace {

constexpr std::chrono::minutes kLong{10};

TEST_CASE("SIGINT and SIGTERM are the end, once, also where they came before") {
  hold_back_signals();
  for (const int number : {SIGINT, SIGTERM}) {
    CAPTURE(number);
    std::atomic<int> calls = 0;
    {
      kill(getpid(), number);
      EndSignal end([&] { ++calls; });
      CHECK(end.next(kLong) == EndSignal::Event::kEnd);
      CHECK(end.has_come());
    }
    CHECK(calls == 1);
  }
}

TEST_CASE("SIGHUP is the wish for a reload, as another thread may have it, and SIGPIPE is nothing") {
  hold_back_signals();
  std::atomic<int> calls = 0;
  EndSignal end([&] { ++calls; });
  raise(SIGPIPE);
  kill(getpid(), SIGHUP);
  CHECK(end.next(kLong) == EndSignal::Event::kReload);
  end.ask_for_reload();
  end.ask_for_reload();
  CHECK(end.next(kLong) == EndSignal::Event::kReload);
  CHECK(end.next(std::chrono::milliseconds(1)) == EndSignal::Event::kNothing);
  CHECK(calls == 0);
  kill(getpid(), SIGTERM);
  CHECK(end.next(kLong) == EndSignal::Event::kEnd);
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

TEST_CASE("the last resort ends a process that does not end, and nothing that is over") {
  const auto child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    LastResort last_resort;
    last_resort.begin(std::chrono::milliseconds(1));
    last_resort.begin(kLong);
    for (;;) {
      pause();
    }
  }
  int status = -1;
  CHECK(waitpid(child, &status, 0) == child);
  CHECK(status == 0);
  LastResort unused;
  LastResort in_time;
  in_time.begin(kLong);
}

}  // namespace
}  // namespace understudy::app
