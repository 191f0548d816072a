#include "understudy/base/json.hpp"

#include <nlohmann/json.hpp>

#include <string>

#include <doctest/doctest.h>

namespace understudy {
namespace {

std::string nested(std::size_t levels, std::string_view open = "[", std::string_view close = "]") {
  std::string text;
  for (std::size_t level = 0; level < levels; ++level) {
    text += open;
  }
  text += open == "[" ? "" : "1";
  for (std::size_t level = 0; level < levels; ++level) {
    text += close;
  }
  return text;
}

TEST_CASE("what is no JSON is discarded, and nothing throws") {
  for (const std::string text : {"", " ", "{", "{\"a\":}", "nul", "[1,]", "{} {}", "\"\xFF\"", "1e999"}) {
    CAPTURE(text);
    CHECK(parse_json(text).is_discarded());
    CHECK(parse_ordered_json(text).is_discarded());
  }
}

TEST_CASE("a document is read whole, whatever it is") {
  CHECK(parse_json("7") == 7);
  CHECK(parse_json("null").is_null());
  CHECK(parse_json(R"({"b": [1, {"a": null}], "a": "x", "b": 2})") == nlohmann::json{{"a", "x"}, {"b", 2}});
  CHECK(parse_ordered_json(R"({"b": 1, "a": [{}]})").dump() == R"({"b":1,"a":[{}]})");
}

TEST_CASE("so many levels are read, and none more") {
  CHECK(parse_json(nested(kMostJsonLevels)).is_array());
  CHECK(parse_json(nested(kMostJsonLevels, "{\"a\":", "}")).is_object());
  CHECK(parse_ordered_json(nested(kMostJsonLevels)).is_array());
  for (const auto levels : {std::size_t{kMostJsonLevels} + 1, std::size_t{500'000}}) {
    CAPTURE(levels);
    CHECK(parse_json(nested(levels)).is_discarded());
    CHECK(parse_json(nested(levels, "{\"a\":", "}")).is_discarded());
    CHECK(parse_ordered_json(nested(levels)).is_discarded());
  }
  // Brackets in texts are none, and those that close come before others open.
  CHECK(parse_json("[\"" + std::string(500, '[') + "\\\"[\\\\\"]").is_array());
  std::string wide = "[";
  for (int i = 0; i < 500; ++i) {
    wide += "[{}],";
  }
  CHECK(parse_json(wide + "0]").size() == 501);
  CHECK(parse_json("{\"kept\": 1, \"deep\": " + nested(500) + "}").is_discarded());
}

}  // namespace
}  // namespace understudy
