#include <signal.h>
#include <sys/socket.h>

#include <chrono>
#include <fstream>
#include <pthread.h>
#include <string>
#include <thread>
#include <vector>

#include "fakes/authority.hpp"
#include "fakes/certificates.hpp"
#include "fakes/raw_server.hpp"
#include "understudy/http/client.hpp"

#include <doctest/doctest.h>

using namespace understudy;
using namespace understudy::http;
using namespace std::chrono_literals;
using fakes::Authority;
using fakes::Identity;
using fakes::make_identity;
using fakes::RawServer;
using fakes::RawSocket;

namespace {

const std::string kAnswer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

Request with_secret() {
  Request request;
  request.headers = {{"Authorization", "hidden"}};
  return request;
}

}  // namespace

TEST_CASE("only a certificate of a known authority that names the host opens the way") {
  const Authority authority;
  const auto stranger = make_identity({"another authority", ""});
  struct Row {
    const char* why;
    std::string host;
    Identity identity;
    std::string reason;  // Empty: it is accepted.
  };
  const auto signed_by_us = [&](const fakes::Claims& claims) { return make_identity(claims, &authority.identity); };
  std::vector<Row> rows;
  rows.push_back({"the name", "localhost", signed_by_us({"x", "DNS:localhost"}), ""});
  rows.push_back({"the address", "127.0.0.1", signed_by_us({"x", "IP:127.0.0.1"}), ""});
  rows.push_back({"another name", "localhost", signed_by_us({"x", "DNS:example.com"}), "ostname mismatch"});
  rows.push_back({"another address", "127.0.0.1", signed_by_us({"x", "IP:127.0.0.2"}), "IP address mismatch"});
  rows.push_back({"the address as a name", "127.0.0.1", signed_by_us({"x", "DNS:127.0.0.1"}), "IP address mismatch"});
  rows.push_back({"only the common name", "localhost", signed_by_us({"localhost", ""}), "ostname mismatch"});
  rows.push_back({"a star alone", "localhost", signed_by_us({"x", "DNS:*"}), "ostname mismatch"});
  rows.push_back({"part of a label", "localhost", signed_by_us({"x", "DNS:local*"}), "ostname mismatch"});
  rows.push_back({"an ended one", "localhost", signed_by_us({"x", "DNS:localhost", -1}), "expired"});
  rows.push_back({"an unknown authority", "localhost", make_identity({"x", "DNS:localhost"}, &stranger), "issuer"});
  rows.push_back({"its own authority", "localhost", make_identity({"x", "DNS:localhost"}), "self"});
  for (auto& row : rows) {
    CAPTURE(row.why);
    std::string seen;
    Result<Response> response = Error{};
    {
      const RawServer server([&](RawSocket& peer) { seen = fakes::answer_over_tls(peer, row.identity, kAnswer); });
      NetworkClient client({authority.bundle, {}});
      response = client.send({"https", row.host, server.port(), "/"}, with_secret(), {5s, 5s, 1024});
    }
    if (row.reason.empty()) {
      REQUIRE_MESSAGE(response.has_value(), response.error().message);
      CHECK(response->body.view() == "ok");
      CHECK(seen.find("Authorization: hidden\r\n") != std::string::npos);
    } else {
      REQUIRE_FALSE(response);
      CHECK(response.error().code == "TlsError");
      CHECK(response.error().message.find("certificate is not accepted") != std::string::npos);
      CHECK_MESSAGE(response.error().message.find(row.reason) != std::string::npos, response.error().message);
      CHECK(seen.empty());
    }
  }
}

TEST_CASE("without a bundle the system's authorities are asked, who do not know ours") {
  const Authority authority;
  const auto identity = make_identity({"x", "DNS:localhost"}, &authority.identity);
  const RawServer server([&](RawSocket& peer) { fakes::answer_over_tls(peer, identity, kAnswer); });
  NetworkClient client({});
  const auto response = client.send({"https", "localhost", server.port(), "/"}, {}, {5s, 5s, 1024});
  REQUIRE_FALSE(response);
  CHECK(response.error().code == "TlsError");
}

