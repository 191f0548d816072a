#include <chrono>
#include <future>
#include <string>
#include <utility>
#include <vector>

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

TEST_CASE("a proxy that opens no way is an error and not the origin's answer") {
  struct Row {
    std::string answer;
    std::string message;
  };
  const std::string end = "\r\nContent-Length: 0\r\n\r\n";
  const std::vector<Row> rows{
      {"HTTP/1.1 407 Proxy Authentication Required" + end, "the proxy wants other credentials than the variable gives"},
      {"HTTP/1.1 403 Forbidden" + end, "the proxy does not open a way to it: it answers 403"},
      {"HTTP/1.1 502 Bad Gateway" + end, "the proxy does not open a way to it: it answers 502"},
      {"HTTP/1.1 200 OK\r\n\r\n\x16\x03", "the proxy says more than that the way is open"},
      {"HTTP/1.1 2000 OK\r\n\r\n", "what came from the proxy is no answer of HTTP"},
      {"HTTP/1.1 20\r\n\r\n", "what came from the proxy is no answer of HTTP"},
      {"HTTP/1.1 \r\n\r\n", "what came from the proxy is no answer of HTTP"},
      {"SSH-2.0-x\r\n\r\n", "what came from the proxy is no answer of HTTP"},
      {"HTTP/1.1 200 O", "the proxy closed the connection without an answer"},
      {"", "the proxy closed the connection without an answer"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.answer);
    std::promise<std::string> seen;
    const RawServer proxy([&](RawSocket& peer) {
      seen.set_value(peer.receive_until("\r\n\r\n"));
      peer.send(row.answer);
    });
    const auto at = "127.0.0.1:" + std::to_string(proxy.port());
    NetworkClient client({std::nullopt, with_variable("https_proxy", at)});
    const auto response = client.send(parse_url("https://sts.example").value(), a_post(), within(5s));
    CHECK(code_of(response) == "ConnectionError");
    CHECK(response.error().message == "https://sts.example: " + row.message);
    const auto bytes = seen.get_future().get();
    CHECK(bytes == "CONNECT sts.example:443 HTTP/1.1\r\nHost: sts.example:443\r\n\r\n");
  }
}

TEST_CASE("an http origin's proxy that wants other credentials is an error too") {
  const RawServer proxy(RawServer::answering("HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n"));
  NetworkClient client({std::nullopt, with_variable("HTTP_PROXY", "127.0.0.1:" + std::to_string(proxy.port()))});
  CHECK(code_of(client.send(parse_url("http://sts.example").value(), {}, within(5s))) == "ConnectionError");
}

TEST_CASE("a way to an address of IPv6 is asked for in brackets, and the total holds while the proxy is silent") {
  std::promise<std::string> seen;
  const RawServer proxy([&](RawSocket& peer) {
    seen.set_value(peer.receive_until("\r\n\r\n"));
    peer.receive_all();
  });
  NetworkClient client({std::nullopt, with_variable("HTTPS_PROXY", "127.0.0.1:" + std::to_string(proxy.port()))});
  CHECK(code_of(client.send(parse_url("https://[2001:db8::1]:8443").value(), {}, within(150ms))) == "Timeout");
  CHECK(seen.get_future().get().starts_with("CONNECT [2001:db8::1]:8443 HTTP/1.1\r\n"));
}

TEST_CASE("a proxy variable that makes no sense is told and nothing is sent") {
  NetworkClient client({std::nullopt, with_variable("HTTPS_PROXY", "socks5://proxy:1")});
  const auto response = client.send(parse_url("https://sts.example").value(), {}, within(5s));
  CHECK(code_of(response) == "InvalidProxy");
}
