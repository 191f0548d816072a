#include "understudy/base/pause.hpp"

#include <thread>

#include <doctest/doctest.h>

namespace understudy {
namespace {

TEST_CASE("a pause ends by itself after its time") {
  InterruptiblePause pause;
  CHECK(pause.wait(std::chrono::milliseconds(0)));
  CHECK(pause.wait(std::chrono::milliseconds(1)));
}

TEST_CASE("an interrupted pause ends at once, and so does every later one") {
  InterruptiblePause pause;
  std::thread waiter([&] { CHECK_FALSE(pause.wait(std::chrono::hours(1))); });
  pause.interrupt();
  waiter.join();
  CHECK_FALSE(pause.wait(std::chrono::hours(1)));
}

}  // namespace
}  // namespace understudy
