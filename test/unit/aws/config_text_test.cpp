#include "understudy/aws/config_text.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

namespace understudy::aws {
namespace {

/// One line per section and property, so that a table can hold what is expected.
std::string outline(const std::vector<ConfigSection>& sections) {
  std::string out;
  for (const auto& section : sections) {
    out += "[" + section.header + "]@" + std::to_string(section.line);
    for (const auto& [key, property] : section.properties) {
      out += " " + key + "=" + property.value + "@" + std::to_string(property.line);
      for (const auto& [name, value] : property.nested) {
        out += "{" + name + "=" + value + "}";
      }
    }
    out += ";";
  }
  return out;
}

TEST_CASE("every kind of line is read as the SDKs read it") {
  struct Row {
    std::string_view what;
    std::string_view text;
    std::string_view expected;
  };
  const std::vector<Row> rows{
      {"nothing", "", ""},
      {"blank lines and comments", "\n  \t\n# a\n; b\n", ""},
      {"a section alone", "[default]", "[default]@1;"},
      {"white space inside the brackets", "[ \tprofile  a ]", "[profile  a]@1;"},
      {"a comment behind the bracket", "[a] # x\n[b]; y\n[c]#z", "[a]@1;[b]@2;[c]@3;"},
      {"a property", "[a]\nregion = us-east-1", "[a]@1 region=us-east-1@2;"},
      {"no spaces", "[a]\nregion=us-east-1", "[a]@1 region=us-east-1@2;"},
      {"the first = splits", "[a]\nk = a=b==", "[a]@1 k=a=b==@2;"},
      {"keys are lower-cased, values are not", "[a]\nRegion = US", "[a]@1 region=US@2;"},
      {"an empty value", "[a]\nk =\nl = 1", "[a]@1 k=@2 l=1@3;"},
      {"a comment after white space", "[a]\nk = v # c\nl = v ; c\nm = v\t#c", "[a]@1 k=v@2 l=v@3 m=v@4;"},
      {"a sign without white space before it", "[a]\nk = v#c\nl = v;c", "[a]@1 k=v#c@2 l=v;c@3;"},
      {"a comment for a value", "[a]\nk = # c", "[a]@1 k=@2;"},
      {"carriage returns", "[a]\r\nk = v\r\n  w\r\n\r\n", "[a]@1 k=v\nw@2;"},
      {"the last of two wins", "[a]\nk = 1\nk = 2", "[a]@1 k=2@3;"},
      {"sections of one name stay apart", "[a]\nk = 1\n[a]\nl = 2", "[a]@1 k=1@2;[a]@3 l=2@4;"},
      {"a continuation", "[a]\nk = v\n  w\n\tx", "[a]@1 k=v\nw\nx@2;"},
      {"a continuation keeps its comment", "[a]\nk = v\n  w # c", "[a]@1 k=v\nw # c@2;"},
      {"an indented comment continues", "[a]\nk = v\n  # c", "[a]@1 k=v\n# c@2;"},
      {"blank lines do not end a continuation", "[a]\nk = v\n\n  w", "[a]@1 k=v\nw@2;"},
      {"sub-properties", "[a]\nsts =\n  Endpoint_URL = http://x\n  b = c=d",
       "[a]@1 sts=@2{b=c=d}{endpoint_url=http://x};"},
      {"a key with other characters is ignored", "[a]\nk$ = 1\n  more\nl = 2", "[a]@1 l=2@4;"},
      {"a sub-property with other characters is ignored", "[a]\ns =\n  a b = 1\n  c = 2", "[a]@1 s=@2{c=2};"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.what);
    const auto parsed = parse_config_text(row.text, "config");
    REQUIRE(parsed);
    CHECK(outline(*parsed) == row.expected);
  }
}

TEST_CASE("what is no such file is an error with its line") {
  struct Row {
    std::string_view text;
    std::string_view message;
  };
  const std::vector<Row> rows{
      {"[a", "config:1: expected a \"]\" at the end of the section's name"},
      {"[a # ]", "config:1: expected a \"]\" at the end of the section's name"},
      {"[a] b", "config:1: expected nothing but a comment behind the \"]\""},
      {"k = v", "config:1: expected a section such as [default] before the first property"},
      {"[a]\n\nAKIAIOSFODNN7EXAMPLE", "config:3: expected a property: key = value"},
      {"[a]\n= v", "config:2: expected a property: key = value"},
      {"[a]\nk # = v", "config:2: expected a property: key = value"},
      {"  k = v", "config:1: expected a property above this indented line, or no white space before it"},
      {"[a]\n  k = v", "config:2: expected a property above this indented line, or no white space before it"},
      {"[a]\nk = v\n[b]\n w", "config:4: expected a property above this indented line, or no white space before it"},
      {"[a]\ns =\n  x", "config:3: expected a sub-property: key = value"},
      {"[a]\ns =\n  x = 1\n  y", "config:4: expected a sub-property: key = value"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    const auto parsed = parse_config_text(row.text, "config");
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().kind == Error::Kind::kInvalid);
    CHECK(parsed.error().code == "ConfigSyntax");
    CHECK(parsed.error().message == row.message);
  }
}

TEST_CASE("names hold letters, digits and a few signs") {
  for (const std::string_view good : {"a", "A-Z_0.9", "x/y%z@w:v+u"}) {
    CHECK(is_config_name(good));
  }
  for (const std::string_view bad : {"", "a b", "a\"", "ä", "a$", "a,b"}) {
    CHECK_FALSE(is_config_name(bad));
  }
}

}  // namespace
}  // namespace understudy::aws
