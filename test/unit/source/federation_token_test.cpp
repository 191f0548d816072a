#include "understudy/source/federation_token.hpp"

#include <string>

#include "fakes/fake_surroundings.hpp"

#include <doctest/doctest.h>

namespace understudy::source {
namespace {

struct Stage {
  fakes::FakeSurroundings surroundings;
  fakes::FakeSource base{surroundings.clock};

  Result<aws::Credentials> get() {
    FederationTokenSource::Settings settings;
    settings.call.name = "guest";
    settings.call.tags = {{"team", "a"}};
    settings.policies.policies.policy = "{}";
    return FederationTokenSource(surroundings.get(), base, settings).get(Freshness::kCached);
  }
};

TEST_CASE("a federated session is asked for with long-term keys") {
  Stage stage;
  stage.base.then(fakes::permanent_credentials());
  REQUIRE(stage.get().has_value());
  const auto asked = stage.surroundings.sts.asked().at(0);
  CHECK(asked.key_id == fakes::permanent_credentials().access_key_id);
  const auto call = std::get<aws::GetFederationToken>(asked.call);
  CHECK(call.name == "guest");
  CHECK(call.policies.policy == "{}");
  CHECK(call.tags == aws::Tags{{"team", "a"}});
}

TEST_CASE("a session's keys are refused before STS is asked") {
  Stage stage;
  const auto got = stage.get();
  REQUIRE_FALSE(got.has_value());
  CHECK(got.error().kind == Error::Kind::kInvalid);
  CHECK(got.error().code == "NotLongTerm");
  CHECK(stage.surroundings.sts.asked().empty());
}

TEST_CASE("what keeps the base from its keys is passed on") {
  Stage stage;
  stage.base.then(Error{Error::Kind::kNotFound, "NoKeys", "none"});
  CHECK(stage.get().error().code == "NoKeys");
}

}  // namespace
}  // namespace understudy::source
