#include "understudy/config/process_settings.hpp"

#include <string>
#include <vector>

#include "fakes/nodes.hpp"

#include <doctest/doctest.h>

namespace understudy::config {
namespace {

using fakes::map;
using fakes::placed;
using fakes::text;

TEST_CASE("a user, a group and whether privileges can be won are read") {
  std::vector<Problem> problems;
  const auto settings = read_process_settings(
      placed(map({{"user", text("understudy")}, {"group", text("999")}, {"no_new_privs", text("false")}}), "process"),
      problems);
  CHECK(problems.empty());
  CHECK(settings == ProcessSettings{"understudy", "999", false});
  const auto more = read_process_settings(
      placed(map({{"user", text("a")}, {"groups", fakes::list({text("998"), text("docker")})}, {"home", text("/h")}}),
             "process"),
      problems);
  CHECK(problems.empty());
  CHECK(more == ProcessSettings{"a", {}, true, {"998", "docker"}, "/h"});
}

TEST_CASE("left out, the process stays who it is and can win no privileges") {
  std::vector<Problem> problems;
  CHECK(read_process_settings(placed(map({}), "process"), problems) == ProcessSettings{{}, {}, true});
  CHECK(problems.empty());
}

TEST_CASE("what can not be meant is said by its key") {
  struct Row {
    Node node;
    std::string place;
  };
  const std::vector<Row> rows{
      {map({{"user", text("")}}), "process.user"},
      {map({{"user", text("a")}, {"group", text("")}}), "process.group"},
      {map({{"group", text("a")}}), "process.group"},
      {map({{"groups", text("a")}}), "process.groups"},
      {map({{"home", text("/h")}}), "process.home"},
      {map({{"user", text("a")}, {"home", text("")}}), "process.home"},
      {map({{"no_new_privs", text("maybe")}}), "process.no_new_privs"},
      {map({{"users", text("a")}}), "process.users"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.place);
    std::vector<Problem> problems;
    static_cast<void>(read_process_settings(placed(row.node, "process"), problems));
    REQUIRE(problems.size() == 1);
    CHECK(problems[0].path == row.place);
  }
}

}  // namespace
}  // namespace understudy::config
