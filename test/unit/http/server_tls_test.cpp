// Long because: one server and its clients are all that these tests need, and nobody else needs them.

#include <atomic>
#include <chrono>
#include <csignal>
#include <poll.h>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "fakes/running_server.hpp"
#include "fakes/tls_client.hpp"
#include "understudy/base/authority.hpp"
#include "understudy/http/server.hpp"
#include "understudy/http/tls.hpp"

#include <doctest/doctest.h>

using namespace understudy;
using namespace understudy::http;
using namespace std::chrono_literals;
using fakes::kGet;
using fakes::TlsClient;

namespace {

const WallTime kNow = std::chrono::time_point_cast<WallTime::duration>(std::chrono::system_clock::now());
constexpr std::string_view kH2AndHttp11("\x02h2\x08http/1.1", 12);
constexpr std::string_view kH2("\x02h2", 3);

/// A server that speaks TLS, and the authority that its clients may trust.
struct Running {
  explicit Running(fakes::FakeHandler::Function function = fakes::answer_plain, Limits limits = {},
                   ServerSettings settings = {})
      : handler(std::move(function)),
        server({{"test", "127.0.0.1", 0, handler, limits, nullptr, "", false, 0,
                 TlsContext::make(authority.issue({"understudy", "127.0.0.1"}, kNow)).value()}},
               settings, log, clock) {
    bound = server.start().value().at(0);
  }
  [[nodiscard]] TlsClient connect(fakes::TlsManners manners = {}) const { return {bound.port, manners}; }
  [[nodiscard]] fakes::RawSocket connect_plainly() const { return fakes::RawSocket::connect_to(bound.port); }
  /// Who trusts us and calls us so.
  [[nodiscard]] fakes::TlsManners calling(std::string host) const {
    return {.trusted_pem = authority.certificate_pem(), .host = std::move(host)};
  }

  Authority authority = Authority::make({}, kNow);
  fakes::RecordingLog log;
  fakes::FakeClock clock;
  fakes::FakeHandler handler;
  Server server;
  BoundAddress bound;
};

/// Whether the other side ends the connection within that time.
bool ends_within(const fakes::RawSocket& client, std::chrono::milliseconds time) {
  pollfd waiting{client.fd(), POLLIN, 0};
  return ::poll(&waiting, 1, static_cast<int>(time.count())) == 1;
}

/// Sends a byte every few milliseconds until the other side has had enough, or for ten seconds.
bool is_closed_while_dripping(const fakes::RawSocket& client) {
  for (int i = 0; i < 2000; ++i) {
    if (!client.send("x") || ends_within(client, 5ms)) {
      return true;
    }
  }
  return false;
}

/// In this thread: OpenSSL writes to a socket that the other side has closed.
void block_sigpipe() {
  sigset_t pipe;
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
}

}  // namespace

TEST_CASE("a client that trusts the authority is answered by each name of the certificate, and by no other") {
  const Running running;
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
  const Running running;
  CHECK(running.bound.tls_name == "127.0.0.1");
}

TEST_CASE("a client that does not trust the authority is told of in the log, with what to do") {
  const Running running;
  const auto stranger = Authority::make({}, kNow);
  const auto client = running.connect({.trusted_pem = stranger.certificate_pem(), .host = "understudy"});
  CHECK_FALSE(client.is_connected());
  client.socket().receive_all();  // The line is there before the connection ends.
  CHECK(running.log.contains("it does not accept our certificate: give it the authority's ca.pem"));
}

TEST_CASE("a certificate that has ended is told of in the log, with what to do") {
  Running running;
  running.server.speak(running.handler,
                       TlsContext::make(running.authority.issue({"understudy"}, kNow - 398 * 24h)).value());
  const auto client = running.connect(running.calling("understudy"));
  CHECK_FALSE(client.is_connected());
  client.socket().receive_all();
  CHECK(running.log.contains("by its clock our certificate does not hold"));
}

