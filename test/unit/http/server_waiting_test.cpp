#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <poll.h>
#include <string>
#include <thread>
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

TEST_CASE("a deferred answer comes when it is woken from another thread") {
  const auto deferred = std::make_shared<fakes::FakeDeferred>();
  const Running running(defer_on(deferred), patient());
  const auto client = running.connect();
  client.send(kGet + kGet);
  deferred->await_waiter();
  deferred->make_ready();
  const auto first = client.receive_until("at last");
  CHECK(first.find("at last") != std::string::npos);
}

TEST_CASE("what is ready already is woken from within and answered at once") {
  const auto deferred = std::make_shared<fakes::FakeDeferred>();
  deferred->make_ready();
  const Running running(defer_on(deferred), patient());
  const auto client = running.connect();
  client.send(kGet);
  CHECK(client.receive_until("at last").ends_with("at last"));
}

TEST_CASE("what is never ready is asked for its final word when the patience is over") {
  Limits limits;
  limits.deferred = 50ms;
  const auto deferred = std::make_shared<fakes::FakeDeferred>();
  const Running running(defer_on(deferred), limits);
  const auto client = running.connect();
  client.send(kGet);
  CHECK(client.receive_until("at last").ends_with("at last"));
  deferred->make_ready();
}

TEST_CASE("other clients are served while one waits") {
  const auto deferred = std::make_shared<fakes::FakeDeferred>();
  const Running running(
      [&](const Request& request, Patience patience) {
        return request.target == "/" ? defer_on(deferred)(request, patience) : Answer(plain("quick"));
      },
      patient(), {1, 100});
  const auto waiting = running.connect();
  waiting.send(kGet);
  deferred->await_waiter();
  const auto other = running.connect();
  other.send("GET /quick HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(other.receive_until("quick").ends_with("quick"));
  deferred->make_ready();
  CHECK(waiting.receive_until("at last").ends_with("at last"));
}

TEST_CASE("a wake after the connection, and after the server, does no harm") {
  const auto deferred = std::make_shared<fakes::FakeDeferred>();
  {
    Running running(defer_on(deferred), patient());
    {
      const auto client = running.connect();
      client.send(kGet);
      deferred->await_waiter();
    }
    running.server.stop(0ms);
    CHECK(running.handler.requests().size() == 1);
  }
  deferred->make_ready();
}

TEST_CASE("clients that drip are closed at a total, whatever they drip") {
  Limits limits;
  limits.message = 80ms;
  const Running running(answer_plain, limits);
  for (const std::string start :
       {"GET / HTTP/1.1\r\nX: ", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n\r\n"}) {
    CAPTURE(start);
    const auto client = running.connect();
    client.send(start);
    const auto taken = time_of([&] {
      pollfd readable{client.fd(), POLLIN, 0};
      while (::poll(&readable, 1, 10) == 0) {
        client.send("a");
      }
    });
    CHECK(client.receive_all().empty());
    CHECK(taken >= 60ms);
    CHECK(taken < 3s);
  }
}

TEST_CASE("a connection that stays silent is closed, before its first request and after it") {
  Limits limits;
  limits.idle = 60ms;
  const Running running(answer_plain, limits);
  const auto silent = running.connect();
  CHECK(silent.receive_all().empty());
  const auto once = running.connect();
  once.send(kGet);
  CHECK(once.receive_all().ends_with("here"));
}

TEST_CASE("a client that does not read its answer is closed") {
  Limits limits;
  limits.write = 80ms;
  const auto large = std::make_shared<const std::string>(32 * 1024 * 1024, 'z');
  Running running([&](const Request&, Patience) { return Response{200, {}, Body(large), {}}; }, limits);
  const auto client = running.connect();
  client.send(kGet);
  pollfd hung_up{client.fd(), POLLRDHUP, 0};
  CHECK(::poll(&hung_up, 1, 5000) == 1);
  CHECK(client.receive_all().size() < large->size());
}
