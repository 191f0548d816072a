#include "understudy/base/secret.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <ostream>
#include <string>
#include <type_traits>
#include <utility>

#include <doctest/doctest.h>

namespace understudy {
namespace {

template <class T>
concept Printable = requires(std::ostream& out, const T& value) { out << value; };

static_assert(Printable<std::string>);
static_assert(!Printable<Secret>);
static_assert(fmt::is_formattable<std::string>::value);
static_assert(!fmt::is_formattable<Secret>::value);
static_assert(!std::is_convertible_v<const char*, Secret>);
static_assert(std::is_nothrow_move_constructible_v<Secret>);

// Long enough to live outside of the string object.
const std::string kLong = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

TEST_CASE("a secret gives its text to reveal alone") {
  CHECK(Secret("short").reveal() == "short");
  CHECK(Secret(kLong).reveal() == kLong);
  CHECK(Secret(std::string_view(kLong)).reveal() == kLong);
  CHECK(Secret().empty());
  CHECK_FALSE(Secret("x").empty());
}

TEST_CASE("secrets are equal where every byte is") {
  CHECK(Secret("abc") == Secret("abc"));
  CHECK(Secret() == Secret(""));
  for (const auto* other : {"", "ab", "abd", "Abc", "abcd"}) {
    CAPTURE(other);
    CHECK_FALSE(Secret("abc") == Secret(other));
  }
  CHECK_FALSE(Secret(std::string("a\0b", 3)) == Secret(std::string("a\0c", 3)));
}

TEST_CASE("a copied secret leaves the original as it was") {
  for (const auto& text : {std::string("short"), kLong}) {
    const Secret original{std::string_view(text)};
    const Secret copy(original);
    Secret assigned("another secret");
    assigned = original;
    CHECK(original.reveal() == text);
    CHECK(copy.reveal() == text);
    CHECK(assigned.reveal() == text);
  }
}

TEST_CASE("a moved secret leaves nothing behind") {
  for (const auto& text : {std::string("short"), kLong}) {
    Secret original{std::string_view(text)};
    Secret moved(std::move(original));
    CHECK(moved.reveal() == text);
    CHECK(original.empty());  // NOLINT(bugprone-use-after-move): what it leaves is what is tested.
    Secret assigned("another secret");
    assigned = std::move(moved);
    CHECK(assigned.reveal() == text);
    CHECK(moved.empty());  // NOLINT(bugprone-use-after-move)
  }
}

TEST_CASE("a secret survives being assigned to itself") {
  Secret secret(kLong);
  auto& same = secret;
  secret = same;
  CHECK(secret.reveal() == kLong);
  secret = std::move(same);
  CHECK(secret.reveal() == kLong);
}

TEST_CASE("wiping overwrites the whole buffer, also what an earlier text left there") {
  std::string text = kLong;
  const auto capacity = text.capacity();
  text.resize(4);
  wipe(text);
  CHECK(text.empty());
  // The capacity says that it is the same buffer, all of it the string's own, so looking at it is allowed.
  REQUIRE(text.capacity() == capacity);
  const char* const buffer = text.data();
  CHECK(std::count(buffer, buffer + capacity, '\0') == static_cast<std::ptrdiff_t>(capacity));
}

TEST_CASE("byte strings are compared in full") {
  CHECK(equal_in_constant_time("", ""));
  CHECK(equal_in_constant_time("abc", "abc"));
  CHECK_FALSE(equal_in_constant_time("abc", "abd"));
  CHECK_FALSE(equal_in_constant_time("abc", "ab"));
  CHECK_FALSE(equal_in_constant_time("", "a"));
}

}  // namespace
}  // namespace understudy
