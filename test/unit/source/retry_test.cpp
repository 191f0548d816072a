#include "understudy/source/retry.hpp"

#include <vector>

#include "fakes/fake_pause.hpp"

#include <doctest/doctest.h>

namespace understudy::source {
namespace {

using std::chrono::milliseconds;

const Error kPassing{Error::Kind::kUnavailable, "Timeout", "no answer"};

TEST_CASE("a transient error is tried again after a wait that doubles up to twenty seconds") {
  fakes::FakePause pause;
  const Retry retry{9, pause, [] { return 0.5; }};
  for (int number = 1; number <= 8; ++number) {
    CHECK(retry.again_after(number, kPassing));
  }
  CHECK(pause.waits == std::vector{milliseconds(500), milliseconds(1000), milliseconds(2000), milliseconds(4000),
                                   milliseconds(8000), milliseconds(10000), milliseconds(10000), milliseconds(10000)});
}

TEST_CASE("there is no further attempt after the last, for what will not pass, or where the program ends") {
  fakes::FakePause pause;
  const Retry retry{2, pause, [] { return 0.5; }};
  CHECK_FALSE(retry.again_after(2, kPassing));
  CHECK_FALSE(retry.again_after(1, {Error::Kind::kDenied, "AccessDenied", "no"}));
  CHECK(pause.waits.empty());
  pause.interrupted = true;
  CHECK_FALSE(retry.again_after(1, kPassing));
}

TEST_CASE("AWS_MAX_ATTEMPTS counts where it makes sense") {
  const auto with = [](const std::string& value) {
    return max_attempts_in(Environment({{"AWS_MAX_ATTEMPTS", value}}));
  };
  CHECK(max_attempts_in(Environment()) == 3);
  CHECK(with("5") == 5);
  CHECK(with("1") == 1);
  CHECK(with("0") == 3);
  CHECK(with("x") == 3);
  CHECK(with("-1") == 3);
  CHECK(with("1000") == 3);
}

}  // namespace
}  // namespace understudy::source
