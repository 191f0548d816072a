#include "understudy/config/yaml.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace understudy::config {
namespace {

Node parsed(std::string_view text) {
  auto tree = parse_yaml(text);
  REQUIRE(tree.has_value());
  return *tree;
}

std::vector<Problem> problems_of(std::string_view text) {
  auto tree = parse_yaml(text);
  REQUIRE_FALSE(tree.has_value());
  return tree.error();
}

std::string repeated(std::string_view part, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) {
    out += part;
  }
  return out;
}

TEST_CASE("every value knows its path and its line") {
  const auto root = parsed(
      "region: us-east-1\n"
      "roles:\n"
      "  app:\n"
      "    assume_role: {arn: x, tags: {team: a}}\n"
      "hosts: [one, two]\n");
  CHECK(root.kind == Node::Kind::kMap);
  CHECK(root.path.empty());
  CHECK(root.find("region")->scalar == "us-east-1");
  CHECK(root.find("region")->path == "region");
  CHECK(root.find("region")->line == 1);
  const Node* role = root.find("roles")->find("app")->find("assume_role");
  CHECK(role->path == "roles.app.assume_role");
  CHECK(role->line == 4);
  CHECK(role->find("tags")->find("team")->path == "roles.app.assume_role.tags.team");
  CHECK(root.find("hosts")->items.at(1).path == "hosts[1]");
  CHECK(root.find("hosts")->items.at(1).line == 5);
}

TEST_CASE("a map or list stands where its key does, not where its first entry is") {
  const auto root = parsed("role:\n\n# a role\n\n  app:\n    - x\nlist:\n\n  - a\n  - b:\n      c: 1\n");
  CHECK(root.find("role")->line == 1);
  CHECK(root.find("role")->find("app")->line == 5);
  CHECK(root.find("role")->find("app")->items.at(0).line == 6);
  CHECK(root.find("list")->line == 7);
  CHECK(root.find("list")->items.at(0).line == 9);
  CHECK(root.find("list")->items.at(1).find("b")->line == 10);
}

TEST_CASE("a missing value stands where its key does") {
  const auto root = parsed("a:\n\n\nb:\n  c:\n# end\nd: 1\n");
  CHECK(root.find("a")->line == 1);
  CHECK(root.find("b")->find("c")->line == 5);
}

TEST_CASE("members keep the order of the file") {
  const auto root = parsed("b: 1\na: 2\nc: 3\n");
  REQUIRE(root.members.size() == 3);
  CHECK(root.members[0].first == "b");
  CHECK(root.members[1].first == "a");
  CHECK(root.members[2].first == "c");
}

TEST_CASE("scalars keep the text that was written, and tell whether it was quoted") {
  struct Row {
    std::string_view text;
    Node::Kind kind;
    std::string_view scalar;
    bool quoted;
  };
  const std::vector<Row> rows{
      {"k: 010", Node::Kind::kScalar, "010", false},
      {"k: yes", Node::Kind::kScalar, "yes", false},
      {"k: \"true\"", Node::Kind::kScalar, "true", true},
      {"k: '~'", Node::Kind::kScalar, "~", true},
      {"k: \"\"", Node::Kind::kScalar, "", true},
      {"k: |\n  a\n  b\n", Node::Kind::kScalar, "a\nb\n", true},
      {"k:", Node::Kind::kNull, "", false},
      {"k: ~", Node::Kind::kNull, "", false},
      {"k: null", Node::Kind::kNull, "", false},
      {"k: 127.0.0.1:1338", Node::Kind::kScalar, "127.0.0.1:1338", false},
      {"k: {a: 127.0.0.1:1338}", Node::Kind::kMap, "", false},
      {"k: \"[::1]:1338\"", Node::Kind::kScalar, "[::1]:1338", true},
      {"k: arn:aws:iam::111122223333:role/app", Node::Kind::kScalar, "arn:aws:iam::111122223333:role/app", false},
      {"k: gr\xC3\xBC\xC3\x9F", Node::Kind::kScalar, "gr\xC3\xBC\xC3\x9F", false},
      {"\xEF\xBB\xBFk: v", Node::Kind::kScalar, "v", false},
      {"---\nk: v\n...\n", Node::Kind::kScalar, "v", false},
      {"# note\nk: v # more\n", Node::Kind::kScalar, "v", false},
      {"k: v\r\n", Node::Kind::kScalar, "v", false},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    const auto root = parsed(row.text);
    const Node* node = root.find("k");
    REQUIRE(node != nullptr);
    CHECK(node->kind == row.kind);
    CHECK(node->scalar == row.scalar);
    CHECK(node->quoted == row.quoted);
  }
}

