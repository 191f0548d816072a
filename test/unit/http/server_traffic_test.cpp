#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "fakes/running_server.hpp"

#include <doctest/doctest.h>

namespace understudy::http {
namespace {

using fakes::kGet;
using fakes::RawSocket;
using fakes::RunningServer;

/// Its one listener's.
Traffic traffic_of(const RunningServer& running) { return running.server.traffic().at(0); }

Answer by_target(const Request& request, Patience /*patience*/) {
  return Response{request.target == "/" ? 200 : 404, {}, "here", {}};
}

std::uint64_t answered_in_time(const Traffic& traffic) {
  std::uint64_t all = 0;
  for (const auto count : traffic.latency.spans) {
    all += count;
  }
  return all;
}

TEST_CASE("answers are counted by their class before their clients have them") {
  RunningServer running(by_target);
  const auto client = running.connect();
  for (std::uint64_t i = 1; i <= 3; ++i) {
    client.send(kGet);
    client.receive_until("here");
    CHECK(traffic_of(running).answers.at(0) == i);
  }
  client.send("GET /not HTTP/1.1\r\nHost: a\r\n\r\n");
  client.receive_until("here");
  const auto traffic = traffic_of(running);
  CHECK(traffic.listener == "test");
  CHECK(traffic.answers == std::array<std::uint64_t, 4>{3, 0, 1, 0});
  CHECK(answered_in_time(traffic) == 4);
  CHECK(traffic.accepted == 1);
  CHECK(traffic.open == 1);
}

TEST_CASE("what is refused by its form is counted by its cause") {
  struct Row {
    std::string bytes;
    std::string_view word;
  };
  const std::string long_line(9000, 'a');
  const std::vector<Row> rows{
      {"GET / HTTP/1.1\n\n", "malformed"},
      {"GET / HTTP/1.1\r\n\r\n", "malformed"},
      {"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", "transfer_encoding"},
      {"PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n", "body_too_long"},
      {"GET /" + long_line, "request_line_too_long"},
      {"GET / HTTP/1.1\r\nHost: a\r\nExpect: more\r\n\r\n", "expectation"},
      {"GET / HTTP/1.1\r\nA: " + long_line, "head_too_long"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.word);
    RunningServer running(fakes::answer_plain);
    const auto client = running.connect();
    client.send(row.bytes);
    client.receive_all();
    const auto traffic = traffic_of(running);
    for (std::size_t i = 0; i < Traffic::kCauses.size(); ++i) {
      CAPTURE(Traffic::kCauses.at(i).word);
      CHECK(traffic.refused.at(i) == (Traffic::kCauses.at(i).word == row.word ? 1U : 0U));
    }
    CHECK(traffic.answers.at(2) + traffic.answers.at(3) == 1);
    CHECK(answered_in_time(traffic) == 0);
  }
}

TEST_CASE("connections are counted while they are open, and those that make room") {
  RunningServer running(fakes::answer_plain, {}, {1, 3});
  std::vector<RawSocket> clients;
  for (int i = 0; i < 4; ++i) {
    clients.push_back(running.connect());
    clients.back().send(kGet);
    clients.back().receive_until("here");
  }
  // It has ended when its client sees the end.
  CHECK(clients[0].receive_all().empty());
  const auto traffic = traffic_of(running);
  CHECK(traffic.accepted == 4);
  CHECK(traffic.evicted == 1);
  running.server.stop(std::chrono::milliseconds(0));
  CHECK(traffic_of(running).open == 0);
}

TEST_CASE("the threads' counts are added up, each listener's for itself") {
  fakes::RecordingLog log;
  fakes::FakeClock clock;
  fakes::FakeHandler handler(fakes::answer_plain);
  Server server({{"one", "127.0.0.1", 0, handler, {}}, {"two", "127.0.0.1", 0, handler, {}}}, {4, 100}, log, clock);
  const auto bound = server.start().value();
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([port = bound.at(0).port] {
      for (int j = 0; j < 25; ++j) {
        const auto client = RawSocket::connect_to(port);
        client.send(kGet);
        client.receive_until("here");
      }
    });
  }
  for (auto& thread : threads) {
    thread.join();
  }
  const auto traffic = server.traffic();
  REQUIRE(traffic.size() == 2);
  CHECK(traffic[0].answers.at(0) == 100);
  CHECK(traffic[0].accepted == 100);
  CHECK(traffic[1].listener == "two");
  CHECK(traffic[1].accepted == 0);
}

}  // namespace
}  // namespace understudy::http
