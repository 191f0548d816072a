#include "understudy/http/unix_client.hpp"

#include <sys/resource.h>

#include <chrono>
#include <future>
#include <poll.h>
#include <string>
#include <thread>
#include <vector>

#include "fakes/raw_server.hpp"
#include "fakes/sanitizer.hpp"
#include "fakes/stopwatch.hpp"
#include "fakes/temp_folder.hpp"
#include "fakes/unix_listener.hpp"

#include <doctest/doctest.h>

using namespace understudy;
using namespace understudy::http;
using namespace std::chrono_literals;
using fakes::RawServer;
using fakes::RawSocket;
using fakes::time_of;

namespace {

const Url kOrigin{"http", "docker", 80, "/"};
const std::string kStreamHead = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

CallLimits within(std::chrono::milliseconds total) { return {total, total, 1024}; }

std::string code_of(const Result<Response>& result) { return result ? "a response" : result.error().code; }

std::string chunk(const std::string& text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  const auto size = text.size();
  REQUIRE(size < 0x1000);
  return {kDigits[size >> 8U], kDigits[(size >> 4U) & 15U], kDigits[size & 15U], '\r', '\n'};
}

std::string chunked(const std::string& text) { return chunk(text) + text + "\r\n"; }

/// A server at a socket of its own and a client for it.
struct Stage {
  explicit Stage(RawServer::Script script) : server(fakes::listen_at(folder / "s"), std::move(script)) {}
  explicit Stage(std::string answer) : Stage(RawServer::answering(std::move(answer))) {}

  Result<Response> get(const CallLimits& limits = within(5s)) { return client.send(kOrigin, {}, limits); }

  /// Collects the lines until the reader has `enough`.
  Result<Response> follow(const StreamLimits& limits = {}, std::size_t enough = 1000) {
    return client.follow(kOrigin, {}, limits,
                         {[this] { return is_open = true; },
                          [this, enough](std::string_view line) {
                            lines.emplace_back(line);
                            return lines.size() < enough;
                          }});
  }

  fakes::TempFolder folder;
  RawServer server;
  UnixClient client{folder / "s"};
  bool is_open = false;
  std::vector<std::string> lines;
};

/// Sends `first`, and then one byte every 10 ms or nothing, until the client has gone.
RawServer::Script slowly(std::string first, bool drips) {
  return [first = std::move(first), drips](RawSocket& peer) {
    peer.receive_until("\r\n\r\n");
    peer.send(first);
    pollfd closed{peer.fd(), POLLIN, 0};
    while (::poll(&closed, 1, 10) == 0) {
      if (drips) {
        peer.send("a");
      }
    }
  };
}

}  // namespace

TEST_CASE("a request goes out whole and its answer comes back") {
  std::promise<std::string> seen;
  Stage stage([&](RawSocket& peer) {
    seen.set_value(peer.receive_until("a=1"));
    peer.send("HTTP/1.1 201 Created\r\nX-A: b\r\nContent-Length: 2\r\n\r\nok");
  });
  Request request;
  request.method = "POST";
  request.target = "/v1.41/path?b=%20c";
  request.headers = {{"X-B", "c"}};
  request.body = "a=1";
  const auto response = stage.client.send(kOrigin, request, within(5s));
  REQUIRE(response);
  CHECK(response->status == 201);
  CHECK(response->body.view() == "ok");
  CHECK(response->headers.get("x-a") == "b");
  CHECK(seen.get_future().get() ==
        "POST /v1.41/path?b=%20c HTTP/1.1\r\nHost: docker\r\nX-B: c\r\nContent-Length: 3\r\nConnection: "
        "close\r\n\r\na=1");
}

