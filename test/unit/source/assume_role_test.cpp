#include "understudy/source/assume_role.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "fakes/fake_surroundings.hpp"

#include <doctest/doctest.h>

namespace understudy::source {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

const Error kExpired{Error::Kind::kExpired, "ExpiredToken", "ended"};

aws::AssumeRole call() {
  aws::AssumeRole out;
  out.role_arn = "arn:aws:iam::444455556666:role/audit";
  out.role_session_name = "me";
  return out;
}

struct Stage {
  fakes::FakeSurroundings surroundings;
  fakes::FakeSource base{surroundings.clock};

  AssumeRoleSource source(AssumeRoleSource::Settings settings = {call(), {}}) {
    return {surroundings.get(), base, std::move(settings)};
  }
};

TEST_CASE("a role is played with the base's credentials, and knows its account and ARN") {
  Stage stage;
  const auto got = stage.source().get(Freshness::kCached);
  REQUIRE(got);
  CHECK(got->account_id == "444455556666");
  CHECK(got->role_arn == "arn:aws:iam::444455556666:role/audit");
  REQUIRE(stage.surroundings.sts.asked().size() == 1);
  CHECK(stage.surroundings.sts.asked()[0].key_id == "ASIAEXAMPLE000000001");
  CHECK_FALSE(stage.surroundings.sts.asked()[0].played);
  CHECK(stage.surroundings.sts.assume_role(0) == call());
}

TEST_CASE("a base that has ended is asked for fresh credentials once") {
  Stage stage;
  stage.surroundings.sts.then(kExpired);
  REQUIRE(stage.source().get(Freshness::kCached));
  CHECK(stage.base.asked() == std::vector{Freshness::kCached, Freshness::kFresh});
  CHECK(stage.surroundings.sts.asked()[1].key_id == "ASIAEXAMPLE000000002");

  stage.surroundings.sts.then(kExpired);
  stage.surroundings.sts.then(kExpired);
  CHECK(stage.source().get(Freshness::kCached).error() == kExpired);
  CHECK(stage.base.calls() == 4);
}

TEST_CASE("other refusals, and a base without credentials, are handed on") {
  Stage stage;
  const Error denied{Error::Kind::kDenied, "AccessDenied", "no"};
  stage.surroundings.sts.then(denied);
  CHECK(stage.source().get(Freshness::kCached).error() == denied);
  CHECK(stage.base.calls() == 1);
  const Error down{Error::Kind::kUnavailable, "ConnectionError", "no answer"};
  stage.base.then(down);
  CHECK(stage.source().get(Freshness::kCached).error() == down);
  CHECK(stage.surroundings.sts.asked().size() == 1);
}

TEST_CASE("an answer without credentials is an error") {
  Stage stage;
  stage.surroundings.sts.then(aws::StsAnswer{});
  CHECK(stage.source().get(Freshness::kCached).error().code == "BadAnswer");
}

TEST_CASE("a chain's duration is cut to an hour with a warning, a long-term key's is not") {
  Stage stage;
  AssumeRoleSource::Settings settings{call(), {}};
  settings.call.duration = hours(2);
  REQUIRE(stage.source(settings).get(Freshness::kCached));
  CHECK(stage.surroundings.sts.assume_role(0).duration == hours(1));
  CHECK(stage.surroundings.log.count(LogLevel::kWarning, "not 2h") == 1);
  stage.base.then(fakes::permanent_credentials());
  REQUIRE(stage.source(settings).get(Freshness::kCached));
  CHECK(stage.surroundings.sts.assume_role(1).duration == hours(2));
  settings.call.duration = minutes(15);
  REQUIRE(stage.source(settings).get(Freshness::kCached));
  CHECK(stage.surroundings.sts.assume_role(2).duration == minutes(15));
  CHECK(stage.surroundings.log.count(LogLevel::kWarning, "") == 1);
}

TEST_CASE("a policy file is read at each fetch") {
  const auto path = std::filesystem::temp_directory_path() / ("understudy-policy-" + std::to_string(getpid()));
  Stage stage;
  auto source = stage.source({call(), {{}, path.string()}});
  CHECK(source.get(Freshness::kCached).error().kind == Error::Kind::kNotFound);
  std::ofstream(path) << "{\"Version\": 1}\n";
  REQUIRE(source.get(Freshness::kCached));
  std::ofstream(path) << "{\"Version\": 2}\n";
  REQUIRE(source.get(Freshness::kCached));
  std::filesystem::remove(path);
  CHECK(stage.surroundings.sts.assume_role(0).policies.policy == "{\"Version\": 1}");
  CHECK(stage.surroundings.sts.assume_role(1).policies.policy == "{\"Version\": 2}");
}

TEST_CASE("a code of an MFA device goes along once, and not before the base has credentials") {
  Stage stage;
  auto settings = AssumeRoleSource::Settings{call(), {}, MfaSettings{"m", "123456", "", ""}};
  AssumeRoleSource source(stage.surroundings.get(), stage.base, settings);
  stage.base.then(Error{Error::Kind::kUnavailable, "ConnectionError", "no answer"});
  CHECK(source.get(Freshness::kCached).error().code == "ConnectionError");
  stage.surroundings.sts.then(kExpired);
  CHECK(source.get(Freshness::kCached).error() == kExpired);
  CHECK(stage.surroundings.sts.assume_role(0).serial_number == "m");
  CHECK(stage.surroundings.sts.assume_role(0).token_code == "123456");
  CHECK(source.get(Freshness::kCached).error().code == "MfaRequired");
  CHECK(stage.surroundings.sts.asked().size() == 1);
}

}  // namespace
}  // namespace understudy::source
