#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "fakes/raw_server.hpp"
#include "fakes/stopwatch.hpp"
#include "understudy/http/client.hpp"

#include <doctest/doctest.h>

using namespace understudy;
using namespace understudy::http;
using namespace std::chrono_literals;
using fakes::RawServer;
using fakes::RawSocket;
using fakes::time_of;

namespace {

constexpr auto kAnswer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

CallLimits within(std::chrono::milliseconds total) { return {total, total, 1024}; }

Url origin_at(const RawServer& server) { return {"http", "sts.example", server.port(), "/"}; }

std::string code_of(const Result<Response>& result) { return result ? "a response" : result.error().code; }

NameLookup always(Result<std::vector<std::string>> answer) {
  return [answer = std::move(answer)](const std::string&) { return answer; };
}

/// A resolver that answers nobody until it is released. What it counts in lives as long as its threads.
struct Stuck {
  struct Shared {
    std::promise<void> release;
    std::shared_future<void> released = release.get_future().share();
    std::atomic<int> lookups{0};
    std::promise<void> asked;
    std::promise<void> gone;
  };
  std::shared_ptr<Shared> shared = std::make_shared<Shared>();

  [[nodiscard]] NameLookup lookup() const {
    return [shared = shared](const std::string&) -> Result<std::vector<std::string>> {
      ++shared->lookups;
      shared->asked.set_value();
      shared->released.wait();
      shared->gone.set_value();
      return std::vector<std::string>{"127.0.0.1"};
    };
  }
  ~Stuck() {
    shared->release.set_value();
    shared->gone.get_future().wait();
  }
};

}  // namespace

TEST_CASE("a name is looked up once a call, and the request still names the host") {
  std::promise<std::string> seen;
  const RawServer server([&](RawSocket& peer) {
    seen.set_value(peer.receive_until("\r\n\r\n"));
    peer.send(kAnswer);
  });
  NetworkClient client({.lookup = [](const std::string& host) {
    return host == "sts.example" ? Result<std::vector<std::string>>(std::vector<std::string>{"127.0.0.1"})
                                 : Error{Error::Kind::kUnavailable, "ConnectionError", "another name"};
  }});
  CHECK(code_of(client.send(origin_at(server), {}, within(5s))) == "a response");
  CHECK(seen.get_future().get().find("Host: sts.example:" + std::to_string(server.port())) != std::string::npos);
}

TEST_CASE("an address that takes no connection does not hide the next, and the last one's failure is told") {
  const RawServer server(RawServer::answering(kAnswer));
  NetworkClient client({.lookup = always(std::vector<std::string>{"127.0.0.9", "::1", "127.0.0.1"})});
  CHECK(code_of(client.send(origin_at(server), {}, within(5s))) == "a response");
  CHECK(server.connections() == 1);

  NetworkClient lost({.lookup = always(std::vector<std::string>{"127.0.0.8", "127.0.0.9"})});
  CHECK(code_of(lost.send(origin_at(server), {}, within(5s))) == "ConnectionError");
}

TEST_CASE("a request that reached somebody is not sent to the next address") {
  const RawServer server([](RawSocket& peer) { peer.receive_until("\r\n\r\n"); });
  NetworkClient client({.lookup = always(std::vector<std::string>{"127.0.0.1", "127.0.0.1"})});
  CHECK(code_of(client.send(origin_at(server), {}, within(5s))) == "ConnectionError");
  CHECK(server.connections() == 1);
}

TEST_CASE("a name that nobody knows is an error with the reason") {
  NetworkClient client({.lookup = always(Error{Error::Kind::kUnavailable, "ConnectionError", "nobody knows it"})});
  const auto response = client.send({"http", "sts.example", 80, "/"}, {}, within(5s));
  REQUIRE_FALSE(response);
  CHECK(response.error().code == "ConnectionError");
  CHECK(response.error().message == "http://sts.example: nobody knows it");
}

TEST_CASE("the total holds while a name is looked up, and those who wait share one lookup") {
  const Stuck stuck;
  NetworkClient client({.lookup = stuck.lookup()});
  const Url origin{"http", "sts.example", 80, "/"};
  for (int call = 0; call < 3; ++call) {
    std::string code;
    const auto taken = time_of([&] { code = code_of(client.send(origin, {}, within(50ms))); });
    CHECK(code == "Timeout");
    CHECK(taken >= 50ms);
    CHECK(taken < 2s);
  }
  CHECK(stuck.shared->lookups == 1);
}

TEST_CASE("a proxy's name has the same limit") {
  const Stuck stuck;
  NetworkClient client(
      {.environment = Environment({std::pair("HTTP_PROXY", "http://proxy.example:80")}), .lookup = stuck.lookup()});
  CHECK(code_of(client.send({"http", "sts.example", 80, "/"}, {}, within(50ms))) == "Timeout");
}

TEST_CASE("stopping ends the calls that wait for a name, and their client may go before the lookup") {
  const Stuck stuck;
  NetworkClient client({.lookup = stuck.lookup()});
  const Url origin{"http", "sts.example", 80, "/"};
  auto call = std::async(std::launch::async, [&] { return client.send(origin, {}, within(60s)); });
  stuck.shared->asked.get_future().wait();
  client.stop_all();
  CHECK(code_of(call.get()) == "ConnectionError");
  CHECK(code_of(client.send(origin, {}, within(60s))) == "ConnectionError");
}

TEST_CASE("the system's resolver knows this machine") {
  const RawServer server(RawServer::answering(kAnswer));
  NetworkClient client({});
  CHECK(code_of(client.send({"http", "localhost", server.port(), "/"}, {}, within(5s))) == "a response");
}
