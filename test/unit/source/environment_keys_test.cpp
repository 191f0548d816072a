#include "understudy/source/environment_keys.hpp"

#include <map>
#include <string>
#include <vector>

#include "fakes/fake_clock.hpp"

#include <doctest/doctest.h>

namespace understudy::source {
namespace {

using Variables = std::map<std::string, std::string, std::less<>>;

TEST_CASE("the environment's keys are read with all that stands beside them") {
  const fakes::FakeClock clock;
  const Environment environment({{"AWS_ACCESS_KEY_ID", "ASIAIOSFODNN7EXAMPLE"},
                                 {"AWS_SECRET_ACCESS_KEY", "s"},
                                 {"AWS_SESSION_TOKEN", "t"},
                                 {"AWS_CREDENTIAL_EXPIRATION", "2026-11-21T01:00:00+01:00"},
                                 {"AWS_ACCOUNT_ID", "111122223333"}});
  EnvironmentKeys source(environment, clock);
  const auto keys = source.get(Freshness::kCached);
  REQUIRE(keys);
  CHECK(keys->access_key_id == "ASIAIOSFODNN7EXAMPLE");
  CHECK(keys->secret_access_key == Secret("s"));
  CHECK(keys->session_token == Secret("t"));
  CHECK(*keys->expiration - clock.wall() == std::chrono::minutes(22) + std::chrono::seconds(36));
  CHECK(keys->account_id == "111122223333");
  CHECK(keys->obtained == clock.wall());
  CHECK(source.own_keys() == std::vector{*keys});
}

TEST_CASE("an environment without usable keys says what is wrong") {
  struct Row {
    Variables variables;
    std::string code;
    std::string message;
  };
  const std::vector<Row> rows{
      {{}, "NoKeys", "the environment has no keys: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"},
      {{{"AWS_ACCESS_KEY_ID", ""}, {"AWS_SECRET_ACCESS_KEY", ""}},
       "NoKeys",
       "the environment has no keys: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"},
      {{{"AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"}},
       "HalfAPair",
       "the environment has AWS_ACCESS_KEY_ID and no AWS_SECRET_ACCESS_KEY: set both or neither"},
      {{{"AWS_SECRET_ACCESS_KEY", "s"}, {"AWS_ACCESS_KEY_ID", ""}},
       "HalfAPair",
       "the environment has AWS_SECRET_ACCESS_KEY and no AWS_ACCESS_KEY_ID: set both or neither"},
      {{{"AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"},
        {"AWS_SECRET_ACCESS_KEY", "s"},
        {"AWS_CREDENTIAL_EXPIRATION", "soon"}},
       "BadExpiration",
       "AWS_CREDENTIAL_EXPIRATION is no time such as 2026-11-20T23:37:24Z"},
      {{{"AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"},
        {"AWS_SECRET_ACCESS_KEY", "s"},
        {"AWS_CREDENTIAL_EXPIRATION", "2026-11-20T23:37:24Z"}},
       "KeysEnded",
       "the keys in the environment ended at 2026-11-20T23:37:24Z: put newer ones there"},
  };
  const fakes::FakeClock clock;
  for (const auto& row : rows) {
    CAPTURE(row.message);
    const Environment environment(row.variables);
    EnvironmentKeys source(environment, clock);
    const auto keys = source.get(Freshness::kCached);
    REQUIRE_FALSE(keys);
    CHECK(keys.error().code == row.code);
    CHECK(keys.error().message == row.message);
    CHECK(source.own_keys().empty());
  }
}

}  // namespace
}  // namespace understudy::source
