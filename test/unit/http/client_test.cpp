#include "understudy/http/client.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <poll.h>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "fakes/raw_server.hpp"
#include "fakes/stopwatch.hpp"

#include <doctest/doctest.h>

using namespace understudy;
using namespace understudy::http;
using namespace std::chrono_literals;
using fakes::RawServer;
using fakes::RawSocket;
using fakes::time_of;

namespace {

Url origin_of(const RawServer& server) { return {"http", "127.0.0.1", server.port(), "/"}; }

CallLimits within(std::chrono::milliseconds total) { return {total, total, 1024}; }

Request post(std::string body) {
  Request request;
  request.method = "POST";
  request.target = "/path%2Fa?b=%20c&d";
  request.headers = {{"Host", "sts.example"}, {"Content-Type", "text/x"}, {"X-Amz-Date", "20261120T233724Z"}};
  request.body = std::move(body);
  return request;
}

/// Sends a GET to a server that answers `bytes` and closes.
Result<Response> get_answered(std::string bytes, const CallLimits& limits = within(5s)) {
  const RawServer server(RawServer::answering(std::move(bytes)));
  NetworkClient client({});
  return client.send(origin_of(server), {}, limits);
}

std::string code_of(const Result<Response>& result) { return result ? "a response" : result.error().code; }

std::string cut_line(std::string text, const std::string& start) {
  const auto at = text.find("\r\n" + start);
  return at == std::string::npos ? text : text.erase(at, text.find("\r\n", at + 2) - at);
}

}  // namespace

