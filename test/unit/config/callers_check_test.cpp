#include <string>
#include <vector>

#include "understudy/config/config.hpp"
#include "unit/config/trees.hpp"

#include <doctest/doctest.h>

namespace understudy::config {
namespace {

struct Read {
  std::vector<Problem> problems;
  std::vector<Problem> warnings;
};

/// With `containers` below `containers`, whose first line is the fourth.
Read read(const std::string& containers) {
  Read out;
  static_cast<void>(read_config(tree_of("listen: {containers: 127.0.0.1:1}\n"
                                        "roles: {app: {default_chain: true}}\n"
                                        "containers:\n" +
                                        containers),
                                out.problems, out.warnings));
  return out;
}

TEST_CASE("paths that give any role to any caller are odd beside callers") {
  const std::string callers = "  callers: {addresses: {10.0.0.1: app}}\n";
  for (const char* compat : {"  compat: true\n", "  compat: {source: app}\n"}) {
    CAPTURE(compat);
    const auto odd = read(callers + compat);
    CHECK(odd.problems.empty());
    REQUIRE(odd.warnings.size() == 1);
    CHECK(odd.warnings[0].path == "containers.compat");
    CHECK(odd.warnings[0].line == 5);
    CHECK(odd.warnings[0].message.find("any caller gets any role") != std::string::npos);
    CHECK(read(compat).warnings.empty());
  }
  CHECK(read(callers + "  compat: false\n").warnings.empty());
}

TEST_CASE("callers by labels or services are odd where no container can be known") {
  for (const std::string callers : {"  callers: {labels: true}\n", "  callers: {services: {web: app}}\n"}) {
    CAPTURE(callers);
    for (const char* nobody :
         {"", "  docker: false\n", "  tasks: {shop: {family: shop}}\n", "  tasks: {\"*\": {family: shop}}\n"}) {
      CAPTURE(nobody);
      const auto odd = read(callers + nobody);
      CHECK(odd.problems.empty());
      REQUIRE(odd.warnings.size() == 1);
      CHECK(odd.warnings[0].path == "containers.callers");
      CHECK(odd.warnings[0].line == 4);
      CHECK(odd.warnings[0].message.find("docker: true") != std::string::npos);
      CHECK(odd.warnings[0].message.find("tasks") != std::string::npos);
    }
    CHECK(read(callers + "  docker: true\n").warnings.empty());
    CHECK(read(callers + "  tasks: {shop: {containers: {web: {addresses: [10.0.0.1]}}}}\n").warnings.empty());
  }
  CHECK(read("  callers: {addresses: {10.0.0.1: app}}\n").warnings.empty());
}

}  // namespace
}  // namespace understudy::config