TEST_CASE("the body ends by its length, its chunks, or the connection") {
  const std::vector<std::pair<const char*, std::string>> rows{
      {"length", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"},
      {"chunks", kStreamHead + chunked("he") + chunked("llo") + "0\r\n\r\n"},
      {"chunks with a trailer", kStreamHead + chunked("hello") + "0\r\nX-Sum: 1\r\n\r\n"},
      {"close", "HTTP/1.1 200 OK\r\n\r\nhello"},
  };
  for (const auto& [why, answer] : rows) {
    CAPTURE(why);
    const auto response = Stage(answer).get();
    REQUIRE(response);
    CHECK(response->body.view() == "hello");
  }
}

TEST_CASE("an answer that is not whole, too large or not HTTP is none") {
  const std::string much(2000, 'a');
  const std::vector<std::tuple<const char*, std::string, std::string>> rows{
      {"nothing", "", "ConnectionError"},
      {"half a head", "HTTP/1.1 200 OK\r\nX: ", "ConnectionError"},
      {"another protocol", "SSH-2.0-OpenSSH_9.2\r\n\r\n", "ConnectionError"},
      {"a short body", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", "Truncated"},
      {"chunks without their end", kStreamHead + chunked("abc"), "Truncated"},
      {"a length over the limit", "HTTP/1.1 200 OK\r\nContent-Length: 1025\r\n\r\n", "TooLarge"},
      {"a length beyond all memory", "HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775807\r\n\r\n", "TooLarge"},
      {"chunks over the limit", kStreamHead + chunked(much) + "0\r\n\r\n", "TooLarge"},
      {"a body without length over the limit", "HTTP/1.1 200 OK\r\n\r\n" + much, "TooLarge"},
      {"a head over the limit", "HTTP/1.1 200 OK\r\nX: " + std::string(20000, 'a') + "\r\n\r\n", "TooLarge"},
  };
  for (const auto& [why, answer, code] : rows) {
    CAPTURE(why);
    Stage stage(answer);
    const auto response = stage.get();
    REQUIRE_FALSE(response);
    CHECK(response.error().code == code);
    CHECK(response.error().kind == Error::Kind::kUnavailable);
    CHECK(response.error().message.starts_with("unix://" + stage.client.socket().string() + ": "));
    CHECK(response.error().message.find("aaa") == std::string::npos);
  }
}

TEST_CASE("the total holds against every way to be slow") {
  const std::vector<std::tuple<const char*, std::string, bool>> rows{
      {"silence", "", false},
      {"a dripping head", "HTTP/1.1 200 OK\r\nX: ", true},
      {"a dripping body", "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", true},
      {"half a body", "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nabc", false},
  };
  for (const auto& [why, first, drips] : rows) {
    CAPTURE(why);
    Stage stage(slowly(first, drips));
    std::string code;
    const auto taken = time_of([&] { code = code_of(stage.get(within(150ms))); });
    CHECK(code == "Timeout");
    CHECK(taken >= 140ms);
    CHECK(taken < 2s);
  }
}

TEST_CASE("the error tells why a socket can not be opened") {
  const fakes::TempFolder folder;
  {
    const auto gone = fakes::listen_at(folder / "left");
  }
  struct Row {
    std::filesystem::path path;
    Error::Kind kind;
    std::string code;
  };
  const std::vector<Row> rows{
      {folder / "none", Error::Kind::kNotFound, "NoSocket"},
      {folder / "left", Error::Kind::kUnavailable, "ConnectionError"},
      {folder / std::string(200, 'a'), Error::Kind::kInvalid, "BadSocket"},
      {"", Error::Kind::kInvalid, "BadSocket"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.path);
    UnixClient client(row.path);
    const auto response = client.send(kOrigin, {}, within(5s));
    REQUIRE_FALSE(response);
    CHECK(response.error().kind == row.kind);
    CHECK(response.error().code == row.code);
  }
}

// UBSan looks at the exception through a pipe, and takes it for no object where it gets none.
TEST_CASE("where there are no descriptors left a call is an error" * doctest::skip(fakes::kIsSanitized)) {
  UnixClient client("/none");
  rlimit before{};
  REQUIRE(getrlimit(RLIMIT_NOFILE, &before) == 0);
  const rlimit none{0, before.rlim_max};
  REQUIRE(setrlimit(RLIMIT_NOFILE, &none) == 0);
  const auto response = client.send(kOrigin, {}, within(5s));
  REQUIRE(setrlimit(RLIMIT_NOFILE, &before) == 0);
  CHECK(code_of(response) == "ConnectionError");
}

TEST_CASE("a queue that is full is an error, and not a wait without end") {
  const fakes::TempFolder folder;
  const auto listener = fakes::listen_at(folder / "s", 0);
  UnixClient client(folder / "s");
  for (int i = 0; i < 3; ++i) {
    const auto taken = time_of([&] { CHECK_FALSE(client.send(kOrigin, {}, within(100ms))); });
    CHECK(taken < 2s);
  }
}

TEST_CASE("a stream is handed over line by line, however it comes") {
  Stage stage(kStreamHead + chunked("{\"a\"") + chunked(":1}\n{\"b\":2}\r\n\n") + chunked("{\"c\":3}\nlast") +
              "0\r\n\r\n");
  const auto response = stage.follow();
  REQUIRE(response);
  CHECK(response->status == 200);
  CHECK(response->body.view().empty());
  CHECK(stage.is_open);
  CHECK(stage.lines == std::vector<std::string>{"{\"a\":1}", "{\"b\":2}", "{\"c\":3}", "last"});
}

TEST_CASE("many short lines at once are more than one line may have") {
  std::string lines;
  for (int i = 0; i < 300; ++i) {
    lines += "0123456789\n";
  }
  Stage stage("HTTP/1.1 200 OK\r\n\r\n" + lines);
  CHECK(stage.follow({5s, 20}));
  CHECK(stage.lines.size() == 300);
}

TEST_CASE("a reader that has enough ends the stream") {
  Stage stage(slowly(kStreamHead + chunked("a\nb\nc\n"), false));
  CHECK(stage.follow({}, 2));
  CHECK(stage.lines == std::vector<std::string>{"a", "b"});
}

TEST_CASE("an answer that is no stream comes back as it is") {
  const std::vector<std::pair<std::string, int>> rows{
      {"HTTP/1.1 400 Bad Request\r\nContent-Length: 4\r\n\r\noops", 400},
      {"HTTP/1.1 500 No\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked("oops") + "0\r\n\r\n", 500},
      {"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\noops", 200},
  };
  for (const auto& [answer, status] : rows) {
    CAPTURE(answer);
    Stage stage(answer);
    const auto response = stage.follow();
    REQUIRE(response);
    CHECK(response->status == status);
    CHECK(response->body.view() == "oops");
    CHECK_FALSE(stage.is_open);
    CHECK(stage.lines.empty());
  }
}

TEST_CASE("a stream that breaks, or whose line never ends, is an error") {
  const std::vector<std::pair<std::string, std::string>> rows{
      {kStreamHead + chunked("a\n"), "Truncated"},
      {kStreamHead + chunked("a\n" + std::string(1500, 'a')), "TooLarge"},
      {kStreamHead + chunked("a\n" + std::string(1500, 'a') + "\n"), "TooLarge"},
  };
  for (const auto& [answer, code] : rows) {
    CAPTURE(answer);
    Stage stage(answer);
    CHECK(code_of(stage.follow({5s, 1000})) == code);
    CHECK(stage.lines == std::vector<std::string>{"a"});
  }
  CHECK(code_of(Stage(kStreamHead + "what\r\n").follow()) == "ConnectionError");
}

TEST_CASE("the head of a stream has to come in time") {
  Stage stage(slowly("", false));
  CHECK(code_of(stage.follow({50ms, 1000})) == "Timeout");
  CHECK_FALSE(stage.is_open);
}

TEST_CASE("stopping ends calls and streams under way and refuses later ones") {
  Stage stage(slowly(kStreamHead + chunked("a\n"), false));
  std::promise<void> arrived;
  auto streaming = std::async(std::launch::async, [&] {
    return stage.client.follow(kOrigin, {}, {},
                               {[] { return true; },
                                [&](std::string_view) {
                                  arrived.set_value();
                                  return true;
                                }});
  });
  arrived.get_future().wait();
  stage.client.stop_all();
  CHECK(code_of(streaming.get()) == "ConnectionError");
  CHECK(code_of(stage.get()) == "ConnectionError");
  CHECK(code_of(stage.follow()) == "ConnectionError");
}
