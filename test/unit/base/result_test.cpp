#include "understudy/base/result.hpp"

#include <memory>
#include <stdexcept>
#include <string>

#include <doctest/doctest.h>

namespace understudy {
namespace {

Error some_error() { return {Error::Kind::kDenied, "AccessDenied", "Not for you."}; }

Result<int> half(int number) {
  if (number % 2 != 0) {
    return some_error();
  }
  return number / 2;
}

Result<void> require_even(int number) {
  if (number % 2 != 0) {
    return some_error();
  }
  return {};
}

TEST_CASE("a result holds a value or an error") {
  const auto good = half(4);
  REQUIRE(good);
  CHECK(good.has_value());
  CHECK(*good == 2);
  CHECK(good.value() == 2);

  const auto bad = half(3);
  REQUIRE_FALSE(bad);
  CHECK(bad.error() == some_error());
}

TEST_CASE("reading the side that is not there is a bug and throws") {
  auto good = half(4);
  auto bad = half(3);
  CHECK_THROWS_AS(static_cast<void>(good.error()), std::logic_error);
  CHECK_THROWS_AS(static_cast<void>(bad.value()), std::logic_error);
  CHECK_THROWS_AS(static_cast<void>(*bad), std::logic_error);
  CHECK_THROWS_AS(static_cast<void>(require_even(2).error()), std::logic_error);
}

TEST_CASE("a value can be changed in place and moved out, also one that can not be copied") {
  Result<std::unique_ptr<std::string>> result(std::make_unique<std::string>("a"));
  **result += "b";
  CHECK(*result.value() == "ab");
  CHECK(result->get() == result.value().get());
  const auto moved = *std::move(result);
  CHECK(*moved == "ab");
}

TEST_CASE("an error can be moved out") {
  auto bad = half(1);
  const Error error = std::move(bad).error();
  CHECK(error.code == "AccessDenied");
}

TEST_CASE("a result with no value is success or an error") {
  CHECK(require_even(2));
  const auto bad = require_even(3);
  REQUIRE_FALSE(bad);
  CHECK_FALSE(bad.has_value());
  CHECK(bad.error().code == "AccessDenied");
}

TEST_CASE("only throttling and unavailability pass by themselves") {
  using Kind = Error::Kind;
  for (const auto kind : {Kind::kInvalid, Kind::kNotFound, Kind::kDenied, Kind::kExpired, Kind::kActionNeeded}) {
    CHECK_FALSE(Error{kind, "", ""}.is_transient());
  }
  CHECK(Error{Kind::kThrottled, "", ""}.is_transient());
  CHECK(Error{Kind::kUnavailable, "", ""}.is_transient());
}

}  // namespace
}  // namespace understudy
