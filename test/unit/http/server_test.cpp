#include "understudy/http/server.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <chrono>
#include <memory>
#include <poll.h>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "fakes/fake_clock.hpp"
#include "fakes/fake_handler.hpp"
#include "fakes/raw_socket.hpp"
#include "fakes/recording_log.hpp"

#include <doctest/doctest.h>

using namespace understudy;
using namespace understudy::http;
using namespace std::chrono_literals;
using fakes::RawSocket;

namespace {

const std::string kDate = "Date: Fri, 20 Nov 2026 23:37:24 GMT\r\n";

/// Repeats the request: method, target and body.
Response echo(const Request& request) {
  return {200, {{"X-Peer", request.peer.address}}, request.method + " " + request.target + " " + request.body, {}};
}

struct Running {
  explicit Running(
      fakes::FakeHandler::Function function = [](const Request& r, Patience) { return echo(r); }, Limits limits = {},
      ServerSettings settings = {})
      : handler(std::move(function)), server({{"test", "127.0.0.1", 0, handler, limits}}, settings, log, clock) {
    port = server.start().value().at(0).port;
  }

  [[nodiscard]] RawSocket connect() const { return RawSocket::connect_to(port); }
  /// Sends the bytes and gives everything that comes back until the server closes.
  [[nodiscard]] std::string talk(std::string_view bytes) const {
    const auto client = connect();
    client.send(bytes);
    client.finish_sending();
    return client.receive_all();
  }

  fakes::RecordingLog log;
  fakes::FakeClock clock;
  fakes::FakeHandler handler;
  Server server;
  std::uint16_t port = 0;
};

std::string status_line(const std::string& answer) { return answer.substr(0, answer.find("\r\n")); }

}  // namespace

TEST_CASE("a request is answered with exactly these bytes") {
  const Running running;
  CHECK(running.talk("GET /latest//meta-data?x=1 HTTP/1.1\r\nHost: a\r\n\r\n") ==
        "HTTP/1.1 200 OK\r\nX-Peer: 127.0.0.1\r\nContent-Length: 27\r\n" + kDate + "\r\nGET /latest//meta-data?x=1 ");
}

TEST_CASE("the handler sees the message as it was on the wire") {
  Running running;
  const auto client = running.connect();
  client.send("POST /a%2Fb?c HTTP/1.1\r\nhost: h:1\r\nX-Two: 1\r\nX-Two:  2 \r\nContent-Length: 3\r\n\r\nabc");
  client.receive_until("abc");
  const auto requests = running.handler.requests();
  REQUIRE(requests.size() == 1);
  CHECK(requests[0].method == "POST");
  CHECK(requests[0].target == "/a%2Fb?c");
  CHECK(requests[0].body == "abc");
  CHECK(requests[0].headers == Headers{{"host", "h:1"}, {"X-Two", "1"}, {"X-Two", "2"}, {"Content-Length", "3"}});
  CHECK(requests[0].peer.address == "127.0.0.1");
  CHECK(requests[0].peer.port > 0);
}

