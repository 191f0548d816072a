#include "understudy/app/front.hpp"

#include <functional>
#include <string>
#include <thread>

#include "fakes/fake_clock.hpp"
#include "fakes/fake_handler.hpp"
#include "fakes/raw_socket.hpp"
#include "fakes/recording_log.hpp"

#include <doctest/doctest.h>

namespace understudy::app {
namespace {

using fakes::FakeDeferred;
using fakes::FakeHandler;
using fakes::RawSocket;

const std::string kGet = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

/// The parts of one application, in so far as the front knows them.
struct Owner {
  explicit Owner(std::string text)
      : one([text](const Request&, Patience) { return Response{200, {}, "one of " + text, {}}; }),
        other([text](const Request&, Patience) { return Response{200, {}, "other of " + text, {}}; }) {}
  FakeHandler one;
  FakeHandler other;
};

struct Stage {
  fakes::FakeClock clock;
  fakes::RecordingLog log;
  Front front{log, clock};

  /// Ends the sharing of ownership in a circle that the applications have.
  ~Stage() { front.stop(std::chrono::milliseconds(0)); }

  std::vector<http::BoundAddress> open(const std::shared_ptr<Owner>& owner, std::vector<http::Listener> listeners) {
    auto bound = front.open(owner, std::move(listeners));
    REQUIRE(bound);
    return *std::move(bound);
  }
};

std::string ask(const RawSocket& client) {
  client.send(kGet);
  const auto answer = client.receive_until("of ");
  return answer.substr(answer.find("\r\n\r\n") + 4) + (answer.ends_with("of ") ? client.receive_some() : "");
}

std::string ask(std::uint16_t port) { return ask(RawSocket::connect_to(port)); }

TEST_CASE("a listener that stays keeps its connections, and the next request is the next one's") {
  Stage stage;
  const auto first = std::make_shared<Owner>("the first");
  const auto before = stage.open(first, {{"one", "127.0.0.1", 0, first->one}});
  const auto client = RawSocket::connect_to(before.at(0).port);
  CHECK(ask(client) == "one of the first");
  const auto second = std::make_shared<Owner>("the second");
  const auto after = stage.open(second, {{"one", "127.0.0.1", 0, second->one}});
  CHECK(after == before);
  CHECK(ask(client) == "one of the second");
  CHECK(first.use_count() == 1);
}

TEST_CASE("listeners are added and taken away while others stay") {
  Stage stage;
  const auto first = std::make_shared<Owner>("the first");
  const auto before = stage.open(first, {{"one", "127.0.0.1", 0, first->one}});
  const auto second = std::make_shared<Owner>("the second");
  const auto both =
      stage.open(second, {{"other", "127.0.0.1", 0, second->other}, {"one", "127.0.0.1", 0, second->one}});
  CHECK(both.at(0).name == "other");
  CHECK(both.at(1) == before.at(0));
  CHECK(ask(both.at(0).port) == "other of the second");
  const auto idle = RawSocket::connect_to(both.at(0).port);
  CHECK(ask(idle) == "other of the second");
  const auto third = std::make_shared<Owner>("the third");
  CHECK(stage.open(third, {{"one", "127.0.0.1", 0, third->one}}) == before);
  CHECK(idle.receive_all().empty());
  CHECK_THROWS(RawSocket::connect_to(both.at(0).port));
  CHECK(second.use_count() == 1);
}

TEST_CASE("a listener moves within its port, and two exchange their ports") {
  Stage stage;
  const auto first = std::make_shared<Owner>("the first");
  auto at = stage.open(first, {{"one", "127.0.0.1", 0, first->one}, {"other", "127.0.0.1", 0, first->other}});
  const auto one = at.at(0).port;
  const auto other = at.at(1).port;
  at = stage.open(first, {{"one", "127.0.0.1", one, first->one}, {"other", "0.0.0.0", other, first->other}});
  CHECK(ask(one) == "one of the first");
  CHECK(ask(other) == "other of the first");
  at = stage.open(first, {{"one", "127.0.0.1", other, first->one}, {"other", "127.0.0.1", one, first->other}});
  CHECK(ask(one) == "other of the first");
  CHECK(ask(other) == "one of the first");
}

TEST_CASE("a request under way on a listener that closes is answered, by its name's next one or by 503") {
  for (const bool moves : {true, false}) {
    CAPTURE(moves);
    Stage stage;
    const auto first = std::make_shared<Owner>("the first");
    const auto port = stage.open(first, {{"one", "127.0.0.1", 0, first->one}}).at(0).port;
    const auto client = RawSocket::connect_to(port);
    client.send(kGet + kGet.substr(0, 9));
    client.receive_until("of the first");
    const auto second = std::make_shared<Owner>("the second");
    stage.open(second, {{moves ? "one" : "other", "127.0.0.2", 0, moves ? second->one : second->other}});
    client.send(kGet.substr(9));
    const auto answer = client.receive_all();
    CHECK(answer.starts_with(moves ? "HTTP/1.1 200" : "HTTP/1.1 503"));
    CHECK(answer.find("Connection: close") != std::string::npos);
    CHECK(answer.ends_with(moves ? "one of the second" : "\r\n\r\n"));
  }
}

TEST_CASE("where a listener can not open nothing changes") {
  Stage stage;
  const auto first = std::make_shared<Owner>("the first");
  const auto port = stage.open(first, {{"one", "127.0.0.1", 0, first->one}}).at(0).port;
  const auto second = std::make_shared<Owner>("the second");
  const auto refused =
      stage.front.open(second, {{"one", "127.0.0.1", 0, second->one}, {"other", "192.0.2.1", 0, second->other}});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == "AddressNotAvailable");
  CHECK(ask(port) == "one of the first");
  CHECK(second.use_count() == 1);
}

TEST_CASE("who is told to wait is answered by the next one, and the first stays as long as it is waited for") {
  auto deferred = std::make_shared<FakeDeferred>();
  auto first = std::make_shared<FakeHandler>([&](const Request&, Patience) { return Answer(deferred); });
  const std::weak_ptr<FakeHandler> alive = first;
  Turnstile turnstile(std::move(first));
  auto answer = turnstile.answer({}, Patience::kMayWait);
  turnstile.turn_to(
      std::make_shared<FakeHandler>([](const Request&, Patience) { return Response{200, {}, "the second", {}}; }));
  CHECK_FALSE(alive.expired());
  bool is_woken = false;
  std::get<std::shared_ptr<Deferred>>(answer)->on_ready([&] { is_woken = true; });
  deferred->make_ready();
  CHECK(is_woken);
  CHECK(answer_now(turnstile, {}).body.view() == "the second");
  answer = Response{};
  CHECK(alive.expired());
}

}  // namespace
}  // namespace understudy::app
