#include "understudy/base/http_client.hpp"

#include <stdexcept>
#include <string>

#include <doctest/doctest.h>

namespace understudy {
namespace {

/// Says what it was asked, and answers the same to everybody.
class EchoHandler final : public Handler {
 public:
  Answer answer(const Request& request, Patience patience) override {
    ++calls;
    asked = request;
    asked_patience = patience;
    return response;
  }

  Response response;
  int calls = 0;
  Request asked;
  Patience asked_patience = Patience::kMayWait;
};

class NeverReady final : public Deferred {
 public:
  void on_ready(std::function<void()> wake) override { wake(); }
};

class DeferringHandler final : public Handler {
 public:
  Answer answer(const Request&, Patience) override { return std::make_shared<NeverReady>(); }
};

const Url kOrigin{"http", "sts.example", 8080, "/ignored"};

TEST_CASE("a final answer is asked for without patience") {
  EchoHandler handler;
  handler.response.status = 418;
  CHECK(answer_now(handler, {}).status == 418);
  CHECK(handler.asked_patience == Patience::kMustAnswer);
}

TEST_CASE("a handler that defers although it has to answer is a bug") {
  DeferringHandler handler;
  CHECK_THROWS_AS(static_cast<void>(answer_now(handler, {})), std::logic_error);
}

TEST_CASE("a handler's client hands over the request as a peer on this machine, with the origin's Host") {
  EchoHandler handler;
  handler.response.body = "hello";
  HandlerClient client(handler);
  Request request;
  request.method = "POST";
  request.target = "/x?y";
  request.headers = {{"X-A", "1"}};
  request.body = "body";
  const auto response = client.send(kOrigin, request, {});
  REQUIRE(response);
  CHECK(response->body.view() == "hello");
  CHECK(handler.calls == 1);
  CHECK(handler.asked.method == "POST");
  CHECK(handler.asked.target == "/x?y");
  CHECK(handler.asked.body == "body");
  CHECK(handler.asked.headers == Headers{{"X-A", "1"}, {"Host", "sts.example:8080"}});
  CHECK(handler.asked.peer == Peer{"127.0.0.1", 0});
}

TEST_CASE("a handler's client leaves a Host that is there") {
  EchoHandler handler;
  HandlerClient client(handler);
  Request request;
  request.headers = {{"host", "other"}};
  CHECK(client.send(kOrigin, request, {}));
  CHECK(handler.asked.headers == Headers{{"host", "other"}});
}

TEST_CASE("a handler's client keeps the limit of an answer's size") {
  EchoHandler handler;
  handler.response.body = "12345";
  HandlerClient client(handler);
  CallLimits limits;
  limits.max_body = 5;
  CHECK(client.send(kOrigin, {}, limits));
  limits.max_body = 4;
  const auto response = client.send(kOrigin, {}, limits);
  REQUIRE_FALSE(response);
  CHECK(response.error().code == "TooLarge");
  CHECK(response.error().is_transient());
  CHECK(response.error().message.find("12345") == std::string::npos);
}

}  // namespace
}  // namespace understudy
