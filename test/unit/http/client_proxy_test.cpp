#include <chrono>
#include <future>
#include <string>
#include <utility>

#include "fakes/raw_server.hpp"
#include "understudy/http/client.hpp"

#include <doctest/doctest.h>

using namespace understudy;
using namespace understudy::http;
using namespace std::chrono_literals;
using fakes::RawServer;
using fakes::RawSocket;

namespace {

CallLimits within(std::chrono::milliseconds total) { return {total, total, 1024}; }

Request a_post() {
  Request request;
  request.method = "POST";
  request.headers = {{"X-Amz-Date", "20261120T233724Z"}};
  request.body = "hidden";
  return request;
}

Environment with_variable(const std::string& name, const std::string& value) {
  return Environment({std::pair(name, value)});
}

std::string code_of(const Result<Response>& result) { return result ? "a response" : result.error().code; }

}  // namespace

TEST_CASE("an http origin is asked for through the proxy by its absolute target, with the proxy's credentials") {
  std::promise<std::string> seen;
  const RawServer proxy([&](RawSocket& peer) {
    seen.set_value(peer.receive_until("\r\n\r\n"));
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  });
  const auto at = "me:p%40ss@127.0.0.1:" + std::to_string(proxy.port());
  NetworkClient client({std::nullopt, with_variable("HTTP_PROXY", "http://" + at)});
  const auto response = client.send(parse_url("http://sts.example:8080").value(), {}, within(5s));
  REQUIRE(response);
  const auto bytes = seen.get_future().get();
  CHECK(bytes.starts_with("GET http://sts.example:8080/ HTTP/1.1\r\n"));
  CHECK(bytes.find("Host: sts.example:8080\r\n") != std::string::npos);
  CHECK(bytes.find("Proxy-Authorization: Basic bWU6cEBzcw==\r\n") != std::string::npos);
}

TEST_CASE("a proxy that refuses is an error and not the origin's answer") {
  for (const std::string status : {"407 Proxy Authentication Required", "403 Forbidden", "502 Bad Gateway"}) {
    CAPTURE(status);
    std::promise<std::string> seen;
    const RawServer proxy([&](RawSocket& peer) {
      seen.set_value(peer.receive_until("\r\n\r\n"));
      peer.send("HTTP/1.1 " + status + "\r\nContent-Length: 0\r\n\r\n");
    });
    const auto at = "127.0.0.1:" + std::to_string(proxy.port());
    NetworkClient client({std::nullopt, with_variable("https_proxy", at)});
    const auto response = client.send(parse_url("https://sts.example").value(), a_post(), within(5s));
    CHECK_FALSE(response);
    const auto bytes = seen.get_future().get();
    CHECK(bytes.starts_with("CONNECT sts.example:443 HTTP/1.1\r\n"));
    CHECK(bytes.find("hidden") == std::string::npos);
    CHECK(bytes.find("X-Amz-Date") == std::string::npos);
  }
}

TEST_CASE("a proxy variable that makes no sense is told and nothing is sent") {
  NetworkClient client({std::nullopt, with_variable("HTTPS_PROXY", "socks5://proxy:1")});
  const auto response = client.send(parse_url("https://sts.example").value(), {}, within(5s));
  CHECK(code_of(response) == "InvalidProxy");
}
