#include <algorithm>
#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "fakes/running_server.hpp"
#include "fakes/sanitizer.hpp"
#include "fakes/tls_greeter.hpp"
#include "tls_serving.hpp"
#include "understudy/http/handshakes.hpp"

#include <doctest/doctest.h>

using namespace understudy;
using namespace understudy::http;
using namespace std::chrono_literals;
using fakes::answer_plain;
using fakes::kGet;
using fakes::plain;
using fakes::RawSocket;
using fakes::TlsGreeter;
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
std::uint64_t evicted(const TlsServing& running) { return running.server.traffic().at(0).evicted; }

/// Room for that many handshakes at a time.
ServerSettings places(std::size_t count) { return bounded(count * kHandshakeBytes); }

bool is_served_over_tls(const TlsServing& running) {
  const auto client = running.connect();
  return client.is_connected() && client.send(kGet) && client.receive_until("here").ends_with("here");
}

std::vector<TlsGreeter> greeters(const TlsServing& running, int count, const char* source = nullptr) {
  std::vector<TlsGreeter> made;
  for (int i = 0; i < count; ++i) {
    made.emplace_back(running.bound.port, source);
  }
  return made;
}

/// How many of them the server has answered, or closed.
auto count_told(const std::vector<TlsGreeter>& clients) {
  return std::ranges::count_if(clients, [](const auto& each) { return each.socket().is_told_within(0ms); });
}

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

TEST_CASE("over TLS half-sent greetings are bounded together as half-sent heads are") {
  const TlsServing running(answer_plain, unhurried(), bounded(128 * 1024));
  std::vector<RawSocket> senders;
  for (int i = 0; i < 24; ++i) {
    senders.push_back(running.connect_plainly());
    senders.back().send("\x16\x03\x01\x3f\xf0\x01" + std::string(1, '\0') + "\x3f\xec" + std::string(15'000, 'x'));
  }
  CHECK(senders.front().receive_all().empty());
  CHECK(is_served_over_tls(running));
}

TEST_CASE("who has not said its greeting takes no handshake's place") {
  const TlsServing running(answer_plain, unhurried(), places(2));
  std::vector<RawSocket> clients;
  for (int i = 0; i < 40; ++i) {
    clients.push_back(running.connect_plainly());
    clients.back().send(std::string("\x16\x03\x01").substr(0, static_cast<std::size_t>(i % 4)));
  }
  CHECK(is_served_over_tls(running));
  CHECK(evicted(running) == 0);
}

TEST_CASE("no more handshakes are under way at a time than there is room for") {
  TlsServing running(answer_plain, unhurried(), places(3));
  auto clients = greeters(running, 12);
  CHECK(std::all_of(clients.begin(), clients.begin() + 3,
                    [](const auto& each) { return each.socket().is_told_within(10s); }));
  // Each waits for a turn of the thread, which would answer the others.
  for (int i = 0; i < 10; ++i) {
    REQUIRE(running.server.responds(10s));
  }
  CHECK(count_told(clients) == 3);
  finish_all(clients, kGet, "here");
  CHECK(std::ranges::all_of(clients, [](const auto& each) { return each.answer().ends_with("here"); }));
  CHECK(evicted(running) == 0);
}

TEST_CASE("a fleet that greets at one moment is served to the last, though few have room at a time") {
  const int count = fakes::kIsSanitized ? 100 : 300;
  const TlsServing running(answer_plain, unhurried(), {1, 2000, 8 * kHandshakeBytes, {}});
  auto clients = greeters(running, count);
  finish_all(clients, kGet, "here");
  CHECK(std::ranges::count_if(clients, [](const auto& each) { return each.answer().ends_with("here"); }) == count);
  CHECK(evicted(running) == 0);
}

TEST_CASE("beside a flood that greets and says no more a new client waits for a moment") {
  auto limits = unhurried();
  limits.message = 8s;
  const TlsServing running(answer_plain, limits, places(80));
  const auto flood = greeters(running, 200);
  CHECK(fakes::time_of([&] {
          for (int i = 0; i < 4; ++i) {
            CHECK(is_served_over_tls(running));
          }
        }) < 4s);
  CHECK(running.log.count(LogLevel::kWarning, "more TLS handshakes at a time than 3520 KiB on a thread") >= 1);
}

TEST_CASE("a source that floods with greetings waits for itself, and nobody else for it") {
  auto limits = unhurried();
  limits.message = 8s;
  const TlsServing running(answer_plain, limits, places(16));
  const auto flood = greeters(running, 16, "127.0.0.2");
  std::vector<TlsGreeter> other = greeters(running, 1);
  const auto newer = greeters(running, 20, "127.0.0.2");
  finish_all(other, kGet, "here");
  CHECK(other.front().answer().ends_with("here"));
  CHECK(count_told(flood) + count_told(newer) <= 16);
}

TEST_CASE("who waits for its handshake until its time is over is closed, counted and told of") {
  auto limits = unhurried();
  limits.idle = 300ms;
  TlsServing running(answer_plain, limits, places(1));
  const auto first = greeters(running, 1);
  REQUIRE(first.front().socket().is_told_within(10s));
  const auto second = greeters(running, 1);
  CHECK(second.front().socket().receive_all().empty());
  CHECK(evicted(running) == 1);
  // Its line is there when the thread has its next turn.
  REQUIRE(running.server.responds(10s));
  CHECK(running.log.count(LogLevel::kWarning, "they waited 300 ms for their TLS handshake") == 1);
}
