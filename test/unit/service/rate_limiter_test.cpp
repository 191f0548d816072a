#include "understudy/service/rate_limiter.hpp"

#include <chrono>
#include <string>

#include "fakes/fake_clock.hpp"

#include <doctest/doctest.h>

namespace understudy::service {
namespace {

using namespace std::chrono_literals;

class Inner final : public Handler {
 public:
  Answer answer(const Request& /*request*/, Patience /*patience*/) override {
    ++asked;
    Response response;
    response.body = "inner";
    return response;
  }
  int asked = 0;
};

struct Stage {
  Response ask(const std::string& address, const std::string& target, Patience patience = Patience::kMayWait) {
    Request request;
    request.target = target;
    request.peer = {address, 4711};
    return std::get<Response>(limited.answer(request, patience));
  }

  fakes::FakeClock clock;
  Inner inner;
  RateLimited limited{inner, {2, 3}, clock};
};

TEST_CASE("a burst is let through, then so many a second, and a rest adds up to the burst again") {
  RateLimiter limiter({2, 3});
  const BootTime start{1h};
  for (const bool expected : {true, true, true, false, false}) {
    CHECK(limiter.allow("a", start) == expected);
  }
  CHECK_FALSE(limiter.allow("a", start + 499ms));
  CHECK(limiter.allow("a", start + 500ms));
  CHECK_FALSE(limiter.allow("a", start + 500ms));
  for (const bool expected : {true, true, true, false}) {
    CHECK(limiter.allow("a", start + 1h) == expected);
  }
}

TEST_CASE("keys do not share, and more of them than are kept cost nobody the service") {
  RateLimiter limiter({1, 1});
  const BootTime start{1h};
  for (int i = 0; i < 10000; ++i) {
    CHECK(limiter.allow(std::to_string(i), start));
  }
  CHECK(limiter.allow("last", start));
  CHECK_FALSE(limiter.allow("last", start));
}

TEST_CASE("what is over the limit is refused as the agent does, each caller and path for itself") {
  Stage stage;
  for (int i = 0; i < 3; ++i) {
    CHECK(stage.ask("172.18.0.2", "/v2/credentials/app").status == 200);
  }
  const auto refused = stage.ask("172.18.0.2", "//v2/credentials/app?x=1");
  CHECK(refused.status == 429);
  CHECK(refused.headers.get("Content-Type") == "text/plain; charset=utf-8");
  CHECK(refused.body.view() == "You have reached maximum request limit.");
  CHECK(stage.inner.asked == 3);
  CHECK(stage.ask("172.18.0.3", "/v2/credentials/app").status == 200);
  CHECK(stage.ask("172.18.0.2", "/v2/credentials/audit").status == 200);
  stage.clock.advance(500ms);
  CHECK(stage.ask("172.18.0.2", "/v2/credentials/app").status == 200);
}

TEST_CASE("long paths are told apart") {
  Stage stage;
  const std::string path = "/" + std::string(8000, 'a');
  for (int i = 0; i < 4; ++i) {
    CHECK(stage.ask("172.18.0.2", path).status == (i < 3 ? 200 : 429));
  }
  CHECK(stage.ask("172.18.0.2", path + "b").status == 200);
  CHECK(stage.ask("172.18.0.3", path).status == 200);
}

TEST_CASE("before Pod Identity it speaks as that agent") {
  fakes::FakeClock clock;
  Inner inner;
  RateLimited limited(inner, {1, 1}, clock, RateLimited::Agent::kPodIdentity);
  Request request;
  request.target = "/v1/credentials";
  request.peer = {"172.18.0.2", 4711};
  CHECK(std::get<Response>(limited.answer(request, Patience::kMayWait)).headers == Headers{});
  const auto refused = std::get<Response>(limited.answer(request, Patience::kMayWait));
  CHECK(refused.status == 429);
  CHECK(refused.headers == Headers{{"Content-Type", "text/plain; charset=utf-8"}});
  CHECK(refused.body.view() == "Too Many Requests\n");
}

TEST_CASE("every answer tells the limit") {
  Stage stage;
  for (int i = 0; i < 4; ++i) {
    const auto response = stage.ask("172.18.0.2", "/x");
    CHECK(response.status == (i < 3 ? 200 : 429));
    CHECK(response.headers.get("X-Rate-Limit-Limit") == "2.00");
    CHECK(response.headers.get("X-Rate-Limit-Duration") == "1");
    CHECK(response.headers.get("X-Rate-Limit-Request-Forwarded-For") == "");
    CHECK(response.headers.get("X-Rate-Limit-Request-Remote-Addr") == "172.18.0.2:4711");
  }
}

TEST_CASE("a request that had to wait counts once") {
  Stage stage;
  for (int i = 0; i < 9; ++i) {
    CHECK(stage.ask("172.18.0.2", "/x", Patience::kMustAnswer).status == 200);
  }
}

}  // namespace
}  // namespace understudy::service