TEST_CASE("a call's own authorities stand in the place of the client's") {
  const Authority authority;
  const auto identity = make_identity({"x", "DNS:localhost"}, &authority.identity);
  const RawServer server([&](RawSocket& peer) { fakes::answer_over_tls(peer, identity, kAnswer); });
  NetworkClient client({authority.folder / "missing.pem", {}});
  const auto response = client.send({"https", "localhost", server.port(), "/"}, {}, {5s, 5s, 1024, authority.bundle});
  REQUIRE_MESSAGE(response.has_value(), response.error().message);
  CHECK(response->body.view() == "ok");
}

TEST_CASE("a server's own certificate may be believed by itself, by its name and wherever the server is") {
  const Authority authority;
  const auto identity = make_identity({"x", "DNS:web.example"}, &authority.identity);
  const auto stranger = make_identity({"x", "DNS:web.example"}, &authority.identity);
  const auto pinned = authority.folder / "server.pem";
  std::ofstream(pinned) << identity.pem();
  struct Row {
    const Identity& shown;
    const char* host;
    bool trusts_each;
    bool is_accepted;
  };
  const Row rows[] = {{identity, "web.example", true, true},
                      {identity, "web.example", false, false},
                      {identity, "api.example", true, false},
                      {stranger, "web.example", true, false}};
  for (const auto& row : rows) {
    CAPTURE(row.host);
    const RawServer server([&](RawSocket& peer) { fakes::answer_over_tls(peer, row.shown, kAnswer); });
    NetworkClient client({.ca_bundle = pinned, .address = "127.0.0.1", .trusts_each = row.trusts_each});
    const auto response = client.send({"https", row.host, server.port(), "/"}, {}, {5s, 5s, 1024});
    CHECK(response.has_value() == row.is_accepted);
    CHECK((response || response.error().code == "TlsError"));
  }
}

TEST_CASE("an origin without a name is none that a certificate could be of") {
  const Authority authority;
  const auto identity = make_identity({"x", "DNS:localhost"}, &authority.identity);
  const RawServer server([&](RawSocket& peer) { fakes::answer_over_tls(peer, identity, kAnswer); });
  NetworkClient client({.ca_bundle = authority.bundle, .address = "127.0.0.1"});
  const auto response = client.send({"https", "", server.port(), "/"}, {}, {5s, 5s, 1024});
  REQUIRE_FALSE(response);
  CHECK(response.error().code == "TlsError");
}

TEST_CASE("a bundle that is not there lets nothing through") {
  const Authority authority;
  const auto identity = make_identity({"x", "DNS:localhost"}, &authority.identity);
  const RawServer server([&](RawSocket& peer) { fakes::answer_over_tls(peer, identity, kAnswer); });
  const auto missing = authority.folder / "missing.pem";
  const auto empty = authority.folder / "empty.pem";
  std::ofstream{empty};
  for (const auto& bundle : {missing, empty}) {
    CAPTURE(bundle.string());
    NetworkClient client({bundle, {}});
    const auto response = client.send({"https", "localhost", server.port(), "/"}, {}, {5s, 5s, 1024});
    REQUIRE_FALSE(response);
    CHECK(response.error().code == "TlsError");
    CHECK(response.error().message.ends_with("no certificates of authorities can be read from " + bundle.string() +
                                             ": see AWS_CA_BUNDLE, and ca_bundle in the profile"));
  }
  NetworkClient trusting({authority.bundle, {}});
  const auto response = trusting.send({"https", "localhost", server.port(), "/"}, {}, {5s, 5s, 1024, missing.string()});
  REQUIRE_FALSE(response);
  CHECK(response.error().message.find(missing.string()) != std::string::npos);
}

