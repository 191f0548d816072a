#include "understudy/app/one_role.hpp"

#include <chrono>
#include <string>
#include <vector>

#include "fakes/fake_clock.hpp"
#include "fakes/fake_pause.hpp"
#include "fakes/fake_source.hpp"

#include <doctest/doctest.h>

namespace understudy::app {
namespace {

using std::chrono::milliseconds;

const Error kSpent{Error::Kind::kUnavailable, "MfaCodeSpent", "the MFA code of this half minute is used up"};

struct Stage {
  fakes::FakeClock clock;
  fakes::FakePause pause;
  fakes::FakeSource source{clock};
  Result<aws::Credentials> get() {
    return get_by_next_code([&] { return source.get(source::Freshness::kCached); }, clock, pause);
  }
};

TEST_CASE("a code that is used up is a wait for the next half minute") {
  Stage stage;
  stage.source.then(kSpent);
  const auto got = stage.get();
  REQUIRE(got);
  CHECK(got->access_key_id == "ASIAEXAMPLE000000002");
  // The clock stands at 24 seconds of a minute.
  CHECK(stage.pause.waits == std::vector{milliseconds(8000)});
}

TEST_CASE("the next code is awaited once, and nothing else is") {
  Stage stage;
  stage.source.then(kSpent);
  stage.source.then(kSpent);
  CHECK(stage.get().error().code == "MfaCodeSpent");
  CHECK(stage.pause.waits.size() == 1);
  stage.source.then(Error{Error::Kind::kDenied, "AccessDenied", "no"});
  CHECK(stage.get().error().code == "AccessDenied");
  REQUIRE(stage.get());
  CHECK(stage.pause.waits.size() == 1);
}

TEST_CASE("who interrupts the wait gets what was there before") {
  Stage stage;
  stage.pause.interrupted = true;
  stage.source.then(kSpent);
  CHECK(stage.get().error().code == "MfaCodeSpent");
}

}  // namespace
}  // namespace understudy::app
