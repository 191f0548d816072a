#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "fakes/certificates.hpp"
#include "fakes/raw_server.hpp"
#include "fakes/stopwatch.hpp"
#include "fakes/temp_folder.hpp"
#include "understudy/http/client.hpp"

#include <doctest/doctest.h>

using namespace understudy;
using namespace understudy::http;
using namespace std::chrono_literals;
using fakes::RawServer;
using fakes::RawSocket;
using fakes::time_of;

namespace {

const std::string kOk = "HTTP/1.1 200 OK\r\n";
const std::string kChunked = kOk + "Transfer-Encoding: chunked\r\n\r\n";
constexpr std::size_t kMaxBody = 64 * 1024;
const CallLimits kLimits{10s, 10s, kMaxBody};

std::string times(std::size_t count, const std::string& text) {
  std::string all;
  while (count-- > 0) {
    all += text;
  }
  return all;
}

/// A long text: more than any bound, and than what would end the process by the depth of a recursion.
std::string much(const std::string& text) { return times(1024 * 1024 / text.size(), text); }

struct Flood {
  std::string why;
  std::string bytes;
};

/// Of no use to anybody, whoever reads them.
std::vector<Flood> heads() {
  return {
      {"a status line", "HTTP/1.1 200 " + much("a")},
      {"a line of nothing", much("a")},
      {"a field", kOk + "X: " + much("a")},
      {"a field's name", kOk + much("a")},
      {"fields", kOk + much("X-Field: " + times(200, "a") + "\r\n")},
  };
}

std::vector<Flood> answers() {
  auto all = heads();
  all.insert(all.end(), {
                            {"a status line of 2 KiB", "HTTP/1.1 200 " + times(2048, "a") + "\r\n\r\n"},
                            {"interim answers", much("HTTP/1.1 100 Continue\r\n\r\n")},
                            {"a chunk's size", kChunked + much("1")},
                            {"a chunk's size of zeros", kChunked + much("0")},
                            {"a chunk's extension", kChunked + "1;" + much("a")},
                            {"a later chunk's extension", kChunked + times(kMaxBody, "1\r\na\r\n") + "1;" + much("a")},
                            {"extensions", kChunked + much("1;" + times(100, "a") + "\r\na\r\n")},
                            {"a field behind the chunks", kChunked + "0\r\nX: " + much("a")},
                            {"chunks of one byte", kChunked + much("1\r\na\r\n")},
                        });
  return all;
}

/// What becomes of the answer: within a time that is far from the call's, although the peer keeps the connection.
std::string code_of(NetworkClient& client, const Url& origin) {
  std::string code;
  const auto taken = time_of([&] {
    const auto response = client.send(origin, {}, kLimits);
    code = response ? "a response" : response.error().code;
    CHECK((response || response.error().message.find("aaa") == std::string::npos));
  });
  CHECK(taken < 5s);
  return code;
}

/// Trusts an identity for `localhost` and `sts.example`.
struct Tls {
  fakes::Identity identity = fakes::make_identity({"x", "DNS:localhost,DNS:sts.example"});
  fakes::TempFolder folder;
  std::filesystem::path bundle = folder.path() / "ca.pem";

  Tls() { std::ofstream(bundle) << identity.pem(); }
};

}  // namespace

TEST_CASE("an answer that has no end, or none in sight, is given up at once") {
  for (const auto& row : answers()) {
    CAPTURE(row.why);
    const RawServer server([&](RawSocket& peer) {
      peer.receive_until("\r\n\r\n");
      if (peer.send(row.bytes)) {
        peer.receive_all();
      }
    });
    NetworkClient client({});
    CHECK(code_of(client, {"http", "127.0.0.1", server.port(), "/"}) == "TooLarge");
  }
}

