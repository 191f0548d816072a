#include <chrono>
#include <future>
#include <memory>
#include <poll.h>
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
using Running = fakes::RunningServer;

namespace {

constexpr std::size_t kBody = 60000;
const std::string kHead = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(kBody) + "\r\n\r\n";

/// Nobody ends by time, but by memory alone: `max_buffered` on one thread.
ServerSettings bounded(std::size_t max_buffered) { return {1, 1000, max_buffered, {}}; }

Limits unhurried() {
  Limits limits;
  limits.idle = limits.message = limits.write = limits.deferred = 60s;
  return limits;
}

void send_half(const RawSocket& client) { client.send(kHead + std::string(kBody - 1, 'x')); }

bool is_served(const RawSocket& client) {
  client.send(kGet);
  return client.receive_until("here").ends_with("here");
}

std::uint64_t evicted(Running& running) { return running.server.traffic().at(0).evicted; }

}  // namespace

TEST_CASE("where half-sent bodies take too much the oldest are closed, and who is served goes on") {
  Running running(answer_plain, unhurried(), bounded(512 * 1024));
  const auto idle = running.connect();
  CHECK(is_served(idle));
  std::vector<RawSocket> senders;
  for (int i = 0; i < 24; ++i) {
    senders.push_back(running.connect());
    send_half(senders.back());
    // All of it is there before the next one comes.
    CHECK(is_served(idle));
  }
  CHECK(senders.front().receive_all().empty());
  CHECK(evicted(running) >= 12);
  CHECK(running.log.count(LogLevel::kWarning, "more than 512 KiB on a thread") == 1);
  senders.back().send("x");
  CHECK(senders.back().receive_until("here").ends_with("here"));
  const auto fresh = running.connect();
  CHECK(is_served(fresh));
}

TEST_CASE("who floods with half-sent bodies makes room for others, also for older ones") {
  Running running(answer_plain, unhurried(), bounded(512 * 1024));
  const auto neighbour = RawSocket::connect_to(running.port, "127.0.0.2");
  send_half(neighbour);
  std::vector<RawSocket> flood;
  for (int i = 0; i < 40; ++i) {
    flood.push_back(running.connect());
    send_half(flood.back());
  }
  CHECK(flood.front().receive_all().empty());
  neighbour.send("x");
  CHECK(neighbour.receive_until("here").ends_with("here"));
}

TEST_CASE("half-sent heads are bounded together, too") {
  Running running(answer_plain, unhurried(), bounded(128 * 1024));
  std::vector<RawSocket> senders;
  for (int i = 0; i < 24; ++i) {
    senders.push_back(running.connect());
    senders.back().send("GET / HTTP/1.1\r\nA: " + std::string(8000, 'a') + "\r\nB: " + std::string(7000, 'b'));
  }
  CHECK(senders.front().receive_all().empty());
  CHECK(is_served(running.connect()));
}

TEST_CASE("a request whose answer is under way keeps its memory, and who is still sending is closed") {
  const auto deferred = std::make_shared<fakes::FakeDeferred>();
  const auto length_later = [&](const Request& request, Patience patience) -> Answer {
    if (patience == Patience::kMayWait) {
      return deferred;
    }
    return plain("length " + std::to_string(request.body.size()) + ".");
  };
  Running running(length_later, unhurried(), bounded(140 * 1024));
  const auto first = running.connect();
  first.send(kHead + std::string(kBody, 'x'));
  deferred->await_waiter();
  const auto second = running.connect();
  send_half(second);
  CHECK(second.receive_all().empty());
  deferred->make_ready();
  CHECK(first.receive_until("length 60000.").ends_with("length 60000."));
  CHECK(evicted(running) == 1);
}

TEST_CASE("what a request took is free again with its answer, while its connection stays") {
  Running running(answer_plain, unhurried(), bounded(256 * 1024));
  std::vector<RawSocket> clients;
  for (int i = 0; i < 24; ++i) {
    clients.push_back(running.connect());
    clients.back().send(kHead + std::string(kBody, 'x'));
    CHECK(clients.back().receive_until("here").ends_with("here"));
  }
  for (const auto& client : clients) {
    CHECK(is_served(client));
  }
  CHECK(evicted(running) == 0);
}