TEST_CASE("pipelined requests are answered in order on one connection, which ends with a goodbye") {
  const Running running([](const Request& request, Patience) { return fakes::plain(request.target); });
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
  const Running running([&](const Request& request, Patience) {
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

TEST_CASE("TLS before 1.2 is refused, and so is whoever speaks no HTTP/1.1") {
  const Running running;
  CHECK(running.connect({.newest_version = TLS1_2_VERSION}).is_connected());
  const auto old = running.connect({.newest_version = TLS1_1_VERSION});
  CHECK_FALSE(old.is_connected());
  CHECK(old.error() == "tlsv1 alert protocol version");
  old.socket().receive_all();
  CHECK(running.log.contains("it speaks no TLS 1.2 or newer"));
  CHECK(running.connect({.alpn = kH2AndHttp11}).protocol() == "http/1.1");
  CHECK_FALSE(running.connect({.alpn = kH2}).is_connected());
}

TEST_CASE("nothing of a client outlives its connection, and nobody negotiates anew") {
  const Running running;
  const auto client = running.connect({.newest_version = TLS1_2_VERSION});
  REQUIRE(client.is_connected());
  client.send(kGet);
  client.receive_until("here");
  CHECK(SSL_SESSION_has_ticket(SSL_get0_session(client.session())) == 0);
  unsigned size = 0;
  SSL_SESSION_get_id(SSL_get0_session(client.session()), &size);
  CHECK(size == 0);
  SSL_renegotiate(client.session());
  CHECK(SSL_do_handshake(client.session()) != 1);
}

TEST_CASE("plain HTTP is closed without an answer, and the log says what to write") {
  const Running running;
  const auto client = running.connect_plainly();
  client.send(kGet);
  CHECK(client.receive_all().empty());
  CHECK(running.log.contains("it speaks plain HTTP, and this port TLS: write https://"));
  CHECK(running.handler.requests().empty());
}

TEST_CASE("bytes that are no handshake, or a handshake that ends in the middle, are closed") {
  const Running running;
  for (const auto& bytes : {std::string("\x16\x03\x01\xff\xff", 5), std::string("\0\0\0\0\0\0", 6), std::string("x")}) {
    const auto client = running.connect_plainly();
    client.send(bytes);
    client.finish_sending();
    CHECK(client.receive_all().size() < 16);  // An alert at most.
  }
}

TEST_CASE("the handshake has one deadline, however many bytes drip in") {
  Limits limits;
  SUBCASE("from the start, where nothing comes") {
    limits.idle = 100ms;
    const Running running(fakes::answer_plain, limits);
    CHECK(running.connect_plainly().receive_all().empty());
  }
  SUBCASE("from the first byte on") {
    limits.idle = 1h;
    limits.message = 100ms;
    const Running running(fakes::answer_plain, limits);
    const auto client = running.connect_plainly();
    client.send(std::string("\x16\x03\x01\x3f\xff\x01", 6));
    CHECK(is_closed_while_dripping(client));
  }
  SUBCASE("and none for a greeting of 131,000 bytes, which is longer than any") {
    limits.idle = limits.message = 1h;
    const Running running(fakes::answer_plain, limits);
    const auto client = running.connect_plainly();
    const auto record = [](const std::string& begin) { return "\x16\x03\x01" + (begin + std::string(8192, 'x')); };
    client.send(record(std::string("\x20\x04\x01\x01\xff\xb8", 6)) + record({' ', '\0'}) + record({' ', '\0'}));
    CHECK(client.receive_all().size() < 16);
  }
  SUBCASE("and so has a request over TLS whose record drips in") {
    limits.idle = 100ms;
    const Running running(fakes::answer_plain, limits);
    const auto client = running.connect();
    REQUIRE(client.is_connected());
    client.socket().send(std::string("\x17\x03\x03\x3f\xff", 5));
    CHECK(is_closed_while_dripping(client.socket()));
    CHECK(running.handler.requests().empty());
  }
}

TEST_CASE("who sends updates of keys and nothing else keeps nobody waiting, and not itself beyond its deadline") {
  Limits limits;
  limits.idle = 300ms;
  const Running running(fakes::answer_plain, limits, {.threads = 1});
  const auto flooding = running.connect();
  REQUIRE(flooding.is_connected());
  std::atomic<bool> is_over = false;
  std::jthread flood([&] {
    block_sigpipe();
    const auto end = std::chrono::steady_clock::now() + 10s;
    while (std::chrono::steady_clock::now() < end &&
           SSL_key_update(flooding.session(), SSL_KEY_UPDATE_NOT_REQUESTED) == 1 &&
           SSL_do_handshake(flooding.session()) == 1) {
    }
    is_over = std::chrono::steady_clock::now() < end;
  });
  const auto other = running.connect();
  CHECK(other.send(kGet));
  CHECK(other.receive_until("here").ends_with("here"));
  flood.join();
  CHECK(is_over);
}

TEST_CASE("who is in the handshake gives way to who comes new") {
  const Running running(fakes::answer_plain, {}, {1, 2});
  const auto first = running.connect_plainly();
  first.send("\x16");
  const auto second = running.connect_plainly();
  second.send("\x16");
  const auto client = running.connect();
  REQUIRE(client.is_connected());
  client.send(kGet);
  CHECK(client.receive_until("here").ends_with("here"));
  CHECK((first.receive_all().empty() || second.receive_all().empty()));
}

TEST_CASE("the end answers what is under way, and closes who waits or is in the handshake") {
  Running running;
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
  Running running;
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
