#include <atomic>
#include <chrono>
#include <csignal>
#include <string>
#include <string_view>
#include <thread>

#include "tls_serving.hpp"

#include <doctest/doctest.h>

using namespace understudy;
using namespace understudy::http;
using namespace std::chrono_literals;
using fakes::kGet;
using fakes::TlsClient;

namespace {

constexpr std::string_view kH2AndHttp11("\x02h2\x08http/1.1", 12);
constexpr std::string_view kH2("\x02h2", 3);

/// Sends a byte every few milliseconds until the other side has had enough, or for ten seconds.
bool is_closed_while_dripping(const fakes::RawSocket& client) {
  for (int i = 0; i < 2000; ++i) {
    if (!client.send("x") || client.is_told_within(5ms)) {
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

TEST_CASE("TLS before 1.2 is refused, and so is whoever speaks no HTTP/1.1") {
  const TlsServing running;
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
  const TlsServing running;
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
  const TlsServing running;
  const auto client = running.connect_plainly();
  client.send(kGet);
  CHECK(client.receive_all().empty());
  CHECK(running.log.contains("it speaks plain HTTP, and this port TLS: write https://"));
  CHECK(running.handler.requests().empty());
}

TEST_CASE("bytes that are no handshake, or a handshake that ends in the middle, are closed") {
  const TlsServing running;
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
    const TlsServing running(fakes::answer_plain, limits);
    CHECK(running.connect_plainly().receive_all().empty());
  }
  SUBCASE("from the first byte on") {
    limits.idle = 1h;
    limits.message = 100ms;
    const TlsServing running(fakes::answer_plain, limits);
    const auto client = running.connect_plainly();
    client.send(std::string("\x16\x03\x01\x3f\xff\x01", 6));
    CHECK(is_closed_while_dripping(client));
  }
  SUBCASE("and none for a greeting of 131,000 bytes, which is longer than any") {
    limits.idle = limits.message = 1h;
    const TlsServing running(fakes::answer_plain, limits);
    const auto client = running.connect_plainly();
    const auto record = [](const std::string& begin) { return "\x16\x03\x01" + (begin + std::string(8192, 'x')); };
    client.send(record(std::string("\x20\x04\x01\x01\xff\xb8", 6)) + record({' ', '\0'}) + record({' ', '\0'}));
    CHECK(client.receive_all().size() < 16);
  }
  SUBCASE("and so has a request over TLS whose record drips in") {
    limits.idle = 100ms;
    const TlsServing running(fakes::answer_plain, limits);
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
  const TlsServing running(fakes::answer_plain, limits, {.threads = 1});
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
  const TlsServing running(fakes::answer_plain, {}, {1, 2});
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
