#include "understudy/metadata/life.hpp"

#include <algorithm>
#include <string>

#include "understudy/base/time_text.hpp"

#include <doctest/doctest.h>

namespace understudy::metadata {
namespace {

WallTime at(const char* text) { return parse_iso8601(text).value(); }

std::string leaf(const Life& life, const std::string& path) {
  const auto instance = derive_instance({}, {"us-east-1", "app", "", at("2026-11-20T10:00:00Z")});
  auto leaves = instance_leaves(instance, "app");
  add_life_leaves(leaves, life);
  CHECK(std::ranges::count(leaves, path, &Leaf::path) <= 1);
  const auto found = std::ranges::find(leaves, path, &Leaf::path);
  return found == leaves.end() ? "(none)" : found->text;
}

TEST_CASE("an instance to which nothing happens has no spot notice and empty events") {
  for (const char* path :
       {"meta-data/spot/instance-action", "meta-data/spot/termination-time",
        "meta-data/events/recommendations/rebalance", "meta-data/autoscaling/target-lifecycle-state"}) {
    CHECK(leaf({}, path) == "(none)");
  }
  CHECK(leaf({}, "meta-data/events/maintenance/scheduled") == "[]");
  CHECK(leaf({}, "meta-data/events/maintenance/history") == "[]");
}

TEST_CASE("a spot interruption is told in the wire's words") {
  Life life;
  life.spot = SpotInterruption{"terminate", at("2026-11-20T23:37:24Z")};
  CHECK(leaf(life, "meta-data/spot/instance-action") == R"({"action": "terminate", "time": "2026-11-20T23:37:24Z"})");
  CHECK(leaf(life, "meta-data/spot/termination-time") == "2026-11-20T23:37:24Z");
  CHECK(leaf(life, "meta-data/instance-life-cycle") == "spot");
  for (const char* action : {"stop", "hibernate"}) {
    life.spot->action = action;
    CHECK(leaf(life, "meta-data/spot/termination-time") == "(none)");
  }
}

TEST_CASE("a rebalance recommendation and a target state are single leaves") {
  Life life;
  life.rebalance = at("2026-11-20T23:37:24Z");
  life.target_state = "Terminated";
  CHECK(leaf(life, "meta-data/events/recommendations/rebalance") == R"({"noticeTime": "2026-11-20T23:37:24Z"})");
  CHECK(leaf(life, "meta-data/autoscaling/target-lifecycle-state") == "Terminated");
}

TEST_CASE("maintenance is scheduled while it is active, and history then") {
  Maintenance reboot{"instance-event-0d59937288b749b32", "system-reboot", "scheduled reboot", "active",
                     at("2026-11-21T09:00:43Z")};
  reboot.not_after = at("2026-11-21T09:17:23Z");
  reboot.not_before_deadline = at("2026-11-28T09:00:00Z");
  CHECK(render_maintenance({reboot}, false) ==
        "[ {\n"
        "  \"NotBefore\" : \"21 Nov 2026 09:00:43 GMT\",\n"
        "  \"Code\" : \"system-reboot\",\n"
        "  \"Description\" : \"scheduled reboot\",\n"
        "  \"EventId\" : \"instance-event-0d59937288b749b32\",\n"
        "  \"NotAfter\" : \"21 Nov 2026 09:17:23 GMT\",\n"
        "  \"NotBeforeDeadline\" : \"28 Nov 2026 09:00:00 GMT\",\n"
        "  \"State\" : \"active\"\n"
        "} ]");
  CHECK(render_maintenance({reboot}, true) == "[]");
  auto done = reboot;
  done.state = "completed";
  auto called_off = reboot;
  called_off.state = "canceled";
  const auto history = render_maintenance({done, reboot, called_off}, true);
  CHECK(history.find("[Completed] scheduled reboot") < history.find("}, {"));
  CHECK(history.find("[Canceled] scheduled reboot") > history.find("}, {"));
  CHECK(history.find("active") == std::string::npos);
}

TEST_CASE("tags are set and taken away, and paths are over everything") {
  Life life;
  life.tags = {{"Name", "web"}, {"Old", std::nullopt}};
  life.paths = {
      {"meta-data/kernel-id", "aki-1"}, {"meta-data/mac", std::nullopt}, {"meta-data/tags/instance/Name", "x"}};
  CHECK(leaf(life, "meta-data/tags/instance/Name") == "x");
  CHECK(leaf(life, "meta-data/tag-sets/instance") == R"({"Name":"web"})");
  CHECK(leaf(life, "meta-data/kernel-id") == "aki-1");
  CHECK(leaf(life, "meta-data/mac") == "(none)");
}

}  // namespace
}  // namespace understudy::metadata
