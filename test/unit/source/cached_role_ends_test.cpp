#include <string>
#include <vector>

#include "cached_role_stage.hpp"
#include "understudy/source/cached_role.hpp"

#include <doctest/doctest.h>

namespace understudy::source {
namespace {

using fakes::numbered_credentials;
using fakes::permanent_credentials;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

TEST_CASE("keys without a session token are for sources and never for endpoints") {
  Stage stage;
  stage.source->then(permanent_credentials());
  CHECK(key_id(stage.role->get(Freshness::kCached)) == "AKIAIOSFODNN7EXAMPLE");
  const auto state = stage.role->state();
  CHECK_FALSE(state->is_cold());
  CHECK_FALSE(state->credentials);
  REQUIRE(state->error);
  CHECK(state->error->kind == Error::Kind::kInvalid);
  CHECK(state->error->message.find("session_token") != std::string::npos);
  CHECK(stage.role->get(Freshness::kCached));
  CHECK(stage.source->calls() == 1);
  stage.clock.advance(minutes(5));
  CHECK(stage.role->get(Freshness::kCached));
  CHECK(stage.source->calls() == 2);
}

TEST_CASE("empty or ended credentials of a source are an error") {
  Stage stage;
  stage.source->then(numbered_credentials(1, stage.clock.wall(), seconds(0)));
  stage.source->then(aws::Credentials{});
  CHECK(key_id(stage.role->get(Freshness::kFresh)) == "CredentialsEnded");
  CHECK(key_id(stage.role->get(Freshness::kFresh)) == "BadCredentials");
  CHECK_FALSE(stage.role->state()->credentials);
}

TEST_CASE("the ARN that the newest credentials told stays when they end") {
  Stage stage;
  CHECK(stage.role->state()->role_arn.empty());
  auto credentials = numbered_credentials(1, stage.clock.wall(), minutes(4));
  credentials.role_arn = "arn:aws:iam::111122223333:role/played";
  stage.source->then(credentials);
  stage.role->refresh();
  CHECK(stage.role->state()->role_arn == credentials.role_arn);
  stage.clock.advance(minutes(5));
  stage.source->then(Error{Error::Kind::kUnavailable, "Timeout", "STS did not answer"});
  stage.role->refresh();
  CHECK_FALSE(stage.role->state()->credentials);
  CHECK(stage.role->state()->role_arn == credentials.role_arn);
}

TEST_CASE("the same credentials again are no new generation and are asked for less and less") {
  Stage stage;
  const auto same = numbered_credentials(1, stage.clock.wall(), minutes(4));
  const std::vector<seconds> waits{seconds(5), seconds(10), seconds(20)};
  for (const auto wait : waits) {
    auto again = same;
    again.obtained = stage.clock.wall();
    stage.source->then(again);
    stage.role->refresh();
    CHECK(stage.role->due_at() - stage.clock.boot() == wait);
    stage.clock.advance(wait);
  }
  CHECK(stage.role->state()->generation == 1);
  CHECK(stage.log.count("credentials ...0001") == 1);
}

TEST_CASE("a wall clock that is set makes a refresh due and ends nothing by itself") {
  for (const auto step : {hours(2), hours(-2)}) {
    CAPTURE(step.count());
    Stage stage;
    REQUIRE(stage.role->get(Freshness::kCached));
    REQUIRE(stage.role->due_at() > stage.clock.boot());
    stage.clock.set_wall(stage.clock.wall() + step);
    CHECK(stage.role->due_at() <= stage.clock.boot());
    stage.source->then(kDown);
    stage.role->refresh();
    CHECK(stage.role->state()->credentials.has_value());
    CHECK(stage.role->due_at() > stage.clock.boot());
  }
}

TEST_CASE("a life is measured from the issuer's time, however wrong our clock is") {
  Stage stage;
  auto got = numbered_credentials(1, stage.clock.wall() + hours(5));
  stage.source->then(got);
  REQUIRE(stage.role->get(Freshness::kCached));
  CHECK(stage.role->due_at() - stage.clock.boot() == minutes(36));
}

aws::Credentials keys_with_token() {
  auto keys = permanent_credentials();
  keys.session_token = Secret("token");
  return keys;
}

TEST_CASE("a session token that does not say when it ends is served for an hour from each reading") {
  Stage stage;
  for (int reading = 1; reading <= 3; ++reading) {
    stage.source->then(keys_with_token());
    stage.role->refresh();
    const auto state = stage.role->state();
    REQUIRE(state->credentials);
    CHECK(state->credentials->expiration == stage.clock.wall() + hours(1));
    CHECK(state->documents.ecs->find("\"Token\":\"token\"") != std::string::npos);
    CHECK_FALSE(state->error);
    CHECK(stage.role->due_at() - stage.clock.boot() == minutes(5));
    stage.clock.advance(minutes(5));
  }
  CHECK(stage.log.count(LogLevel::kWarning,
                        "role app: credentials ...MPLE do not say when they end; clients are told "
                        "1h after each reading") == 1);
  CHECK(stage.log.count(LogLevel::kInfo, "...MPLE") == 1);
  CHECK_FALSE(stage.log.contains("token\""));
}

TEST_CASE("an assumed end counts like one that was told: without another reading it comes") {
  Stage stage;
  stage.source->then(keys_with_token());
  stage.role->refresh();
  stage.clock.advance(hours(1));
  stage.source->then(kDown);
  stage.role->refresh();
  CHECK_FALSE(stage.role->state()->credentials);
  CHECK(stage.role->state()->error == kDown);
}

TEST_CASE("what reads the same keys with another token has news") {
  Stage stage;
  stage.source->then(keys_with_token());
  stage.role->refresh();
  auto newer = keys_with_token();
  newer.session_token = Secret("newer");
  stage.source->then(newer);
  stage.role->refresh();
  CHECK(stage.role->state()->credentials->session_token == Secret("newer"));
  CHECK(stage.role->state()->generation == 2);
  CHECK(stage.log.count(LogLevel::kInfo, "...MPLE until") == 2);
}

TEST_CASE("keys that can not stand in a request are an error that tells nothing of them") {
  for (const char* bad : {"xyzzy\n", "xyz zy", "\txyzzy", "xyzzy\r", "xyzzy\xC3\xA9"}) {
    for (int part = 0; part < 3; ++part) {
      CAPTURE(part);
      Stage stage;
      auto keys = numbered_credentials(1, stage.clock.wall());
      part == 0 ? void(keys.access_key_id = bad)
                : void(part == 1 ? keys.secret_access_key = Secret(bad) : keys.session_token.emplace(bad));
      stage.source->then(keys);
      CHECK(key_id(stage.role->get(Freshness::kCached)) == "BadCredentials");
      CHECK(stage.role->state()->error->kind == Error::Kind::kInvalid);
      CHECK_FALSE(stage.role->state()->credentials);
      CHECK_FALSE(stage.log.contains("xyz"));
    }
  }
}

TEST_CASE("their end is told by the clock that nobody sets, from the life that their issuer gave them") {
  for (const auto off : {hours(0), hours(2), hours(-2)}) {
    CAPTURE(off.count());
    Stage stage;
    stage.source->then(numbered_credentials(1, stage.clock.wall() + off));
    stage.role->refresh();
    CHECK(stage.role->state()->got_at == stage.clock.boot());
    CHECK(stage.role->state()->ends == stage.clock.boot() + hours(1));
  }
}

}  // namespace
}  // namespace understudy::source