TEST_CASE("a request whose head would break its lines is not sent") {
  const RawServer server(RawServer::answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
  NetworkClient client({});
  const auto send = [&](const std::string& target, const std::string& name, const std::string& value) {
    Request request;
    request.target = target;
    request.headers = {{name, value}};
    return code_of(client.send(origin_of(server), request, within(5s)));
  };
  for (const auto& bad : std::vector<std::string>{"a\r\nb", "a\nb", "\x1f", "\x7f", std::string(1, '\0')}) {
    CHECK(send("/" + bad, "Name", "value") == "BadRequest");
    CHECK(send("/", "Name" + bad, "value") == "BadRequest");
    CHECK(send("/", "Name", "value" + bad) == "BadRequest");
  }
  CHECK(send("/\t", "Name", "value") == "BadRequest");
  CHECK(server.connections() == 0);
  CHECK(send("/", "Name", "one\ttwo \xC3\xA4") == "a response");
}

TEST_CASE("a request goes out with its own target, fields and body") {
  std::promise<std::string> seen;
  const RawServer server([&](RawSocket& peer) {
    seen.set_value(peer.receive_until("a=1"));
    peer.send("HTTP/1.1 200 OK\r\nX-A: b\r\nContent-Length: 2\r\n\r\nok");
  });
  NetworkClient client({});
  const auto response = client.send(origin_of(server), post("a=1"), within(5s));
  REQUIRE(response);
  CHECK(response->status == 200);
  CHECK(response->body.view() == "ok");
  CHECK(response->headers.get("x-a") == "b");

  auto bytes = seen.get_future().get();
  CHECK(bytes.starts_with("POST /path%2Fa?b="));
  CHECK(bytes.find("Host: sts.example\r\n") != std::string::npos);
  CHECK(bytes.find("Content-Type: text/x\r\n") != std::string::npos);
  CHECK(bytes.find("X-Amz-Date: 20261120T233724Z\r\n") != std::string::npos);
  CHECK(bytes.find("Content-Length: 3\r\n") != std::string::npos);
  CHECK(bytes.find("Connection: close\r\n") != std::string::npos);
  CHECK(bytes.find("Accept-Encoding") == std::string::npos);
  CHECK(bytes.ends_with("\r\n\r\na=1"));
  // Releases of the library before 0.18 can not be kept from adding these two.
  bytes = cut_line(cut_line(bytes, "Accept: */*"), "User-Agent: cpp-httplib/");
  CHECK(std::count(bytes.begin(), bytes.end(), '\n') == 7);
}

TEST_CASE("a long body is sent with its head, and waits for no leave") {
  std::promise<std::string> seen;
  const RawServer server([&](RawSocket& peer) {
    seen.set_value(peer.receive_until("the end"));
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  });
  NetworkClient client({});
  const auto taken =
      time_of([&] { CHECK(client.send(origin_of(server), post(std::string(100000, 'a') + "the end"), within(5s))); });
  CHECK(seen.get_future().get().find("Expect") == std::string::npos);
  CHECK(taken < 800ms);
}

TEST_CASE("a host the request does not name is the origin's, and an empty body has a length where it needs one") {
  std::promise<std::string> seen;
  const RawServer server([&](RawSocket& peer) {
    seen.set_value(peer.receive_until("\r\n\r\n"));
    peer.send("HTTP/1.1 204 No Content\r\n\r\n");
  });
  NetworkClient client({});
  Request request;
  request.method = "PUT";
  const auto response = client.send(origin_of(server), request, within(5s));
  REQUIRE(response);
  CHECK(response->status == 204);
  const auto bytes = seen.get_future().get();
  CHECK(bytes.find("Host: 127.0.0.1:" + std::to_string(server.port()) + "\r\n") != std::string::npos);
  CHECK(bytes.find("Content-Length: 0\r\n") != std::string::npos);
}

TEST_CASE("every whole answer is a success") {
  struct Row {
    const char* why;
    std::string bytes;
    int status;
    std::string body;
  };
  const std::vector<Row> rows{
      {"a length", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", 200, "abc"},
      {"chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n", 200, "abc"},
      {"neither, until it closes", "HTTP/1.0 200 OK\r\n\r\nabc", 200, "abc"},
      {"an error", "HTTP/1.1 403 Forbidden\r\nContent-Length: 1\r\n\r\nx", 403, "x"},
      {"a redirect is not followed", "HTTP/1.1 302 Found\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n", 302, ""},
      {"a demand for credentials", "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n", 401, ""},
      {"just as much as allowed", "HTTP/1.1 200 OK\r\nContent-Length: 1024\r\n\r\n" + std::string(1024, 'a'), 200,
       std::string(1024, 'a')},
      {"packed bytes stay packed", "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n\x1f\x8b",
       200, "\x1f\x8b"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.why);
    const auto response = get_answered(row.bytes);
    REQUIRE(code_of(response) == "a response");
    CHECK(response->status == row.status);
    CHECK(response->body.view() == row.body);
  }
}

TEST_CASE("an answer that is not whole is refused by its reason") {
  struct Row {
    const char* why;
    std::string bytes;
    std::string code;
  };
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  const std::string much(1024 * 1024, 'a');
  const std::vector<Row> rows{
      {"nothing", "", "ConnectionError"},
      {"not HTTP", "SSH-2.0-x\r\n", "ConnectionError"},
      {"half a head", ok + "Content-Le", "ConnectionError"},
      {"a body shorter than its length", ok + "Content-Length: 5\r\n\r\nabc", "Truncated"},
      {"chunks without an end", ok + "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n", "Truncated"},
      {"half a chunk", ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nab", "Truncated"},
      {"a length over the limit", ok + "Content-Length: 1025\r\n\r\n" + std::string(1025, 'a'), "TooLarge"},
      {"a megabyte by length", ok + "Content-Length: 1048576\r\n\r\n" + much, "TooLarge"},
      {"a megabyte in a chunk", ok + "Transfer-Encoding: chunked\r\n\r\n100000\r\n" + much + "\r\n0\r\n\r\n",
       "TooLarge"},
      {"a megabyte until it closes", ok + "\r\n" + much, "TooLarge"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.why);
    const auto response = get_answered(row.bytes);
    CHECK(code_of(response) == row.code);
    CHECK(response.error().kind == Error::Kind::kUnavailable);
    CHECK(response.error().message.starts_with("http://127.0.0.1:"));
    CHECK(response.error().message.find("aaa") == std::string::npos);
  }
}

TEST_CASE("nobody there is told at once") {
  std::uint16_t port = 0;
  {
    port = RawServer([](RawSocket&) {}).port();
  }
  NetworkClient client({});
  const auto response = client.send({"http", "127.0.0.1", port, "/"}, {}, within(5s));
  CHECK(code_of(response) == "ConnectionError");
}

TEST_CASE("the total holds against every way to be slow") {
  struct Row {
    const char* why;
    std::string first;
    bool drips;
  };
  const std::vector<Row> rows{
      {"silence", "", false},
      {"a dripping head", "HTTP/1.1 200 OK\r\nX: ", true},
      {"a dripping body", "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", true},
      {"a dripping body without length", "HTTP/1.1 200 OK\r\n\r\n", true},
      {"half a body", "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nabc", false},
  };
  for (const auto& row : rows) {
    CAPTURE(row.why);
    const RawServer server([&](RawSocket& peer) {
      peer.receive_until("\r\n\r\n");
      peer.send(row.first);
      pollfd closed{peer.fd(), POLLIN, 0};
      while (::poll(&closed, 1, 10) == 0) {
        if (row.drips) {
          peer.send("a");
        }
      }
    });
    NetworkClient client({});
    std::string code;
    const auto taken = time_of([&] { code = code_of(client.send(origin_of(server), {}, within(150ms))); });
    CHECK(code == "Timeout");
    CHECK(taken >= 150ms);
    CHECK(taken < 2s);
  }
}

TEST_CASE("a host that takes no connection is given up at the limit for connecting") {
  // A queue of none that is full: the kernel drops what else knocks.
  const RawSocket listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  auto address = RawSocket::loopback(0);
  socklen_t size = sizeof address;
  REQUIRE(::bind(listener.fd(), reinterpret_cast<const sockaddr*>(&address), size) == 0);
  REQUIRE(::listen(listener.fd(), 0) == 0);
  REQUIRE(::getsockname(listener.fd(), reinterpret_cast<sockaddr*>(&address), &size) == 0);
  const auto filling = RawSocket::connect_to(ntohs(address.sin_port));
  NetworkClient client({});
  const Url origin{"http", "127.0.0.1", ntohs(address.sin_port), "/"};
  for (const CallLimits& limits : {CallLimits{100ms, 10s, 1024}, CallLimits{10s, 100ms, 1024}}) {
    std::string code;
    const auto taken = time_of([&] { code = code_of(client.send(origin, {}, limits)); });
    CHECK(code == "Timeout");
    CHECK(taken >= 100ms);
    CHECK(taken < 2s);
  }
}

TEST_CASE("stopping ends the calls under way and refuses later ones") {
  std::promise<void> arrived;
  const RawServer server([&](RawSocket& peer) {
    peer.receive_until("\r\n\r\n");
    arrived.set_value();
    peer.receive_all();
  });
  NetworkClient client({});
  auto call = std::async(std::launch::async, [&] { return client.send(origin_of(server), {}, within(60s)); });
  arrived.get_future().wait();
  client.stop_all();
  const auto response = call.get();
  CHECK(code_of(response) == "ConnectionError");
  CHECK(code_of(client.send(origin_of(server), {}, within(60s))) == "ConnectionError");
  CHECK(server.connections() == 1);
}

TEST_CASE("calls from many threads do not disturb each other") {
  const RawServer server(RawServer::answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
  NetworkClient client({});
  std::atomic<int> whole{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 20; ++j) {
        const auto response = client.send(origin_of(server), {}, within(5s));
        whole += response && response->body.view() == "ok" ? 1 : 0;
      }
    });
  }
  for (auto& thread : threads) {
    thread.join();
  }
  CHECK(whole == 80);
}
