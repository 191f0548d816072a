#include "understudy/service/sts_settings.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace understudy::service {
namespace {

Node scalar(std::string text) {
  Node node;
  node.kind = Node::Kind::kScalar;
  node.scalar = std::move(text);
  return node;
}

Node map(std::vector<Node::Member> members) {
  Node node;
  node.kind = Node::Kind::kMap;
  node.members = std::move(members);
  return node;
}

Node list(std::vector<Node> items) {
  Node node;
  node.kind = Node::Kind::kList;
  node.items = std::move(items);
  return node;
}

const std::string kRole = "arn:aws:iam::111122223333:role/app";

Node jane() {
  return map({{"name", scalar("jane")},
              {"access_key_id", scalar("AKIAIOSFODNN7EXAMPLE")},
              {"secret_access_key", scalar("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")},
              {"account", scalar("111122223333")}});
}

Node jane_with(const std::string& key, const std::string& value) {
  auto node = jane();
  for (auto& [name, member] : node.members) {
    member = name == key ? scalar(value) : member;
  }
  return node;
}

Node trust(const std::string& role, Node rule) { return map({{"trust", map({{role, std::move(rule)}})}}); }

TEST_CASE("a whole section is read") {
  std::vector<Problem> problems;
  const auto rule = map({{"principals", list({scalar("111122223333"), scalar("arn:aws:iam::444455556666:root"),
                                              scalar("https://example.com"), scalar("*")})},
                         {"external_id", scalar("x")},
                         {"mfa_serial", scalar("arn:aws:iam::111122223333:mfa/me")},
                         {"max_duration", scalar("2h")}});
  const auto settings = read_sts_settings(map({{"endpoint", scalar("embedded")},
                                               {"region", scalar("eu-central-1")},
                                               {"seal_key_file", scalar("/run/understudy/seal.key")},
                                               {"users", list({jane()})},
                                               {"trust", map({{kRole, rule}})}}),
                                          problems);
  CHECK(problems.empty());
  CHECK(settings.embedded);
  CHECK_FALSE(settings.endpoint.has_value());
  CHECK(settings.region == "eu-central-1");
  CHECK(settings.seal_key_file == "/run/understudy/seal.key");
  REQUIRE(settings.users.size() == 1);
  CHECK((
      settings.users[0] ==
      StsUser{"jane", "AKIAIOSFODNN7EXAMPLE", Secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"), "111122223333", {}}));
  REQUIRE(settings.trust.contains(kRole));
  const auto& read = settings.trust.at(kRole);
  CHECK(read.principals.size() == 4);
  CHECK(read.external_id == "x");
  CHECK(read.mfa_serial == "arn:aws:iam::111122223333:mfa/me");
  CHECK(read.max_duration == std::chrono::hours(2));
}

TEST_CASE("an endpoint is a URL, and nothing has to be said") {
  std::vector<Problem> problems;
  const auto remote = read_sts_settings(map({{"endpoint", scalar("http://127.0.0.1:5000")}}), problems);
  CHECK_FALSE(remote.embedded);
  REQUIRE(remote.endpoint.has_value());
  CHECK(remote.endpoint->authority() == "127.0.0.1:5000");
  CHECK((read_sts_settings(map({}), problems) == StsSettings()));
  const auto short_rule = read_sts_settings(trust(kRole, map({{"principals", scalar("*")}})), problems);
  CHECK(short_rule.trust.at(kRole).principals == std::vector<std::string>{"*"});
  CHECK(short_rule.trust.at(kRole).max_duration == std::chrono::hours(12));
  CHECK(problems.empty());
}

TEST_CASE("each mistake is one problem that says what was expected") {
  struct Row {
    Node section;
    std::string message;
  };
  const auto users = [](std::vector<Node> items) { return map({{"users", list(std::move(items))}}); };
  const std::vector<Row> rows = {
      {map({{"endpoint", scalar("embeded")}}), "expected \"embedded\" or a URL"},
      {map({{"endpont", scalar("embedded")}}), "endpoint"},
      {map({{"users", scalar("jane")}}), "expected a list of"},
      {users({jane_with("name", "")}), "\"name\" is required"},
      {users({jane_with("name", "jane doe")}), "expected 1 to 64 letters"},
      {users({jane_with("access_key_id", "AKIA")}), "expected 16 to 128 letters"},
      {users({jane_with("secret_access_key", "")}), "\"secret_access_key\" is required"},
      {users({jane_with("account", "1234")}), "account id of 12 digits"},
      {users({jane(), jane_with("name", "joe")}), "belongs to another user"},
      {map({{"trust", list({})}}), "expected a map from role ARNs"},
      {trust("app", map({})), "app"},
      {trust("arn:aws:sts::111122223333:assumed-role/app/me", map({})), "role"},
      {trust(kRole, map({{"principals", list({scalar("jane")})}})), "found \"jane\""},
      {trust(kRole, map({{"max_duration", scalar("13h")}})), "expected 15m to 12h"},
      {trust(kRole, map({{"max_duration", scalar("5m")}})), "expected 15m to 12h"},
      {trust(kRole, map({{"externalid", scalar("x")}})), "external_id"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.message);
    std::vector<Problem> problems;
    (void)read_sts_settings(row.section, problems);
    REQUIRE(problems.size() == 1);
    CAPTURE(problems[0].message);
    CHECK(problems[0].message.find(row.message) != std::string::npos);
    CHECK(problems[0].message.find("EXAMPLEKEY") == std::string::npos);
  }
}

}  // namespace
}  // namespace understudy::service
