#include "understudy/service/role_credentials.hpp"

#include <cerrno>
#include <system_error>
#include <utility>

#include "fakes/fake_clock.hpp"
#include "fakes/fake_roles.hpp"
#include "fakes/recording_log.hpp"
#include "unit/source/cached_role_stage.hpp"

#include <doctest/doctest.h>

namespace understudy::service {
namespace {

using Kind = Error::Kind;

TEST_CASE("a role nobody has tried is cold") {
  const fakes::FakeRole role("app");
  CHECK(standing_of(*role.state(), BootTime{}) == Standing::kCold);
}

TEST_CASE("credentials are good until the moment they end, also after a failed refresh") {
  fakes::FakeClock clock;
  fakes::FakeRole role("app");
  role.publish(fakes::some_credentials(clock.wall()));
  const auto end = clock.boot() + std::chrono::hours(1);
  for (int refreshed = 0; refreshed < 2; ++refreshed) {
    CHECK(standing_of(*role.state(), clock.boot()) == Standing::kGood);
    CHECK(standing_of(*role.state(), end - std::chrono::milliseconds(1)) == Standing::kGood);
    CHECK(standing_of(*role.state(), end) != Standing::kGood);
    role.fail({Kind::kDenied, "AccessDenied", "no"});
  }
}

TEST_CASE("a wall clock that is set takes nothing away, and gives nothing longer") {
  for (const auto step : {std::chrono::hours(2), std::chrono::hours(-2)}) {
    CAPTURE(step.count());
    source::Stage stage;
    REQUIRE(stage.role->get(source::Freshness::kCached));
    stage.clock.set_wall(stage.clock.wall() + step);
    stage.source->then(source::kDown);
    stage.role->refresh();
    const auto last = stage.clock.boot() + std::chrono::hours(1) - std::chrono::milliseconds(1);
    CHECK(standing_of(*stage.role->state(), last) == Standing::kGood);
    CHECK(standing_of(*stage.role->state(), last + std::chrono::milliseconds(1)) == Standing::kAbsent);
  }
}

TEST_CASE("a failure is a refusal where asking again gives the same answer") {
  struct Row {
    Kind kind;
    Standing standing;
  };
  for (const Row& row : {Row{Kind::kDenied, Standing::kRefused}, Row{Kind::kInvalid, Standing::kAbsent},
                         Row{Kind::kUnavailable, Standing::kAbsent}, Row{Kind::kThrottled, Standing::kAbsent},
                         Row{Kind::kExpired, Standing::kAbsent}, Row{Kind::kActionNeeded, Standing::kAbsent},
                         Row{Kind::kNotFound, Standing::kAbsent}}) {
    CAPTURE(static_cast<int>(row.kind));
    fakes::FakeRole role("app");
    role.fail({row.kind, "Code", "why"});
    CHECK(standing_of(*role.state(), BootTime{}) == row.standing);
    CHECK(why_absent(*role.state()) == "why");
  }
}

TEST_CASE("keys without a session token are never good") {
  const fakes::FakeClock clock;
  source::RoleState state;
  state.credentials = fakes::some_credentials(clock.wall());
  state.credentials->session_token.reset();
  CHECK(standing_of(state, clock.boot()) == Standing::kAbsent);
}

TEST_CASE("ended credentials say when they ended, and why there are no newer ones") {
  const fakes::FakeClock clock;
  fakes::FakeRole role("app");
  role.publish(fakes::some_credentials(clock.wall()));
  CHECK(standing_of(*role.state(), clock.boot() + std::chrono::hours(1)) == Standing::kAbsent);
  CHECK(why_absent(*role.state()) == "the last ones ended at 2026-11-21T00:37:24Z and newer ones are not there");
  role.fail({Kind::kUnavailable, "Timeout", "STS did not answer"});
  CHECK(why_absent(*role.state()) ==
        "the last ones ended at 2026-11-21T00:37:24Z and newer ones are not there: STS did not answer");
}

TEST_CASE("who waits for a role to be found waits for its first outcome, too") {
  fakes::RecordingLog log;
  fakes::FakeRole first("first");
  fakes::FakeRole role("app");
  int woken = 0;
  auto waiting = then_until_settled(until_settled(first), [&] { return &role; }, log);
  waiting->on_ready([&] { ++woken; });
  first.fail({Kind::kUnavailable, "Timeout", "why"});
  CHECK(woken == 0);
  role.fail({Kind::kUnavailable, "Timeout", "why"});
  CHECK(woken == 1);
  waiting = then_until_settled(until_settled(first), [&] { return &role; }, log);
  waiting->on_ready([&] { ++woken; });
  CHECK(woken == 2);
  waiting = then_until_settled(until_settled(first), [] { return nullptr; }, log);
  waiting->on_ready([&] { ++woken; });
  CHECK(woken == 3);
}

/// Keeps the wake and then finds no thread, as a CachedRole whose Refresher has none.
class Threadless final : public source::Role {
 public:
  [[nodiscard]] std::string_view key() const override { return "app"; }
  [[nodiscard]] std::string_view arn() const override { return ""; }
  [[nodiscard]] std::shared_ptr<const source::RoleState> state() const override { return {}; }
  void on_settled(std::function<void()> wake) override {
    kept = std::move(wake);
    throw std::system_error(EAGAIN, std::generic_category());
  }
  std::function<void()> kept;
};

TEST_CASE("where no thread fetches the role that was found, who waits is woken, once") {
  fakes::RecordingLog log;
  fakes::FakeRole first("first");
  Threadless role;
  int woken = 0;
  const auto waiting = then_until_settled(until_settled(first), [&] { return &role; }, log);
  waiting->on_ready([&] { ++woken; });
  CHECK_NOTHROW(first.fail({Kind::kUnavailable, "Timeout", "why"}));
  CHECK(woken == 1);
  CHECK(log.contains("role app: can not be fetched: "));
  role.kept();
  CHECK(woken == 1);
}

TEST_CASE("who gave up is not woken, and no role is looked for") {
  fakes::RecordingLog log;
  fakes::FakeRole first("first");
  bool looked = false;
  auto waiting = then_until_settled(
      until_settled(first),
      [&]() -> source::Role* {
        looked = true;
        return nullptr;
      },
      log);
  waiting->on_ready([&] { looked = true; });
  waiting.reset();
  first.fail({Kind::kUnavailable, "Timeout", "why"});
  CHECK_FALSE(looked);
}

TEST_CASE("waiting for a role ends with its first outcome, good or bad") {
  fakes::FakeRole role("app");
  int woken = 0;
  until_settled(role)->on_ready([&] { ++woken; });
  CHECK(woken == 0);
  role.fail({Kind::kUnavailable, "Timeout", "why"});
  CHECK(woken == 1);
  until_settled(role)->on_ready([&] { ++woken; });
  CHECK(woken == 2);
}

}  // namespace
}  // namespace understudy::service
