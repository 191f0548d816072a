#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "fakes/running_server.hpp"

#include <doctest/doctest.h>

using namespace understudy;
using namespace understudy::http;
using namespace std::chrono_literals;
using fakes::answer_plain;
using fakes::kGet;
using fakes::plain;
using fakes::RawSocket;
using fakes::time_of;
using Running = fakes::RunningServer;

namespace {

auto defer_on(std::shared_ptr<fakes::FakeDeferred> deferred) {
  return [deferred](const Request&, Patience patience) -> Answer {
    if (patience == Patience::kMayWait) {
      return deferred;
    }
    return plain("at last");
  };
}

Limits patient() {
  Limits limits;
  limits.deferred = 60s;
  return limits;
}

}  // namespace

TEST_CASE("stopping closes idle connections at once") {
  Running running(answer_plain);
  const auto idle = running.connect();
  idle.send(kGet);
  idle.receive_until("here");
  CHECK(time_of([&] { running.server.stop(60s); }) < 3s);
  CHECK(idle.receive_all().empty());
  CHECK_THROWS(static_cast<void>(running.connect()));
  running.server.stop(60s);
}

TEST_CASE("stopping lets a request under way be answered, and tells its client to close") {
  const auto deferred = std::make_shared<fakes::FakeDeferred>();
  Running running(defer_on(deferred), patient());
  const auto client = running.connect();
  client.send(kGet);
  deferred->await_waiter();
  auto stopped = std::async(std::launch::async, [&] { running.server.stop(60s); });
  // The listener is closed first: once a connection is refused, the stop has begun.
  for (bool accepts = true; accepts;) {
    try {
      static_cast<void>(running.connect());
    } catch (const std::exception&) {
      accepts = false;
    }
  }
  deferred->make_ready();
  const auto answer = client.receive_all();
  CHECK(answer.ends_with("at last"));
  CHECK(answer.find("Connection: close\r\n") != std::string::npos);
  stopped.get();
}

TEST_CASE("stopping ends at its deadline whatever clients do") {
  Limits limits = patient();
  limits.idle = limits.message = limits.write = 60s;
  const auto deferred = std::make_shared<fakes::FakeDeferred>();
  Running running(defer_on(deferred), limits);
  const auto waiting = running.connect();
  waiting.send(kGet);
  deferred->await_waiter();
  std::vector<RawSocket> dripping;
  for (int i = 0; i < 20; ++i) {
    dripping.push_back(running.connect());
    dripping.back().send("GET / HT");
  }
  const auto taken = time_of([&] { running.server.stop(100ms); });
  CHECK(taken >= 100ms);
  CHECK(taken < 3s);
  CHECK(waiting.receive_all().empty());
}

TEST_CASE("stopping answers the requests that the kernel has taken for us and nobody has read") {
  std::promise<void> entered;
  std::promise<void> release;
  auto released = release.get_future().share();
  std::atomic<int> asked{0};
  Running running(
      [&](const Request&, Patience) -> Answer {
        if (asked++ == 0) {
          entered.set_value();
          released.wait();
        }
        return plain("here");
      },
      {}, {.threads = 1});
  const auto kept_alive = running.connect();
  kept_alive.send(kGet);
  entered.get_future().wait();
  // The only thread is busy: these wait in the kernel until it has heard of the end.
  std::vector<RawSocket> late;
  for (int i = 0; i < 20; ++i) {
    late.push_back(running.connect());
    late.back().send(kGet);
  }
  auto stopped = std::async(std::launch::async, [&] { running.server.stop(60s); });
  release.set_value();
  for (const auto& client : late) {
    CHECK(client.receive_all().ends_with("here"));
  }
  stopped.get();
}