TEST_CASE("three pipelined requests are answered in order on one connection") {
  const Running running;
  const auto answers = running.talk(
      "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n"
      "POST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nxy"
      "GET /3 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  const auto first = answers.find("GET /1 ");
  const auto second = answers.find("POST /2 xy");
  const auto third = answers.find("GET /3 ");
  CHECK(first < second);
  CHECK(second < third);
  CHECK(third != std::string::npos);
  CHECK(answers.find("Connection: close") > second);
}

TEST_CASE("an answer waits for no more than the request needs") {
  // The client keeps its side open: a server that waited for a body would not answer.
  const Running running;
  struct Row {
    const char* request;
    const char* end;
  };
  const std::vector<Row> rows{
      {"PUT /latest/api/token HTTP/1.1\r\nHost: a\r\n\r\n", "PUT /latest/api/token "},
      {"PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", "PUT / "},
      {"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "GET / "},
      {"OPTIONS / HTTP/1.1\r\nHost: a\r\n\r\n", "OPTIONS / "},
  };
  for (const auto& row : rows) {
    CAPTURE(row.request);
    const auto client = running.connect();
    client.send(row.request);
    CHECK(client.receive_until(row.end).ends_with(row.end));
  }
}

TEST_CASE("a listener's text stands in its 400 alone, and the connection closes") {
  fakes::RecordingLog log;
  const fakes::FakeClock clock;
  fakes::FakeHandler handler([](const Request& r, Patience) { return echo(r); });
  Server server({{"test", "127.0.0.1", 0, handler, {}, nullptr, "no HTTP"}}, {}, log, clock);
  const auto port = server.start().value().at(0).port;
  const auto answer_to = [&](const char* request) {
    const auto client = RawSocket::connect_to(port);
    client.send(request);
    return client.receive_all();
  };
  CHECK(answer_to("GET / HTTP/1.1\r\nHost: a\r\nX: a\nb: c\r\n\r\n") ==
        "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 7\r\n" + kDate +
            "Connection: close\r\n\r\nno HTTP");
  CHECK(answer_to("GET / HTTP/1.1\r\nHost: a\r\nExpect: wonders\r\n\r\n").ends_with("\r\n\r\n"));
}

TEST_CASE("a HEAD is answered with the length and without the body") {
  const Running running;
  const auto answer = running.talk("HEAD /x HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(answer.find("Content-Length: 8\r\n") != std::string::npos);
  CHECK(answer.ends_with("\r\n\r\n"));
}

TEST_CASE("HTTP/1.0 closes unless it asks to keep the connection") {
  const Running running;
  const auto once = running.connect();
  once.send("GET / HTTP/1.0\r\n\r\n");
  CHECK(once.receive_all().find("Connection: close\r\n") != std::string::npos);

  const auto twice = running.connect();
  twice.send("GET /1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  CHECK(twice.receive_until("GET /1 ").find("Connection: keep-alive\r\n") != std::string::npos);
  twice.send("GET /2 HTTP/1.0\r\n\r\n");
  CHECK(twice.receive_all().find("GET /2 ") != std::string::npos);
}

TEST_CASE("a client that expects to be told goes on when it is told") {
  const Running running;
  const auto client = running.connect();
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
  CHECK(client.receive_until("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("body");
  CHECK(client.receive_until("POST / body").ends_with("POST / body"));
}

TEST_CASE("what is not a request of this protocol never reaches the handler") {
  Running running;
  struct Row {
    const char* why;
    std::string bytes;
    const char* status;
  };
  const std::string start = "GET / HTTP/1.1\r\nHost: a\r\n";
  std::string many = start;
  for (int i = 0; i < 64; ++i) {
    many += "X: 1\r\n";
  }
  std::string large = start;
  for (int i = 0; i < 20; ++i) {
    large += "X-" + std::to_string(i) + ": " + std::string(1000, 'a') + "\r\n";
  }
  const std::vector<Row> rows{
      {"chunked and a length", start + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", "400"},
      {"chunked", start + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "411"},
      {"two lengths", start + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab", "400"},
      {"a signed length", start + "Content-Length: +5\r\n\r\nabcde", "400"},
      {"a bare LF", "GET / HTTP/1.1\nHost: a\n\n", "400"},
      {"a folded field", start + "X: a\r\n b\r\n\r\n", "400"},
      {"a blank before the colon", start + "Name : a\r\n\r\n", "400"},
      {"a field without a colon", start + "Name\r\n\r\n", "400"},
      {"a NUL", start + std::string("X: a\0b\r\n\r\n", 10), "400"},
      {"a lone CR", start + "X: a\rb\r\n\r\n", "400"},
      {"65 fields", many + "\r\n", "431"},
      {"a head of 20 kB", large + "\r\n", "431"},
      {"a long line", "GET /" + std::string(9000, 'a') + " HTTP/1.1\r\n\r\n", "414"},
      {"the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "505"},
      {"a TLS hello", std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11), "400"},
      {"HTTP/0.9", "GET /\r\n\r\n", "400"},
      {"no Host", "GET / HTTP/1.1\r\n\r\n", "400"},
      {"two Hosts", start + "Host: b\r\n\r\n", "400"},
      {"an absolute target", "GET http://evil.example/ HTTP/1.1\r\nHost: a\r\n\r\n", "400"},
      {"a body over the limit", start + "Content-Length: 65537\r\n\r\n", "413"},
      {"another expectation", start + "Expect: tea\r\n\r\n", "417"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.why);
    const auto answer = running.talk(row.bytes);
    CHECK(status_line(answer).substr(0, 12) == std::string("HTTP/1.1 ") + row.status);
    CHECK(answer.find("Connection: close\r\n") != std::string::npos);
    CHECK(answer.find("Content-Length: 0\r\n") != std::string::npos);
    CHECK(answer.ends_with("\r\n\r\n"));
  }
  CHECK(running.handler.requests().empty());
  CHECK(running.log.contains("test: a request from 127.0.0.1 is refused with 4"));
}

TEST_CASE("a request hidden behind a refused one is not answered") {
  Running running;
  const auto answer = running.talk(
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"
      "GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(status_line(answer) == "HTTP/1.1 400 Bad Request");
  CHECK(answer.find("HTTP/1.1", 8) == std::string::npos);
  CHECK(running.handler.requests().empty());
}

TEST_CASE("a body arrives whole up to the limit") {
  const Running running;
  const std::string body(64 * 1024, 'b');
  const auto answer =
      running.talk("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  CHECK(answer.ends_with("POST / " + body));
}

TEST_CASE("a large answer reaches a client that reads it late") {
  const auto body = std::make_shared<const std::string>(8 * 1024 * 1024, 'z');
  const Running running([&](const Request&, Patience) { return Response{200, {}, Body(body), {}}; });
  const auto answer = running.talk("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(answer.size() > body->size());
  CHECK(answer.ends_with(std::string("\r\n\r\n") + *body));
}

TEST_CASE("an exception of a handler is an empty 500 and one line, and the connection goes on") {
  Running running([](const Request& request, Patience) -> Answer {
    if (request.target == "/bad") {
      throw std::runtime_error("a bug\r\nwith lines");
    }
    if (request.target == "/split") {
      return Response{200, {{"X", "a\r\nb"}}, "secret", {}};
    }
    return echo(request);
  });
  const auto answers = running.talk(
      "GET /bad HTTP/1.1\r\nHost: a\r\n\r\n"
      "GET /split HTTP/1.1\r\nHost: a\r\n\r\n"
      "GET /good HTTP/1.1\r\nHost: a\r\n\r\n");
  const auto fault = "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n" + kDate + "\r\n";
  CHECK(answers.starts_with(fault + fault + "HTTP/1.1 200 OK"));
  CHECK(running.log.count(LogLevel::kError, "a bug") == 1);
  CHECK_FALSE(running.log.contains("\n"));
  CHECK_FALSE(running.log.contains("secret"));
}

TEST_CASE("the hop limit holds for the answer that asks for it and not for the next") {
  const Running running([](const Request& request, Patience) {
    auto response = echo(request);
    if (request.target == "/near") {
      response.hop_limit = 3;
    }
    return response;
  });
  const auto client = running.connect();
  const auto drop_packets_under = [&](int hops) {
    REQUIRE(::setsockopt(client.fd(), IPPROTO_IP, IP_MINTTL, &hops, sizeof hops) == 0);
  };
  drop_packets_under(4);
  client.send("GET /near HTTP/1.1\r\nHost: a\r\n\r\n");
  pollfd readable{client.fd(), POLLIN, 0};
  CHECK(::poll(&readable, 1, 100) == 0);
  drop_packets_under(3);
  CHECK(client.receive_until("GET /near ").ends_with("GET /near "));
  drop_packets_under(4);
  client.send("GET /far HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(client.receive_until("GET /far ").ends_with("GET /far "));
}

TEST_CASE("IPv6 is served, and a mapped address is told as IPv4") {
  fakes::FakeHandler handler([](const Request& r, Patience) { return echo(r); });
  fakes::RecordingLog log;
  fakes::FakeClock clock;
  Server server({{"six", "::", 0, handler}}, {}, log, clock);
  const auto bound = server.start();
  if (!bound) {
    MESSAGE("no IPv6 here: " << bound.error().message);
    return;
  }
  const auto client = RawSocket::connect_to((*bound)[0].port);
  client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(client.receive_until("GET / ").find("X-Peer: 127.0.0.1\r\n") != std::string::npos);
}
