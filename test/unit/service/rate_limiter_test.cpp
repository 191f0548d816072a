#include "understudy/service/rate_limiter.hpp"

#include <fmt/format.h>

#include <chrono>
#include <string>

#include "fakes/fake_clock.hpp"
#include "fakes/recording_log.hpp"

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
  fakes::RecordingLog log;
  RefusalLog refusals{"containers", clock, log};
  RateLimited limited{inner, {2, 3}, clock, refusals};
};

TEST_CASE("a burst is let through, then so many a second, and a rest adds up to the burst again") {
  RateLimiter limiter({2, 3});
  const BootTime start{1h};
  for (const bool expected : {true, true, true, false, false}) {
    CHECK(limiter.allow("10.0.0.1", "/a", start) == expected);
  }
  CHECK_FALSE(limiter.allow("10.0.0.1", "/a", start + 499ms));
  CHECK(limiter.allow("10.0.0.1", "/a", start + 500ms));
  CHECK_FALSE(limiter.allow("10.0.0.1", "/a", start + 500ms));
  for (const bool expected : {true, true, true, false}) {
    CHECK(limiter.allow("10.0.0.1", "/a", start + 1h) == expected);
  }
}

TEST_CASE("no number of made-up paths gives a caller anew what it has used up, nor costs another caller anything") {
  RateLimiter limiter({1, 2});
  BootTime now{1h};
  CHECK(limiter.allow("10.0.0.2", "/creds", now));
  int given = 0;
  for (int round = 0; round < 3; ++round, now += 300ms) {
    for (int i = 0; i < 5000; ++i) {
      static_cast<void>(limiter.allow("10.0.0.1", "/" + std::to_string(i), now));
    }
    given += limiter.allow("10.0.0.1", "/creds", now) ? 1 : 0;
    given += limiter.allow("10.0.0.1", "/creds", now) ? 1 : 0;
    CHECK(limiter.allow("10.0.0.3", "/" + std::to_string(round), now));
  }
  CHECK(given <= 2);
  CHECK(limiter.allow("10.0.0.2", "/creds", now));
  CHECK_FALSE(limiter.allow("10.0.0.2", "/creds", now));
}

TEST_CASE("a caller's paths have a bucket each while they are few, and those that have rested do not count") {
  RateLimiter limiter({1, 1});
  BootTime now{1h};
  for (int turn = 0; turn < 3; ++turn, now += 1s) {
    for (std::size_t i = 0; i < RateLimiter::kMostPaths; ++i) {
      CHECK(limiter.allow("10.0.0.1", fmt::format("/{}/{}", turn, i), now));
    }
    CHECK(limiter.allow("10.0.0.1", "/one more", now));
    CHECK_FALSE(limiter.allow("10.0.0.1", "/and one more", now));
  }
}

TEST_CASE("where many callers use all there is, each goes on with one of its own") {
  RateLimiter limiter({1, 1});
  const BootTime now{1h};
  for (std::size_t i = 0; i < RateLimiter::kMostBuckets; ++i) {
    CHECK(limiter.allow(fmt::format("10.0.0.{}", i % 32), fmt::format("/{}", i), now));
  }
  CHECK_FALSE(limiter.allow("10.0.0.7", "/7", now));
  CHECK(limiter.allow("10.0.1.1", "/a", now));
  CHECK_FALSE(limiter.allow("10.0.1.1", "/b", now));
  CHECK(limiter.allow("10.0.1.1", "/b", now + 1s));
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

TEST_CASE("what is over the limit is counted, and told now and then with what to do") {
  Stage stage;
  for (int i = 0; i < 9; ++i) {
    stage.ask("172.18.0.2", "/v2/credentials/app");
  }
  CHECK(stage.refusals.count(Rule::kRate) == 6);
  CHECK(stage.log.count(LogLevel::kWarning, "containers: refused a request from 172.18.0.2") == 1);
  CHECK(stage.log.count(LogLevel::kWarning, "containers.rate_limit") == 1);
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
  fakes::RecordingLog log;
  RefusalLog refusals("pod_identity", clock, log);
  RateLimited limited(inner, {1, 1}, clock, refusals, RateLimited::Agent::kPodIdentity);
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

TEST_CASE("a forwarded request is served and told whom it says it is for, served or over the limit") {
  Stage stage;
  Request request;
  request.target = "/x";
  request.peer = {"172.18.0.2", 4711};
  request.headers.add("x-forwarded-for", "203.0.113.9, 10.0.0.1");
  for (int i = 0; i < 4; ++i) {
    const auto response = std::get<Response>(stage.limited.answer(request, Patience::kMayWait));
    CHECK(response.status == (i < 3 ? 200 : 429));
    CHECK(response.headers.get("X-Rate-Limit-Request-Forwarded-For") == "203.0.113.9, 10.0.0.1");
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
