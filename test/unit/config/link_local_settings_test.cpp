#include "understudy/config/link_local_settings.hpp"

#include <string>
#include <vector>

#include "fakes/nodes.hpp"

#include <doctest/doctest.h>

namespace understudy::config {
namespace {

using fakes::list;
using fakes::map;
using fakes::placed;
using fakes::text;

TEST_CASE("interfaces are read by their names, many or one") {
  std::vector<Problem> problems;
  const auto many = placed(map({{"interfaces", list({text("wg0"), text("eth0.5@x")})}}), "link_local");
  CHECK(read_link_local_settings(many, problems) == LinkLocalSettings{{"wg0", "eth0.5@x"}});
  const auto one = placed(map({{"interfaces", text("wg0")}}), "link_local");
  CHECK(read_link_local_settings(one, problems) == LinkLocalSettings{{"wg0"}});
  CHECK(read_link_local_settings(placed(map({}), "link_local"), problems) == LinkLocalSettings{});
  CHECK(problems.empty());
}

TEST_CASE("what no interface can be called is said, and so is a key that is not known") {
  for (const auto* name : {"", ".", "..", "a/b", "eth0:1", "two words", "of-sixteen-bytes", "t\xC3\xBCr"}) {
    CAPTURE(name);
    std::vector<Problem> problems;
    const auto node = placed(map({{"interfaces", list({text("wg0"), text(name)})}}), "link_local");
    static_cast<void>(read_link_local_settings(node, problems));
    REQUIRE(problems.size() == 1);
    CHECK(problems[0].path == "link_local.interfaces");
    CHECK(problems[0].message.find("`ip link` lists them") != std::string::npos);
  }
  std::vector<Problem> problems;
  static_cast<void>(read_link_local_settings(placed(map({{"interface", text("wg0")}}), "link_local"), problems));
  REQUIRE(problems.size() == 1);
  CHECK(problems[0].path == "link_local.interface");
}

}  // namespace
}  // namespace understudy::config
