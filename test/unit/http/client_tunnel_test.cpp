#include <chrono>
#include <string>
#include <utility>

#include "fakes/authority.hpp"
#include "fakes/certificates.hpp"
#include "fakes/raw_server.hpp"
#include "understudy/http/client.hpp"

#include <doctest/doctest.h>

using namespace understudy;
using namespace understudy::http;
using namespace std::chrono_literals;
using fakes::Authority;
using fakes::make_identity;
using fakes::RawServer;
using fakes::RawSocket;

namespace {

const std::string kAnswer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/// A client of that authority's servers, by that proxy.
ClientSettings through(const RawServer& proxy, const Authority& authority, const std::string& user = "") {
  const auto at = "http://" + user + "127.0.0.1:" + std::to_string(proxy.port());
  return {authority.bundle, Environment({std::pair("HTTPS_PROXY", at)})};
}

}  // namespace

TEST_CASE("a way is open by the status alone, whatever the proxy says beside it") {
  const Authority authority;
  const auto identity = make_identity({"x", "DNS:sts.example"}, &authority.identity);
  for (const char* opening : {"HTTP/1.1 200\r\n\r\n", "HTTP/1.0 200 OK\r\nProxy-agent: x\r\n\r\n",
                              "HTTP/1.1 204 \r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"}) {
    CAPTURE(opening);
    const RawServer proxy([&](RawSocket& peer) {
      peer.receive_until("\r\n\r\n");
      peer.send(opening);
      fakes::answer_over_tls(peer, identity, kAnswer);
    });
    NetworkClient client(through(proxy, authority));
    const auto response = client.send(parse_url("https://sts.example").value(), {}, {5s, 5s, 1024});
    REQUIRE_MESSAGE(response.has_value(), response.error().message);
    CHECK(response->body.view() == "ok");
  }
}

TEST_CASE("a proxy's credentials open the tunnel and do not go through it") {
  const Authority authority;
  const auto identity = make_identity({"x", "DNS:sts.example"}, &authority.identity);
  std::string asked;
  std::string inside;
  {
    const RawServer proxy([&](RawSocket& peer) {
      asked = peer.receive_until("\r\n\r\n");
      peer.send("HTTP/1.1 200 Connection established\r\n\r\n");
      inside = fakes::answer_over_tls(peer, identity, kAnswer);
    });
    NetworkClient client(through(proxy, authority, "me:pass@"));
    Request request;
    request.headers = {{"Authorization", "hidden"}};
    const auto response = client.send(parse_url("https://sts.example").value(), request, {5s, 5s, 1024});
    REQUIRE_MESSAGE(response.has_value(), response.error().message);
    CHECK(response->body.view() == "ok");
  }
  CHECK(asked.starts_with("CONNECT sts.example:443 HTTP/1.1\r\n"));
  CHECK(asked.find("Proxy-Authorization: Basic bWU6cGFzcw==\r\n") != std::string::npos);
  CHECK(asked.find("hidden") == std::string::npos);
  CHECK(inside.find("Authorization: hidden\r\n") != std::string::npos);
  CHECK(inside.find("Basic") == std::string::npos);
}
