#include <chrono>
#include <string>

#include "tls_serving.hpp"

#include <doctest/doctest.h>

using namespace understudy;
using namespace understudy::http;
using namespace std::chrono_literals;
using fakes::kGet;
using fakes::TlsClient;

TEST_CASE("a client that trusts the authority is answered by each name of the certificate, and by no other") {
  const TlsServing running;
  for (const auto* name : {"understudy", "127.0.0.1"}) {
    CAPTURE(name);
    const auto client = running.connect(running.calling(name));
    REQUIRE_MESSAGE(client.is_connected(), client.error());
    CHECK(client.send(kGet));
    CHECK(client.receive_until("here").ends_with("\r\n\r\nhere"));
  }
  const auto other = running.connect(running.calling("elsewhere"));
  CHECK_FALSE(other.is_connected());
  CHECK(other.error() == "certificate verify failed");
}

TEST_CASE("the address that is told has a name of the certificate") {
  const TlsServing running;
  CHECK(running.bound.tls_name == "127.0.0.1");
}

TEST_CASE("a client that does not trust the authority is told of in the log, with what to do") {
  const TlsServing running;
  const auto stranger = Authority::make({}, kNow);
  const auto client = running.connect({.trusted_pem = stranger.certificate_pem(), .host = "understudy"});
  CHECK_FALSE(client.is_connected());
  client.socket().receive_all();  // The line is there before the connection ends.
  CHECK(running.log.contains("it does not accept our certificate: give it the authority's ca.pem"));
}

TEST_CASE("a certificate that has ended is told of in the log, with what to do") {
  TlsServing running;
  running.server.speak(running.handler,
                       TlsContext::make(running.authority.issue({"understudy"}, kNow - 398 * 24h)).value());
  const auto client = running.connect(running.calling("understudy"));
  CHECK_FALSE(client.is_connected());
  client.socket().receive_all();
  CHECK(running.log.contains("by its clock our certificate does not hold"));
}

TEST_CASE("pipelined requests are answered in order on one connection, which ends with a goodbye") {
  const TlsServing running([](const Request& request, Patience) { return fakes::plain(request.target); });
  const auto client = running.connect();
  REQUIRE(client.is_connected());
  client.send(
      "GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n"
      "GET /3 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  const auto answers = client.receive_until("nothing like this");
  CHECK(answers.find("/1HTTP/1.1 200") != std::string::npos);
  CHECK(answers.find("/2HTTP/1.1 200") != std::string::npos);
  CHECK(answers.ends_with("/3"));
  CHECK(client.was_told_goodbye());
}

TEST_CASE("requests one after another share a connection, and an answer of any size arrives whole") {
  const std::string large(3'000'000, 'x');
  const TlsServing running([&](const Request& request, Patience) {
    return fakes::plain(request.target == "/large" ? large : request.body);
  });
  const auto client = running.connect();
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n");
  client.send("body");
  CHECK(client.receive_until("body").ends_with("\r\n\r\nbody"));
  client.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(client.receive_until(large).ends_with(large));
  client.send(kGet);
  CHECK(client.receive_until("\r\n\r\n").starts_with("HTTP/1.1 200 OK\r\n"));
}

TEST_CASE("the end answers what is under way, and closes who waits or is in the handshake") {
  TlsServing running;
  const auto idle = running.connect();
  const auto begun = running.connect_plainly();
  begun.send("\x16\x03");
  idle.send(kGet);
  idle.receive_until("here");
  running.server.stop(50ms);
  CHECK(idle.receive_until("nothing like this").empty());
  CHECK(begun.receive_all().empty());
}

TEST_CASE("a key that is another's is refused before anything listens") {
  const auto authority = Authority::make({}, kNow);
  auto identity = authority.issue({"understudy"}, kNow);
  identity.private_key = authority.key_pem();
  const auto made = TlsContext::make(identity);
  REQUIRE_FALSE(made);
  CHECK(made.error().code == "BadTlsIdentity");
  CHECK(made.error().message.find("key values mismatch") != std::string::npos);
}

TEST_CASE("who connects meets the certificate of now, or none; who is connected stays") {
  TlsServing running;
  const auto before = running.connect(running.calling("understudy"));
  REQUIRE(before.is_connected());
  const auto now = Authority::make({}, kNow);
  running.server.speak(running.handler, TlsContext::make(now.issue({"other.internal"}, kNow)).value());
  REQUIRE(running.server.responds(10s));
  CHECK(running.connect({.trusted_pem = now.certificate_pem(), .host = "other.internal"}).is_connected());
  CHECK_FALSE(running.connect(running.calling("understudy")).is_connected());
  CHECK(before.send(kGet));
  CHECK(before.receive_until("here").ends_with("here"));

  running.server.speak(running.handler, nullptr);
  REQUIRE(running.server.responds(10s));
  const auto plain = running.connect_plainly();
  plain.send(kGet);
  CHECK(plain.receive_until("here").ends_with("here"));
  running.server.stop(0ms);
}
