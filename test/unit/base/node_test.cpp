#include "understudy/base/node.hpp"

#include <initializer_list>
#include <string>

#include <doctest/doctest.h>

namespace understudy {
namespace {

using std::chrono::seconds;

Node null() { return {}; }

Node scalar(std::string text, bool quoted = false) {
  Node node;
  node.kind = Node::Kind::kScalar;
  node.scalar = std::move(text);
  node.quoted = quoted;
  return node;
}

Node list(std::vector<Node> items) {
  Node node;
  node.kind = Node::Kind::kList;
  node.items = std::move(items);
  return node;
}

struct Entry {
  std::string key;
  Node value;
};

/// A map at line 10 named `app`; its members stand on the lines after it.
Node map(std::vector<Entry> entries) {
  Node node;
  node.kind = Node::Kind::kMap;
  node.path = "app";
  node.line = 10;
  for (auto& [key, value] : entries) {
    value.path = "app." + key;
    value.line = node.line + 1 + static_cast<int>(node.members.size());
    node.members.push_back({key, std::move(value)});
  }
  return node;
}

/// What one getter gives for `app: {key: value}`, and what it complains of.
template <class T>
struct Read {
  T value;
  std::vector<Problem> problems;
};

template <class Getter>
auto read(Node value, Getter getter) {
  const Node node = map({{"key", std::move(value)}});
  std::vector<Problem> problems;
  Fields fields(node, problems);
  auto got = getter(fields);
  fields.finish();
  return Read<decltype(got)>{std::move(got), std::move(problems)};
}

void check_problem(const std::vector<Problem>& problems, const std::string& message) {
  REQUIRE(problems.size() == 1);
  CHECK(problems[0] == Problem{"app.key", 11, message});
}

TEST_CASE("a member is found by its key") {
  const Node node = map({{"a", scalar("1")}, {"b", scalar("2")}});
  REQUIRE(node.find("b") != nullptr);
  CHECK(node.find("b")->scalar == "2");
  CHECK(node.find("c") == nullptr);
}

TEST_CASE("a text is any scalar") {
  const auto get = [](Fields& fields) { return fields.text("key"); };
  for (const auto& node : {scalar("x"), scalar("x", true)}) {
    CHECK(read(node, get).value == "x");
    CHECK(read(node, get).problems.empty());
  }
  CHECK(read(scalar(""), get).value == "");
  check_problem(read(null(), get).problems, "expected a text, found nothing");
  check_problem(read(list({}), get).problems, "expected a text, found a list");
  check_problem(read(map({}), get).problems, "expected a text, found a map");
  CHECK(read(list({}), get).value == std::nullopt);
}

TEST_CASE("an absent key is no problem unless it is required") {
  const Node node = map({});
  std::vector<Problem> problems;
  Fields fields(node, problems);
  CHECK_FALSE(fields.text("a"));
  CHECK_FALSE(fields.secret("a"));
  CHECK_FALSE(fields.number("a", 0, 1));
  CHECK_FALSE(fields.flag("a"));
  CHECK_FALSE(fields.duration("a"));
  CHECK_FALSE(fields.choice("a", {"x"}));
  CHECK(fields.texts("a").empty());
  CHECK(fields.pairs("a").empty());
  CHECK(fields.node("a") == nullptr);
  CHECK(problems.empty());
  CHECK(fields.required_text("a").empty());
  REQUIRE(problems.size() == 1);
  CHECK(problems[0] == Problem{"app", 10, "\"a\" is required here and is missing or empty"});
}

TEST_CASE("a required text may not be empty, and is complained of once") {
  const auto get = [](Fields& fields) { return fields.required_text("key"); };
  CHECK(read(scalar("x"), get).value == "x");
  check_problem(read(scalar(""), get).problems, "\"key\" is required here and is missing or empty");
  check_problem(read(list({}), get).problems, "expected a text, found a list");
}

TEST_CASE("a secret is read like a text, and a problem with it does not show it") {
  const auto get = [](Fields& fields) { return fields.secret("key"); };
  CHECK(read(scalar("s"), get).value == Secret("s"));
  check_problem(read(list({scalar("5ec4e7")}), get).problems, "expected a text, found a list");
}

TEST_CASE("a number is whole, unquoted and within its bounds") {
  const auto get = [](Fields& fields) { return fields.number("key", 2, 100); };
  CHECK(read(scalar("2"), get).value == 2);
  CHECK(read(scalar("100"), get).value == 100);
  for (const auto* text : {"1", "101", "-2", "2.0", "0x10", "010", "", "two", "99999999999999999999"}) {
    CAPTURE(text);
    const auto got = read(scalar(text), get);
    CHECK_FALSE(got.value);
    check_problem(got.problems, "expected a whole number from 2 to 100, found \"" + std::string(text) + "\"");
  }
  CHECK_FALSE(read(scalar("2", true), get).value);
  CHECK(read(scalar("0"), [](Fields& fields) { return fields.number("key", 0, 1); }).value == 0);
}

TEST_CASE("a flag is true or false, unquoted") {
  const auto get = [](Fields& fields) { return fields.flag("key"); };
  CHECK(read(scalar("true"), get).value == true);
  CHECK(read(scalar("false"), get).value == false);
  for (const auto* text : {"yes", "True", "1", ""}) {
    CAPTURE(text);
    check_problem(read(scalar(text), get).problems, "expected true or false, found \"" + std::string(text) + "\"");
  }
  check_problem(read(scalar("true", true), get).problems, "expected true or false, found \"true\"");
  check_problem(read(null(), get).problems, "expected true or false, found nothing");
}

TEST_CASE("a duration has units or is bare seconds") {
  const auto get = [](Fields& fields) { return fields.duration("key"); };
  CHECK(read(scalar("15m"), get).value == seconds(900));
  CHECK(read(scalar("3600"), get).value == seconds(3600));
  check_problem(read(scalar("1 h\n"), get).problems, "expected a duration such as 15m, 1h or 3600, found \"1 h\\x0A\"");
}

TEST_CASE("a choice is one of its words, and a slip is told the nearest") {
  const auto get = [](Fields& fields) { return fields.choice("key", {"required", "optional"}); };
  CHECK(read(scalar("optional"), get).value == "optional");
  check_problem(read(scalar("requird"), get).problems,
                "expected one of required, optional, found \"requird\"; did you mean required?");
  check_problem(read(scalar("x"), get).problems, "expected one of required, optional, found \"x\"");
  check_problem(read(map({}), get).problems, "expected one of required, optional, found a map");
}

TEST_CASE("a list of texts may be a single text") {
  using Texts = std::vector<std::string>;
  const auto get = [](Fields& fields) { return fields.texts("key"); };
  CHECK(read(scalar("a"), get).value == Texts{"a"});
  CHECK(read(list({scalar("a"), scalar("b")}), get).value == Texts{"a", "b"});
  CHECK(read(list({}), get).value.empty());
  check_problem(read(list({scalar("a"), list({})}), get).problems,
                "expected a list of texts, found a list with other things in it");
  check_problem(read(map({}), get).problems, "expected a list of texts, found a map");
}

TEST_CASE("pairs keep the file's order, and each one that is no text is told by its own place") {
  using Pairs = std::vector<std::pair<std::string, std::string>>;
  const auto get = [](Fields& fields) { return fields.pairs("key"); };
  CHECK(read(map({{"b", scalar("1")}, {"a", scalar("2")}}), get).value == Pairs{{"b", "1"}, {"a", "2"}});
  check_problem(read(list({}), get).problems, "expected a map of texts, found a list");

  const auto got = read(map({{"b", scalar("1")}, {"c", list({})}}), get);
  CHECK(got.value == Pairs{{"b", "1"}});
  REQUIRE(got.problems.size() == 1);
  CHECK(got.problems[0].path == "app.c");
  CHECK(got.problems[0].line == 12);
}

TEST_CASE("keys that nobody asked for are reported with the nearest known one") {
  const Node node = map({{"externl_id", scalar("x")}, {"zzz", scalar("y")}, {"arn", scalar("z")}});
  std::vector<Problem> problems;
  Fields fields(node, problems);
  fields.text("arn");
  fields.text("external_id");
  fields.finish();
  REQUIRE(problems.size() == 2);
  CHECK(problems[0] == Problem{"app.externl_id", 11, "unknown key; did you mean \"external_id\"?"});
  CHECK(problems[1] == Problem{"app.zzz", 12, "unknown key; known here: arn, external_id"});
}

TEST_CASE("a node that is no map is one problem, and nothing else is said of its keys") {
  struct Row {
    Node node;
    std::string found;
  };
  for (const auto& [node, found] :
       std::initializer_list<Row>{{null(), "nothing"}, {scalar("x"), "a single value"}, {list({}), "a list"}}) {
    std::vector<Problem> problems;
    Fields fields(node, problems);
    CHECK(fields.required_text("arn").empty());
    CHECK_FALSE(fields.flag("x"));
    fields.finish();
    REQUIRE(problems.size() == 1);
    CHECK(problems[0] == Problem{"", 0, "expected a map of settings (key: value), found " + found});
  }
}

TEST_CASE("a caller's own problem stands at the key, or at the map where the key is absent") {
  const Node node = map({{"arn", scalar("x")}});
  std::vector<Problem> problems;
  Fields fields(node, problems);
  fields.problem("arn", "m");
  fields.problem("absent", "m");
  fields.problem("", "m");
  CHECK(problems == std::vector<Problem>{{"app.arn", 11, "m"}, {"app.absent", 10, "m"}, {"app", 10, "m"}});
}

TEST_CASE("a problem at the top of the file has the key alone as its path") {
  Node node;
  node.kind = Node::Kind::kMap;
  std::vector<Problem> problems;
  Fields(node, problems).problem("region", "m");
  CHECK(problems == std::vector<Problem>{{"region", 0, "m"}});
}

}  // namespace
}  // namespace understudy
