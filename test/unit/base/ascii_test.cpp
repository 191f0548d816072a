#include "understudy/base/ascii.hpp"

#include <cctype>
#include <string>

#include <doctest/doctest.h>

namespace understudy {
namespace {

TEST_CASE("each byte is what the C locale calls it") {
  for (int byte = 0; byte < 256; ++byte) {
    CAPTURE(byte);
    const auto c = static_cast<char>(byte);
    CHECK(is_digit(c) == (std::isdigit(byte) != 0));
    CHECK(is_lower(c) == (std::islower(byte) != 0));
    CHECK(is_upper(c) == (std::isupper(byte) != 0));
    CHECK(is_alphanumeric(c) == (std::isalnum(byte) != 0));
    CHECK(is_visible(std::string(1, c)) == (std::isgraph(byte) != 0));
  }
}

TEST_CASE("a text is visible where all of it is") {
  CHECK(is_visible(""));
  CHECK(is_visible("!aZ0~"));
  CHECK_FALSE(is_visible("a b"));
  CHECK_FALSE(is_visible(std::string_view("a\0", 2)));
}

TEST_CASE("a word is of letters, digits and its marks") {
  CHECK(is_word("aZ0-", "-_"));
  CHECK(is_word("_", "-_"));
  CHECK_FALSE(is_word("", "-_"));
  CHECK_FALSE(is_word("a.b", "-_"));
  CHECK_FALSE(is_word("\xC3\xA4", ""));
  CHECK(is_lower_word("az0-", "-"));
  CHECK_FALSE(is_lower_word("aZ", "-"));
  CHECK_FALSE(is_lower_word("", "-"));
}

}  // namespace
}  // namespace understudy
