#include "understudy/base/text.hpp"

#include <initializer_list>
#include <string>

#include <doctest/doctest.h>

namespace understudy {
namespace {

using Strings = std::vector<std::string_view>;

TEST_CASE("case is ignored for ASCII letters alone") {
  CHECK(equal_ignoring_case("X-Amz-Date", "x-amz-DATE"));
  CHECK(equal_ignoring_case("", ""));
  CHECK_FALSE(equal_ignoring_case("a", "ab"));
  CHECK_FALSE(equal_ignoring_case("[", "{"));
  CHECK_FALSE(equal_ignoring_case("\xC4", "\xE4"));
  CHECK(to_lower("AZaz09[]\xC4") == "azaz09[]\xC4");
  CHECK(to_upper("AZaz09[]\xE4") == "AZAZ09[]\xE4");
}

TEST_CASE("trimming takes blanks off both ends") {
  CHECK(trim(" \t\r\n a b \n") == "a b");
  CHECK(trim("a") == "a");
  CHECK(trim(" \n ").empty());
  CHECK(trim("").empty());
  CHECK(trim("\v a") == "\v a");
}

TEST_CASE("the first line has no line end") {
  CHECK(first_line("a\nb\nc") == "a");
  CHECK(first_line("\nb") == "");
  CHECK(first_line("a") == "a");
  CHECK(first_line("") == "");
}

TEST_CASE("splitting keeps empty parts") {
  CHECK(split("a,,b", ',') == Strings{"a", "", "b"});
  CHECK(split("", ',') == Strings{""});
  CHECK(split(",", ',') == Strings{"", ""});
  CHECK(split("abc", ',') == Strings{"abc"});
}

TEST_CASE("decimal numbers are digits and nothing else") {
  CHECK(parse_decimal("0") == 0);
  CHECK(parse_decimal("007") == 7);
  CHECK(parse_decimal("18446744073709551615") == 18446744073709551615U);
  for (const auto* text : {"", "-1", "+1", " 1", "1 ", "1.0", "1e3", "0x1", "18446744073709551616",
                           "99999999999999999999999", "\xD9\xA3"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_decimal(text));
  }
}

TEST_CASE("percent-encoding leaves unreserved bytes and those to keep") {
  CHECK(percent_encode("AZaz09-._~") == "AZaz09-._~");
  CHECK(percent_encode("a b/c?d=e&f%g+h") == "a%20b%2Fc%3Fd%3De%26f%25g%2Bh");
  CHECK(percent_encode("a/b c", "/") == "a/b%20c");
  CHECK(percent_encode("\xC3\xA4") == "%C3%A4");
  CHECK(percent_encode(std::string_view("\0", 1)) == "%00");
}

TEST_CASE("percent-decoding takes escapes of either case and leaves what is none") {
  CHECK(percent_decode("%41%2f%2F%c3%A4") == "A//\xC3\xA4");
  CHECK(percent_decode("a+b") == "a+b");
  CHECK(percent_decode("%") == "%");
  CHECK(percent_decode("%4") == "%4");
  CHECK(percent_decode("%zz%4g%%41") == "%zz%4g%A");
  CHECK(percent_decode("%2541") == "%41");
  CHECK(percent_decode("%00") == std::string(1, '\0'));
}

TEST_CASE("every byte survives encoding and decoding") {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) {
    all += static_cast<char>(byte);
  }
  CHECK(percent_decode(percent_encode(all)) == all);
}

TEST_CASE("JSON strings are escaped as RFC 8259 asks") {
  struct Row {
    std::string_view text;
    std::string_view json;
  };
  for (const auto& [text, json] : std::initializer_list<Row>{
           {"", R"("")"},
           {"a/b", R"("a/b")"},
           {"\"\\", R"("\"\\")"},
           {"\n\r\t", R"("\n\r\t")"},
           {std::string_view("\0\x01\x1F\x7F", 4), "\"\\u0000\\u0001\\u001F\x7F\""},
           {"\xC3\xA4\xE4\xB8\xAD\xF0\x9F\x8E\xAD", "\"\xC3\xA4\xE4\xB8\xAD\xF0\x9F\x8E\xAD\""},
       }) {
    CAPTURE(json);
    CHECK(json_string(text) == json);
  }
  std::string out = "x";
  append_json_string(out, "y");
  CHECK(out == "x\"y\"");
}

TEST_CASE("bytes that are not UTF-8 become replacement characters in JSON") {
  const std::string replacement = "\xEF\xBF\xBD";
  struct Row {
    const char* what;
    std::string_view text;
    std::size_t replaced;
  };
  for (const auto& [what, text, replaced] : std::initializer_list<Row>{
           {"a lone continuation", "\x80", 1},
           {"overlong two bytes", "\xC0\x80", 2},
           {"overlong three bytes", "\xE0\x80\x80", 3},
           {"overlong four bytes", "\xF0\x80\x80\x80", 4},
           {"a surrogate", "\xED\xA0\x80", 3},
           {"past the last code point", "\xF4\x90\x80\x80", 4},
           {"a byte that is never used", "\xFF", 1},
           {"an unfinished sequence", "\xE4\xB8", 2},
       }) {
    CAPTURE(what);
    std::string expected = "\"a";
    for (std::size_t i = 0; i < replaced; ++i) {
      expected += replacement;
    }
    CHECK(json_string("a" + std::string(text) + "b") == expected + "b\"");
    CHECK(json_string("a" + std::string(text)) == expected + "\"");
  }
}

TEST_CASE("the first and last code points of each length are UTF-8") {
  for (const auto* text : {"\x7F", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80",
                           "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
    CAPTURE(text);
    CHECK(json_string(text) == "\"" + std::string(text) + "\"");
  }
}

TEST_CASE("a log line can not be broken or coloured by text from outside") {
  CHECK(escape_for_log("plain text") == "plain text");
  CHECK(escape_for_log("a\nb\x1B[31m\\\x7F\xC3") == "a\\x0Ab\\x1B[31m\\x5C\\x7F\\xC3");
  CHECK(escape_for_log("abcdef", 3) == "abc...");
  CHECK(escape_for_log("abc", 3) == "abc");
  CHECK(escape_for_log("\n\n", 1) == "\\x0A...");
}

TEST_CASE("the nearest candidate is found where a slip explains the word") {
  const std::vector<std::string> candidates{"assume_role", "static", "profile", "environment"};
  struct Row {
    std::string_view word;
    std::optional<std::string> found;
  };
  for (const auto& [word, found] : std::initializer_list<Row>{
           {"assume-role", "assume_role"},
           {"assumerole", "assume_role"},
           {"Static", "static"},
           {"sattic", "static"},
           {"porfile", "profile"},
           {"profiles", "profile"},
           {"enviroment", "environment"},
           {"xyz", std::nullopt},
           {"", std::nullopt},
           {"role", std::nullopt},
       }) {
    CAPTURE(word);
    CHECK(nearest(word, candidates) == found);
  }
  CHECK(nearest("a", {}) == std::nullopt);
  CHECK(nearest("ac", {"abc", "ac"}) == "ac");
}

TEST_CASE("a hex digit has its value in either case, and nothing else has one") {
  const std::string_view lower = "0123456789abcdef";
  const std::string_view upper = "0123456789ABCDEF";
  for (int value = 0; value < 16; ++value) {
    CHECK(hex_digit_value(lower[static_cast<std::size_t>(value)]) == value);
    CHECK(hex_digit_value(upper[static_cast<std::size_t>(value)]) == value);
  }
  for (const char c : {'g', 'G', '/', ':', '@', '`', ' ', '\0', '\xE1'}) {
    CHECK(hex_digit_value(c) == -1);
  }
}

}  // namespace
}  // namespace understudy
