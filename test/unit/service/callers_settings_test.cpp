#include "understudy/service/callers_settings.hpp"

#include <string>
#include <utility>
#include <vector>

#include "fakes/nodes.hpp"

#include <doctest/doctest.h>

namespace understudy::service {
namespace {

using fakes::map;
using fakes::text;

CallersSettings read(std::vector<Node::Member> members, std::vector<Problem>& problems) {
  return read_callers_settings(fakes::placed(map(std::move(members)), "containers.callers"), problems);
}

TEST_CASE("every way to tell callers apart is read") {
  std::vector<Problem> problems;
  const auto settings = read({{"path", text("/mine/")},
                              {"labels", text("true")},
                              {"services", map({{"web", text("app")}, {"shop/job", text("audit")}})},
                              {"addresses", map({{"172.18.0.5", text("app")}, {"10.1.0.0/16", text("audit")}})}},
                             problems);
  CHECK(problems.empty());
  CallersSettings expected;
  expected.path = "/mine";
  expected.labels = true;
  expected.services = {{"web", "app"}, {"shop/job", "audit"}};
  expected.addresses = {{*AddressRange::parse("172.18.0.5"), "app"}, {*AddressRange::parse("10.1.0.0/16"), "audit"}};
  CHECK(settings == expected);
}

TEST_CASE("the path is /creds where none is said") {
  std::vector<Problem> problems;
  CHECK(read({{"labels", text("true")}}, problems).path == "/creds");
  CHECK(problems.empty());
}

TEST_CASE("what makes no sense is a problem") {
  struct Row {
    std::vector<Node::Member> members;
    const char* path;
    const char* message;
  };
  for (const auto& row : std::vector<Row>{
           {{}, "containers.callers", "labels: true, services or addresses"},
           {{{"labels", text("false")}}, "containers.callers", "labels: true, services or addresses"},
           {{{"labels", text("true")}, {"path", text("/v2/mine")}}, "containers.callers.path", "meaning already"},
           {{{"addresses", map({{"web", text("app")}})}}, "containers.callers.addresses", "172.18.0.5 or 10.1.0.0/16"},
           {{{"addresses", map({{"10.1.2.3/16", text("app")}, {"10.1.0.0/16", text("app")}})}},
            "containers.callers.addresses",
            "there already"},
           {{{"labels", text("true")}, {"label", text("x")}}, "containers.callers.label", "unknown key"},
       }) {
    CAPTURE(row.message);
    std::vector<Problem> problems;
    (void)read(row.members, problems);
    REQUIRE(problems.size() == 1);
    CHECK(problems[0].path == row.path);
    CHECK(problems[0].message.find(row.message) != std::string::npos);
  }
}

}  // namespace
}  // namespace understudy::service