TEST_CASE("TLS older than 1.2 is refused") {
  const Authority authority;
  const auto identity = make_identity({"x", "DNS:localhost"}, &authority.identity);
  struct Row {
    int version;
    bool is_accepted;
  };
  for (const auto& row : {Row{TLS1_1_VERSION, false}, Row{TLS1_2_VERSION, true}, Row{TLS1_3_VERSION, true}}) {
    CAPTURE(row.version);
    const RawServer server([&](RawSocket& peer) { fakes::answer_over_tls(peer, identity, kAnswer, row.version); });
    NetworkClient client({authority.bundle, {}});
    const auto response = client.send({"https", "localhost", server.port(), "/"}, {}, {5s, 5s, 1024});
    CHECK(response.has_value() == row.is_accepted);
  }
}

TEST_CASE("the total holds while the other side does not shake hands") {
  const RawServer server([](RawSocket& peer) { peer.receive_all(); });
  NetworkClient client({});
  const auto start = std::chrono::steady_clock::now();
  const auto response = client.send({"https", "localhost", server.port(), "/"}, {}, {60s, 150ms, 1024});
  const auto taken = std::chrono::steady_clock::now() - start;
  REQUIRE_FALSE(response);
  CHECK(response.error().code == "Timeout");
  CHECK(taken < 3s);
}

TEST_CASE("a request is sent once, although the other side ends TLS without an answer") {
  const Authority authority;
  const auto identity = make_identity({"x", "DNS:localhost"}, &authority.identity);
  constexpr int kCalls = 20;  // Not each time the end is there when the library looks for it.
  int requests = 0;
  {
    const RawServer server([&](RawSocket& peer) {
      requests += fakes::answer_over_tls(peer, identity, "").empty() ? 0 : 1;
      peer.receive_all();
    });
    NetworkClient client({authority.bundle, {}});
    for (int call = 0; call < kCalls; ++call) {
      const auto response = client.send({"https", "localhost", server.port(), "/"}, with_secret(), {5s, 5s, 1024});
      REQUIRE_FALSE(response);
      CHECK(response.error().code == "ConnectionError");
    }
  }
  CHECK(requests == kCalls);
}

TEST_CASE("over TLS an answer without a length ends by close_notify alone") {
  const Authority authority;
  const auto identity = make_identity({"x", "DNS:localhost"}, &authority.identity);
  for (const bool breaks_off : {false, true}) {
    CAPTURE(breaks_off);
    const RawServer server([&](RawSocket& peer) {
      fakes::answer_over_tls(peer, identity, "HTTP/1.1 200 OK\r\n\r\nok", TLS1_3_VERSION, breaks_off);
    });
    NetworkClient client({authority.bundle, {}});
    const auto response = client.send({"https", "localhost", server.port(), "/"}, {}, {5s, 5s, 1024});
    CHECK(response.has_value() != breaks_off);
    CHECK((response ? response->body.view() == "ok" : response.error().code == "Truncated"));
  }
}

TEST_CASE("signals to the thread that calls do not break its call off") {
  const Authority authority;
  const auto identity = make_identity({"x", "DNS:localhost"}, &authority.identity);
  struct sigaction before{};
  struct sigaction nothing{};
  nothing.sa_handler = [](int) {};  // Without SA_RESTART: each blocking call ends with EINTR.
  ::sigaction(SIGUSR1, &nothing, &before);
  Result<Response> response = Error{};
  {
    const auto caller = ::pthread_self();
    const RawServer server([&](RawSocket& peer) {
      char first = 0;
      ::recv(peer.fd(), &first, 1, MSG_PEEK);  // From here on the caller waits for the server's part of the handshake.
      for (int i = 0; i < 1000; ++i) {
        ::pthread_kill(caller, SIGUSR1);
        std::this_thread::yield();
      }
      fakes::answer_over_tls(peer, identity, kAnswer);
    });
    NetworkClient client({authority.bundle, {}});
    response = client.send({"https", "localhost", server.port(), "/"}, {}, {5s, 5s, 1024});
  }
  CHECK_MESSAGE(response.has_value(), response.error().message);
  ::sigaction(SIGUSR1, &before, nullptr);
}
