#include "understudy/source/refresh_policy.hpp"

#include <vector>

#include "fakes/fake_clock.hpp"

#include <doctest/doctest.h>

namespace understudy::source {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr BootTime kNow{hours(1)};

TEST_CASE("the windows follow the life at the fetch") {
  struct Row {
    milliseconds life;
    milliseconds advisory;
    milliseconds refresh;
  };
  const std::vector<Row> rows{
      {minutes(5), minutes(5), minutes(5)},    {minutes(15), minutes(5), minutes(6)},
      {minutes(20), minutes(5), minutes(8)},   {minutes(21), minutes(15), minutes(15)},
      {minutes(30), minutes(15), minutes(15)}, {hours(1), minutes(15), minutes(24)},
      {minutes(89), minutes(15), minutes(25)}, {minutes(90), minutes(60), minutes(60)},
      {hours(12), minutes(60), minutes(60)},
  };
  for (const auto& row : rows) {
    CAPTURE(row.life.count());
    CHECK(advisory_window(row.life) == row.advisory);
    CHECK(refresh_window(row.life) == row.refresh);
  }
}

TEST_CASE("retries double from 5 s to 60 s, within a quarter of what is left") {
  struct Row {
    milliseconds left;
    int attempts;
    double jitter;
    milliseconds delay;
  };
  const std::vector<Row> rows{
      {hours(1), 1, 0, seconds(5)},
      {hours(1), 2, 0, seconds(10)},
      {hours(1), 4, 0, seconds(40)},
      {hours(1), 5, 0, seconds(60)},
      {hours(1), 1000, 0, seconds(60)},
      {hours(1), 1, 0.5, milliseconds(3750)},
      {hours(1), 5, 0.75, milliseconds(37500)},
      {minutes(2), 9, 0, seconds(30)},
      {seconds(8), 9, 0, seconds(2)},
      {seconds(3), 9, 0, seconds(1)},
      {milliseconds(700), 1, 0, milliseconds(700)},
  };
  for (const auto& row : rows) {
    CAPTURE(row.left.count());
    CAPTURE(row.attempts);
    CHECK(retry_at(kNow, kNow + row.left, row.attempts, row.jitter) - kNow == row.delay);
  }
}

TEST_CASE("a refresh is due a window ahead of the end, and never at once again") {
  CHECK(refresh_at(kNow, kNow + hours(1), 0, 0) - kNow == minutes(36));
  CHECK(refresh_at(kNow, kNow + hours(12), 0, 0) - kNow == hours(11));
  CHECK(refresh_at(kNow, kNow + minutes(15), 0, 0) - kNow == minutes(9));
  CHECK(refresh_at(kNow, kNow + minutes(4), 0, 0) - kNow == seconds(5));
  CHECK(refresh_at(kNow, kNow + minutes(4), 3, 0) - kNow == seconds(40));
  CHECK(refresh_at(kNow, kNow + minutes(50), 7, 0) - kNow == minutes(30));
}

TEST_CASE("with nothing to serve retries double from 1 s to 30 s, and a lasting error keeps a while") {
  const Error down{Error::Kind::kUnavailable, "", ""};
  const Error denied{Error::Kind::kDenied, "AccessDenied", ""};
  struct Row {
    Error error;
    int failures;
    double jitter;
    milliseconds delay;
  };
  const std::vector<Row> rows{
      {down, 1, 0, seconds(1)},
      {down, 2, 0, seconds(2)},
      {down, 5, 0, seconds(16)},
      {down, 6, 0, seconds(30)},
      {down, 99, 0, seconds(30)},
      {down, 1, 0.5, milliseconds(750)},
      {denied, 1, 0, seconds(1)},
      {denied, 1, 0.5, seconds(3)},
      {denied, 1, 0.99, milliseconds(4960)},
      {denied, 6, 0.5, milliseconds(22500)},
  };
  for (const auto& row : rows) {
    CAPTURE(row.error.code);
    CAPTURE(row.failures);
    CHECK(cold_retry_at(kNow, row.error, row.failures, row.jitter) - kNow == row.delay);
  }
}

TEST_CASE("a clock that is set is told from one that goes on") {
  fakes::FakeClock clock;
  const auto before = clock_offset(clock);
  clock.advance(hours(30));
  CHECK_FALSE(clock_was_set(before, clock_offset(clock)));
  clock.set_wall(clock.wall() + seconds(60));
  CHECK_FALSE(clock_was_set(before, clock_offset(clock)));
  clock.set_wall(clock.wall() + seconds(1));
  CHECK(clock_was_set(before, clock_offset(clock)));
  clock.set_wall(clock.wall() - hours(2));
  CHECK(clock_was_set(before, clock_offset(clock)));
}

}  // namespace
}  // namespace understudy::source