TEST_CASE("an empty document is an empty map") {
  for (const std::string_view text : {"", "\n\n", "# only a remark\n", "---\n"}) {
    CAPTURE(text);
    const auto root = parsed(text);
    CHECK(root.kind == Node::Kind::kMap);
    CHECK(root.members.empty());
  }
}

TEST_CASE("what makes a configuration mean something else than it seems to is refused with its place") {
  struct Row {
    std::string text;
    std::string path;
    int line;
    std::string says;
  };
  const std::vector<Row> rows{
      {"a: &x 1\n", "a", 1, "anchors"},
      {"a: &x {b: 1}\n", "a", 1, "anchors"},
      {"a: &x [*x]\n", "a", 1, "anchors"},
      {"\na: !!str 1\n", "a", 2, "tags"},
      {"a: !mine {b: 1}\n", "a", 1, "tags"},
      {"a: !!python/object:os.system [x]\n", "a", 1, "tags"},
      {"a: 1\nb: 2\na: 3\n", "a", 3, "second time; the first is in line 1"},
      {"r: {a: 1, a: 2}\n", "r.a", 1, "second time"},
      {"{[a]: 1}\n", "", 1, "a text as key"},
      {"~: 1\n", "", 1, "a text as key"},
      {"a: 1\n---\nb: 2\n", "", 3, "one document"},
      {"a: \"x\x01\"\n", "", 1, "control characters"},
      {std::string("a: 1\nb: \0", 9), "", 2, "control characters"},
      {"a: 1\nb: \xC0\xAF\n", "", 2, "UTF-8"},
      {"\xFF\xFE"
       "a",
       "", 1, "UTF-8"},
      {"a: \xED\xA0\x80\n", "", 1, "UTF-8"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    const auto problems = problems_of(row.text);
    CHECK(problems.front().path == row.path);
    CHECK(problems.front().line == row.line);
    CHECK(problems.front().message.find(row.says) != std::string::npos);
  }
}

TEST_CASE("an alias is refused even where its anchor is, and both are reported") {
  const auto problems = problems_of("a: &x 1\nb: *x\n");
  REQUIRE(problems.size() == 2);
  CHECK(problems[1].path == "b");
  CHECK(problems[1].line == 2);
  CHECK(problems[1].message.find("aliases") != std::string::npos);
}

TEST_CASE("an IPv6 address without quotes is answered with how to quote it") {
  for (const std::string_view text :
       {"listen: {imds: [::1]:1338}\n", "listen:\n  imds: [::1]:1338\n", "listen:\n  imds: [fe80::1]:80\n  sts: x\n"}) {
    CAPTURE(text);
    const auto problems = problems_of(text);
    CHECK(problems.back().message.find("\"[::1]:1338\"") != std::string::npos);
    CHECK(problems.back().line >= 1);
  }
}

TEST_CASE("text that is no YAML names the line") {
  struct Row {
    std::string_view text;
    int line;
  };
  for (const auto& row : std::vector<Row>{{"a: [1, 2\n", 2}, {"a: 1\n b: 2\n", 2}, {"a: {b: 1\n", 2}, {"a: @x\n", 1}}) {
    CAPTURE(row.text);
    const auto problems = problems_of(row.text);
    CHECK(problems.back().line == row.line);
    CHECK(problems.back().message.starts_with("expected YAML: "));
  }
  CHECK(problems_of("a:\n\tb: 1\n").back().message.find("spaces") != std::string::npos);
}

TEST_CASE("a value that holds a colon and a blank is answered with how to write it, one below a value with that") {
  for (const std::string_view text :
       {"a:\n  process: curl -H Accept: x\n", "a: echo \"b: c\"\n", "a: x y: z\r\n", "a: say Accept:\n"}) {
    CAPTURE(text);
    CHECK(problems_of(text).back().message ==
          R"(expected YAML: illegal map value; a value that holds ": " has to be quoted, or to stand below >- in )"
          "lines of its own");
  }
  for (const std::string_view text : {"a: x\n  b: y\n", "a: x\n  b:\n    c: y\n"}) {
    CAPTURE(text);
    CHECK(problems_of(text).back().message ==
          "expected YAML: illegal map value; the key above has a value already, so nothing can stand indented below "
          "it");
  }
}

TEST_CASE("a complaint has no control character, also at the end of the text") {
  const auto tree = parse_yaml("a: \"b\\");
  REQUIRE_FALSE(tree);
  CHECK(tree.error().front().message == R"(expected YAML: unknown escape character: \x04)");
}

TEST_CASE("a quote that is never closed does not swallow the rest of the file") {
  struct Row {
    std::string_view text;
    int line;
  };
  for (const auto& row : std::vector<Row>{{"a: 1\nb: \"x\n", 2},
                                          {"b: 'x\nc: 2\n", 1},
                                          {"b: \"x\\\"\n", 1},
                                          {"b: 'it''s\n", 1},
                                          {"\xEF\xBB\xBF"
                                           "b: 'x\n",
                                           1},
                                          {"- \"a\"\n- \"b\n", 2}}) {
    CAPTURE(row.text);
    const auto problems = problems_of(row.text);
    REQUIRE(problems.size() == 1);
    CHECK(problems[0].line == row.line);
    CHECK(problems[0].message.find("has no closing") != std::string::npos);
  }
  CHECK(parsed("\xEF\xBB\xBF\"a\": \"x\\\\\"\nb: 'it''s'\n\"c\": \"\\\"\"\n").members.size() == 3);
  CHECK(parsed("a: \"two\n  lines\"\r\nb: ''\n").members.size() == 2);
}

TEST_CASE("nesting is bounded, for lists, maps and keys alike") {
  CHECK(parse_yaml("a: " + repeated("[", 63) + repeated("]", 63)).has_value());
  CHECK(problems_of("a: " + repeated("[", 64) + repeated("]", 64)).front().message.find("64 levels") !=
        std::string::npos);
  CHECK_FALSE(parse_yaml(repeated("{a: ", 65) + repeated("}", 65)).has_value());
  for (const std::string_view part : {"[", "{a: ", "- ", "? "}) {
    CAPTURE(part);
    CHECK_FALSE(parse_yaml(repeated(part, 100000)).has_value());
  }
}

TEST_CASE("after a place that is too deep reading goes on") {
  const auto problems = problems_of("a: " + repeated("[", 70) + repeated("]", 70) + "\nb: &x 1\n");
  REQUIRE(problems.size() == 2);
  CHECK(problems[1].path == "b");
}

TEST_CASE("an alias bomb costs nothing") {
  std::string bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n";
  for (char c = 'b'; c <= 'i'; ++c) {
    bomb +=
        std::string(1, c) + ": &" + c + " [" + repeated(std::string("*") + static_cast<char>(c - 1) + ", ", 9) + "]\n";
  }
  const auto problems = problems_of(bomb);
  CHECK(problems.size() == 20);
}

TEST_CASE("a mebibyte of keys is read in linear time") {
  std::string text;
  for (int i = 0; i < 90000; ++i) {
    text += "k" + std::to_string(i) + ": 1\n";
  }
  REQUIRE(text.size() < 1024 * 1024);
  CHECK(parsed(text).members.size() == 90000);
}

TEST_CASE("more than one mebibyte is refused unread") {
  CHECK(parse_yaml("a: " + std::string(1024 * 1024 - 3, 'x')).has_value());
  CHECK(problems_of("a: " + std::string(1024 * 1024 - 2, 'x')).front().message.find("1 MiB") != std::string::npos);
}

}  // namespace
}  // namespace understudy::config
