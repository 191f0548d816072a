#include <sys/resource.h>

#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <poll.h>
#include <string>
#include <thread>
#include <vector>

#include "fakes/fake_clock.hpp"
#include "fakes/fake_handler.hpp"
#include "fakes/raw_socket.hpp"
#include "fakes/recording_log.hpp"
#include "understudy/http/server.hpp"

#include <doctest/doctest.h>

using namespace understudy;
using namespace understudy::http;
using namespace std::chrono_literals;
using fakes::RawSocket;

namespace {

const std::string kGet = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

Response plain(std::string body) { return {200, {}, std::move(body), {}}; }

struct Running {
  explicit Running(fakes::FakeHandler::Function function, Limits limits = {}, ServerSettings settings = {})
      : handler(std::move(function)), server({{"test", "127.0.0.1", 0, handler, limits}}, settings, log, clock) {
    port = server.start().value().at(0).port;
  }
  [[nodiscard]] RawSocket connect() const { return RawSocket::connect_to(port); }

  fakes::RecordingLog log;
  fakes::FakeClock clock;
  fakes::FakeHandler handler;
  Server server;
  std::uint16_t port = 0;
};

Answer answer_plain(const Request& /*request*/, Patience /*patience*/) { return plain("here"); }

auto defer_on(std::shared_ptr<fakes::FakeDeferred> deferred) {
  return [deferred](const Request&, Patience patience) -> Answer {
    if (patience == Patience::kMayWait) {
      return deferred;
    }
    return plain("at last");
  };
}

std::chrono::milliseconds time_of(const std::function<void()>& action) {
  const auto start = std::chrono::steady_clock::now();
  action();
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start);
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

TEST_CASE("a second server on the port is told what to do, and the first goes on alone") {
  const Running running(answer_plain);
  fakes::RecordingLog log;
  fakes::FakeClock clock;
  fakes::FakeHandler handler(answer_plain);
  Server second({{"other", "127.0.0.1", 0, handler}, {"imds", "127.0.0.1", running.port, handler}}, {}, log, clock);
  const auto bound = second.start();
  REQUIRE_FALSE(bound);
  CHECK(bound.error().code == "AddressInUse");
  CHECK(bound.error().kind == Error::Kind::kUnavailable);
  const auto address = "127.0.0.1:" + std::to_string(running.port);
  CHECK(bound.error().message.starts_with("imds can not listen on " + address));
  CHECK(bound.error().message.find("choose another port") != std::string::npos);
  for (int i = 0; i < 8; ++i) {
    const auto client = running.connect();
    client.send(kGet);
    CHECK(client.receive_until("here").ends_with("here"));
  }
}

TEST_CASE("addresses that can not be had are explained") {
  struct Row {
    std::string address;
    std::string code;
    std::string advice;
  };
  const std::vector<Row> rows{
      {"localhost", "BadAddress", "write one such as 127.0.0.1"},
      {"192.0.2.77", "AddressNotAvailable", "ip address add 192.0.2.77 dev lo"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.address);
    fakes::RecordingLog log;
    fakes::FakeClock clock;
    fakes::FakeHandler handler(answer_plain);
    Server server({{"imds", row.address, 0, handler}}, {}, log, clock);
    const auto bound = server.start();
    REQUIRE_FALSE(bound);
    CHECK(bound.error().code == row.code);
    CHECK(bound.error().message.find(row.advice) != std::string::npos);
  }
}

TEST_CASE("every listener has its own handler, and every thread its acceptor") {
  fakes::RecordingLog log;
  fakes::FakeClock clock;
  fakes::FakeHandler one([](const Request&, Patience) { return plain("one"); });
  fakes::FakeHandler two([](const Request&, Patience) { return plain("two"); });
  Server server({{"a", "127.0.0.1", 0, one}, {"b", "127.0.0.1", 0, two}}, {4, 100}, log, clock);
  const auto bound = server.start().value();
  REQUIRE(bound.size() == 2);
  CHECK(bound[0].name == "a");
  CHECK(bound[0].address == "127.0.0.1");
  CHECK(bound[0].port != bound[1].port);
  for (int i = 0; i < 32; ++i) {
    const auto client = RawSocket::connect_to(bound[static_cast<std::size_t>(i % 2)].port);
    client.send(kGet);
    const std::string expected = i % 2 == 0 ? "one" : "two";
    CHECK(client.receive_until(expected).ends_with(expected));
  }
}

TEST_CASE("over the cap the connection that waits longest goes, and the new one is served") {
  Running running(answer_plain, {}, {1, 3});
  std::vector<RawSocket> clients;
  for (int i = 0; i < 3; ++i) {
    clients.push_back(running.connect());
    clients.back().send(kGet);
    CHECK(clients.back().receive_until("here").ends_with("here"));
  }
  const auto fresh = running.connect();
  fresh.send(kGet);
  CHECK(fresh.receive_until("here").ends_with("here"));
  CHECK(clients[0].receive_all().empty());
  clients[2].send(kGet);
  CHECK(clients[2].receive_until("here").ends_with("here"));
  CHECK(running.log.count(LogLevel::kWarning, "more than 3 connections") == 1);
}

TEST_CASE("without file descriptors it neither spins nor fills the log, and recovers") {
  Running running(answer_plain, {}, {1, 100});
  std::vector<RawSocket> held;
  for (int i = 0; i < 4; ++i) {
    held.push_back(running.connect());
    held.back().send(kGet);
    held.back().receive_until("here");
  }
  // Sockets of ours made before the limit falls can connect after it; the server can not accept them.
  std::vector<RawSocket> fresh;
  for (int i = 0; i < 3; ++i) {
    fresh.emplace_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  }
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
  const rlimit none{3, before.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
  const auto address = RawSocket::loopback(running.port);
  for (const auto& client : fresh) {
    ::connect(client.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
    client.send(kGet);
  }
  // It closes those that wait to get descriptors back: their ends show that it has met the limit.
  CHECK(held[0].receive_all().empty());
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
  for (const auto& client : fresh) {
    CHECK(client.receive_until("here").ends_with("here"));
  }
  CHECK(running.log.count(LogLevel::kWarning, "no new connection for now") == 1);
}
