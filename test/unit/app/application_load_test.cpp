#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <iterator>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include "fakes/raw_socket.hpp"
#include "fakes/sanitizer.hpp"
#include "understudy/base/handler.hpp"
#include "unit/app/serving.hpp"

#include <doctest/doctest.h>

/// Many clients at once, over real sockets.
namespace understudy::app {
namespace {

using fakes::RawSocket;

// A sanitizer's figures are about races alone.
constexpr std::size_t kReads = fakes::kIsSanitized ? 10'000 : 100'000;

constexpr std::size_t kClients = 500;
constexpr std::size_t kConnections = 4;
constexpr std::string_view kGetApp = "GET /v2/credentials/app HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";

/// Holds every request back until the test opens it.
class Gate final : public Handler {
 public:
  explicit Gate(Handler& behind) : behind_(behind) {}

  [[nodiscard]] Answer answer(const Request& request, Patience patience) override {
    {
      std::unique_lock lock(mutex_);
      ++arrived_;
      changed_.notify_all();
      changed_.wait_for(lock, std::chrono::seconds(10), [&] { return is_open_; });
    }
    return behind_.answer(request, patience);
  }
  void open() {
    const std::scoped_lock lock(mutex_);
    is_open_ = true;
    changed_.notify_all();
  }
  void wait_for_one() {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::seconds(10), [&] { return arrived_ > 0; });
  }

 private:
  Handler& behind_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t arrived_ = 0;
  bool is_open_ = false;
};

/// Each client has a descriptor on both sides, and both are ours.
void allow_descriptors(rlim_t count) {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = std::max(limit.rlim_cur, std::min(limit.rlim_max, count));
  setrlimit(RLIMIT_NOFILE, &limit);
}

/// The bodies of `count` answers, which hold one JSON object each. Fewer where the server closes.
std::vector<std::string> receive_bodies(const RawSocket& client, std::size_t count) {
  std::vector<std::string> bodies;
  std::string bytes;
  while (bodies.size() < count) {
    const auto end = bytes.find('}');
    if (end != std::string::npos) {
      const auto start = bytes.find('{');
      bodies.push_back(bytes.substr(start, end + 1 - start));
      bytes.erase(0, end + 1);
    } else if (const auto more = client.receive_some(); !more.empty()) {
      bytes += more;
    } else {
      break;
    }
  }
  return bodies;
}

/// The value behind `"key":"` in a JSON text; empty where it is not there.
std::string member(const std::string& text, std::string_view key) {
  const auto name = "\"" + std::string(key) + "\":\"";
  const auto found = text.find(name);
  if (found == std::string::npos) {
    return {};
  }
  const auto from = found + name.size();
  return text.substr(from, text.find('"', from) - from);
}

/// Access key id, secret access key, session token.
using Triple = std::tuple<std::string, std::string, std::string>;

Triple triple_of(const aws::Credentials& credentials) {
  return {credentials.access_key_id, std::string(credentials.secret_access_key.reveal()),
          std::string(credentials.session_token.value().reveal())};
}

Triple triple_in(const std::string& body) {
  return {member(body, "AccessKeyId"), member(body, "SecretAccessKey"), member(body, "Token")};
}

/// The role app at the STS of that port, behind so many others that it is not fetched before the start.
std::string cold_app(std::uint16_t sts_port) {
  std::string roles =
      "  base: {static: {access_key_id: AKIAIOSFODNN7EXAMPLE, secret_access_key: fake-secret}}\n"
      "  app: {assume_role: arn:aws:iam::111122223333:role/app, source: base}\n";
  std::string credentials;
  for (int i = 0; i < 64; ++i) {
    const auto name = "other" + std::to_string(i);
    roles += "  " + name +
             ": {static: {access_key_id: ASIAIOSFODNN7EXAMPLE, secret_access_key: fake-secret, session_token: fake}}\n";
    credentials += "    " + name + ": {role: " + name + "}\n";
  }
  return "region: us-east-1\nlisten: {containers: 127.0.0.1:0}\nsts: {endpoint: 'http://127.0.0.1:" +
         std::to_string(sts_port) + "'}\nroles:\n" + roles + "containers:\n  credentials:\n" + credentials +
         "    app: {role: app}\n";
}

TEST_CASE("500 clients at once on a cold role cause one AssumeRole") {
  allow_descriptors(4 * kClients);
  Serving upstream(kChain);
  auto& sts = *upstream.application().sts();
  Gate gate(sts);
  http::Server gate_server({{"gate", "127.0.0.1", 0, gate, {}}}, {1, 16}, upstream.log, upstream.clock);
  Serving serving(cold_app(gate_server.start().value().at(0).port));
  serving.start();
  REQUIRE(serving.application().role("app")->state()->is_cold());

  std::vector<RawSocket> clients;
  for (std::size_t i = 0; i < kClients; ++i) {
    clients.push_back(RawSocket::connect_to(serving.port("containers")));
  }
  for (const auto& client : clients) {
    client.send(kGetApp);
  }
  gate.wait_for_one();
  gate.open();
  std::set<Triple> got;
  std::size_t answered = 0;
  for (const auto& client : clients) {
    for (const auto& body : receive_bodies(client, 1)) {
      got.insert(triple_in(body));
      ++answered;
    }
  }
  CHECK(answered == kClients);
  CHECK(got == std::set<Triple>{triple_of(serving.application().role("app")->state()->credentials.value())});
  CHECK(sts.calls("AssumeRole") == 1);
}

/// Reads `count` answers on one connection, several requests at a time, and gives those bodies that differ.
std::set<std::string> read_many(std::uint16_t port, std::size_t count, std::atomic<std::size_t>& answered) {
  constexpr std::size_t kAtOnce = 10;
  std::string requests;
  for (std::size_t i = 0; i < kAtOnce; ++i) {
    requests += kGetApp;
  }
  const auto client = RawSocket::connect_to(port);
  std::set<std::string> different;
  for (std::size_t left = count; left > 0; left -= kAtOnce) {
    client.send(requests);
    auto bodies = receive_bodies(client, kAtOnce);
    answered += bodies.size();
    std::ranges::move(bodies, std::inserter(different, different.end()));
  }
  return different;
}

TEST_CASE("100,000 reads during rotation never see a key, a secret and a token that do not belong together") {
  Serving serving(kChain);
  serving.start();
  auto& role = *serving.application().role("app");
  std::set<Triple> published{triple_of(role.state()->credentials.value())};
  std::atomic<std::size_t> answered{0};
  std::atomic<std::size_t> at_work{kConnections};
  std::vector<std::set<std::string>> seen(kConnections);
  std::vector<std::thread> readers;
  for (auto& bodies : seen) {
    readers.emplace_back([&, port = serving.port("containers")] {
      bodies = read_many(port, kReads / kConnections, answered);
      --at_work;
    });
  }
  while (at_work > 0) {
    role.refresh();
    published.insert(triple_of(role.state()->credentials.value()));
  }
  for (auto& reader : readers) {
    reader.join();
  }
  CHECK(answered == kReads);
  std::size_t generations = 0;
  for (const auto& body : seen.at(0)) {
    generations += published.contains(triple_in(body)) ? 1U : 0U;
  }
  CHECK(generations > 10);
  for (const auto& bodies : seen) {
    CHECK(std::ranges::all_of(bodies, [&](const auto& body) { return published.contains(triple_in(body)); }));
  }
}

}  // namespace
}  // namespace understudy::app