TEST_CASE("over TLS too") {
  const Tls tls;
  for (const auto& row : answers()) {
    CAPTURE(row.why);
    const RawServer server([&](RawSocket& peer) { fakes::answer_over_tls(peer, tls.identity, row.bytes); });
    NetworkClient client({.ca_bundle = tls.bundle, .environment = {}});
    CHECK(code_of(client, {"https", "localhost", server.port(), "/"}) == "TooLarge");
  }
}

TEST_CASE("a proxy's answer is given up likewise, whether it is its own or the origin's") {
  for (const std::string scheme : {"http", "https"}) {
    for (const auto& row : heads()) {
      CAPTURE(scheme);
      CAPTURE(row.why);
      const RawServer proxy([&](RawSocket& peer) {
        peer.receive_until("\r\n\r\n");
        if (peer.send(row.bytes)) {
          peer.receive_all();
        }
      });
      const auto variable = std::pair(scheme + "_proxy", "127.0.0.1:" + std::to_string(proxy.port()));
      NetworkClient client({.environment = Environment({variable})});
      const auto code = code_of(client, {scheme, "sts.example", 8080, "/"});
      CHECK((code == "TooLarge" || (scheme == "https" && code == "ConnectionError")));
    }
  }
}

TEST_CASE("inside a proxy's tunnel the origin's answer has the same bounds") {
  const Tls tls;
  for (const auto& row : heads()) {
    CAPTURE(row.why);
    const RawServer proxy([&](RawSocket& peer) {
      peer.receive_until("\r\n\r\n");
      peer.send(kOk + "\r\n");
      fakes::answer_over_tls(peer, tls.identity, row.bytes);
    });
    const auto variable = std::pair(std::string("https_proxy"), "127.0.0.1:" + std::to_string(proxy.port()));
    NetworkClient client({.ca_bundle = tls.bundle, .environment = Environment({variable})});
    CHECK(code_of(client, {"https", "sts.example", 8080, "/"}) == "TooLarge");
  }
}

TEST_CASE("what keeps within the bounds is taken") {
  const std::string line = "X-Field: " + times(8192 - 11, "a") + "\r\n";
  const std::string body(kMaxBody, 'a');
  const std::string end = "Content-Length: 0\r\n\r\n";
  struct Row {
    const char* why;
    std::string bytes;
    std::size_t body;
  };
  const std::vector<Row> rows{
      {"a status line of 1 KiB", "HTTP/1.1 200 " + times(1024 - 15, "a") + "\r\n" + end, 0},
      {"a field of 8 KiB", kOk + line + end, 0},
      {"a head of 16 KiB", kOk + line + "X-Field: " + times(8192 - 11 - kOk.size() - end.size(), "a") + "\r\n" + end,
       0},
      {"an interim answer", "HTTP/1.1 100 Continue\r\n\r\n" + kOk + end, 0},
      {"chunks of one byte", kChunked + times(kMaxBody, "1\r\na\r\n") + "0\r\n\r\n", kMaxBody},
      {"one chunk", kChunked + "10000\r\n" + body + "\r\n0\r\n\r\n", kMaxBody},
      {"a chunk with an extension", kChunked + "10000;" + times(4096, "a") + "\r\n" + body + "\r\n0\r\n\r\n", kMaxBody},
      {"until it closes", kOk + "\r\n" + body, kMaxBody},
      {"a length", kOk + "Content-Length: 65536\r\n\r\n" + body, kMaxBody},
  };
  const Tls tls;
  for (const auto& row : rows) {
    CAPTURE(row.why);
    const RawServer plain(RawServer::answering(row.bytes));
    const RawServer secure([&](RawSocket& peer) { fakes::answer_over_tls(peer, tls.identity, row.bytes); });
    NetworkClient client({.ca_bundle = tls.bundle, .environment = {}});
    for (const auto& origin :
         {Url{"http", "127.0.0.1", plain.port(), "/"}, Url{"https", "localhost", secure.port(), "/"}}) {
      const auto response = client.send(origin, {}, kLimits);
      REQUIRE_MESSAGE(response.has_value(), response.error().message);
      CHECK(response->body.size() == row.body);
    }
  }
}
