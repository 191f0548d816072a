#include "understudy/source/session_token.hpp"

#include <string>

#include "fakes/fake_surroundings.hpp"

#include <doctest/doctest.h>

namespace understudy::source {
namespace {

using std::chrono::hours;

struct Stage {
  fakes::FakeSurroundings surroundings;
  fakes::FakeSource base{surroundings.clock};

  Stage() {
    for (int i = 0; i < 3; ++i) {
      base.then(fakes::permanent_credentials());
    }
  }
  [[nodiscard]] aws::GetSessionToken call(std::size_t index) const {
    return std::get<aws::GetSessionToken>(surroundings.sts.asked().at(index).call);
  }
};

TEST_CASE("a session is asked for with long-term keys, with a code where there is a device") {
  Stage stage;
  SessionTokenSource plain(stage.surroundings.get(), stage.base, {hours(12), std::nullopt, false});
  REQUIRE(plain.get(Freshness::kCached).has_value());
  CHECK(stage.call(0) == aws::GetSessionToken{hours(12), "", ""});
  CHECK(stage.surroundings.sts.asked()[0].key_id == fakes::permanent_credentials().access_key_id);
  SessionTokenSource with_mfa(stage.surroundings.get(), stage.base,
                              {std::nullopt, MfaSettings{"m", "123456", "", ""}, false});
  REQUIRE(with_mfa.get(Freshness::kCached).has_value());
  CHECK(stage.call(1) == aws::GetSessionToken{std::nullopt, "m", "123456"});
  CHECK(with_mfa.get(Freshness::kCached).error().code == "MfaRequired");
  CHECK(stage.surroundings.sts.asked().size() == 2);
}

TEST_CASE("a session's keys are refused before STS is asked, and cost no code") {
  fakes::FakeSurroundings surroundings;
  fakes::FakeSource session(surroundings.clock);
  SessionTokenSource source(surroundings.get(), session, {std::nullopt, MfaSettings{"m", "123456", "", ""}, false});
  CHECK(source.get(Freshness::kCached).error().code == "NotLongTerm");
  session.then(fakes::permanent_credentials());
  CHECK(source.get(Freshness::kCached).has_value());
}

TEST_CASE("a session of the base is passed on where that is wanted, and is not asked for again") {
  fakes::FakeSurroundings surroundings;
  fakes::FakeSource base(surroundings.clock);
  SessionTokenSource source(surroundings.get(), base, {hours(1), std::nullopt, true});
  const auto passed = source.get(Freshness::kFresh);
  REQUIRE(passed.has_value());
  CHECK(passed->session_token.has_value());
  CHECK(surroundings.sts.asked().empty());
  base.then(fakes::permanent_credentials());
  REQUIRE(source.get(Freshness::kCached).has_value());
  CHECK(surroundings.sts.asked().size() == 1);
}

}  // namespace
}  // namespace understudy::source
