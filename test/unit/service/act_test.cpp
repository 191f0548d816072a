#include "understudy/service/act.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <string>

#include "imds_stage.hpp"
#include "understudy/base/time_text.hpp"
#include "understudy/service/cue.hpp"
#include "understudy/service/json_node.hpp"

#include <doctest/doctest.h>

namespace understudy::service {
namespace {

using nlohmann::json;

/// A show and its roles, to be played by what stands in JSON.
struct Ground : ImdsStage {
  explicit Ground(ImdsSettings with = optional_tokens()) : ImdsStage(std::move(with)) {
    app.publish(fakes::some_credentials(clock.wall()));
  }
  Result<void> play(const char* text) {
    std::vector<Problem> problems;
    const auto cue = read_cue(node_of(json::parse(text)), problems);
    REQUIRE(problems.empty());
    return cue->act({&show, roles, clock}, cue->audience);
  }
  std::string body(const std::string& path) {
    const auto response = get("/latest/meta-data/" + path);
    return response.status == 200 ? std::string(response.body.view()) : std::to_string(response.status);
  }

  fakes::FakeRoles roles_there;
  fakes::FakeRole& app = roles_there.add("app");
  fakes::FakeRole& cold = roles_there.add("cold");
  PlayedRoles roles{roles_there, clock};
};

TEST_CASE("what can be played on the instance, and what it then tells") {
  struct Row {
    const char* act;
    const char* path;
    const char* body;
  };
  // It is 2026-11-20T23:37:24Z.
  const Row rows[] = {
      {R"({"spot_interruption": true})", "spot/instance-action",
       R"({"action": "terminate", "time": "2026-11-20T23:39:24Z"})"},
      {R"({"spot_interruption": {"action": "hibernate"}})", "spot/instance-action",
       R"({"action": "hibernate", "time": "2026-11-20T23:37:24Z"})"},
      {R"({"spot_interruption": {"action": "stop", "in": "10m"}})", "spot/instance-action",
       R"({"action": "stop", "time": "2026-11-20T23:47:24Z"})"},
      {R"({"rebalance": null})", "events/recommendations/rebalance", R"({"noticeTime": "2026-11-20T23:37:24Z"})"},
      {R"({"spot_interruption": {"time": "2026-12-01T10:00:00+01:00"}})", "spot/termination-time",
       "2026-12-01T09:00:00Z"},
      {R"({"rebalance": {"time": "2010-10-26T11:11:11Z"}})", "events/recommendations/rebalance",
       R"({"noticeTime": "2010-10-26T11:11:11Z"})"},
      {R"({"auto_scaling": "Warmed:Stopped"})", "autoscaling/target-lifecycle-state", "Warmed:Stopped"},
      {R"({"tags": {"Name": "web"}})", "tags/instance/Name", "web"},
      {R"({"paths": {"meta-data/kernel-id": "aki-1"}})", "kernel-id", "aki-1"},
      {R"({"paths": {"meta-data/mac": null}})", "mac", "404"},
      {R"({"endpoint": "disabled"})", "mac", "403"},
      {R"({"tokens": "required"})", "mac", "401"},
      {R"({"errors": {"rate": "1", "status": 500}})", "mac", "500"},
      {R"({"throttle": {"per_second": "0"}})", "ami-launch-index", "0"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.act);
    Ground ground;
    CHECK(ground.play(row.act));
    CHECK(ground.body(row.path) == row.body);
    CHECK(ground.play(R"({"clear": true})"));
    CHECK(ground.body("ami-launch-index") == "0");
  }
}

TEST_CASE("what is played wins over the paths that the configuration sets") {
  auto settings = optional_tokens();
  settings.instance.tags = {{"Name", "web"}, {"Team", "a"}};
  settings.paths = {{"meta-data/tags/instance/Name", "set"},
                    {"meta-data/tags/instance/Team", "set"},
                    {"meta-data/autoscaling/target-lifecycle-state", "InService"},
                    {"meta-data/instance-life-cycle", "on-demand"},
                    {"meta-data/kernel-id", "aki-1"}};
  Ground ground(settings);
  CHECK(ground.body("tags/instance/Name") == "set");
  CHECK(ground.play(R"({"tags": {"Name": "played", "New": "x"}})"));
  CHECK(ground.play(R"({"auto_scaling": "Terminated"})"));
  CHECK(ground.play(R"({"spot_interruption": true})"));
  CHECK(ground.body("tags/instance/Name") == "played");
  CHECK(ground.body("tags/instance/Team") == "set");
  CHECK(ground.body("tag-sets/instance") == R"({"Name":"played","Team":"set","New":"x"})");
  CHECK(ground.body("autoscaling/target-lifecycle-state") == "Terminated");
  CHECK(ground.body("instance-life-cycle") == "spot");
  CHECK(ground.body("kernel-id") == "aki-1");
  CHECK(ground.play(R"({"tags": {"Name": null, "Team": null, "New": null}})"));
  CHECK(ground.body("tags/") == "404");
  CHECK(ground.body("tag-sets/") == "404");
}

TEST_CASE("tags can not be played where the instance does not show them") {
  auto settings = optional_tokens();
  settings.instance.tags_are_shown = false;
  Ground ground(settings);
  CHECK(ground.play(R"({"tags": {"Name": "web"}})").error().code == "TagsNotShown");
  CHECK(ground.body("tags/") == "404");
  CHECK(ground.body("tag-sets/") == "404");
}

TEST_CASE("maintenance has an id of its own, and ends by it or as the newest") {
  Ground ground;
  CHECK(ground.play(
      R"({"maintenance": {"code": "instance-stop", "in": "2h", "lasts": "1h", "id": "instance-event-1"}})"));
  CHECK(ground.play(R"({"maintenance": true})"));
  CHECK(ground.play(R"({"maintenance": {"state": "completed"}})"));
  const auto& events = ground.show.view_for({})->scene.life.maintenance;
  REQUIRE(events.size() == 2);
  CHECK(events[0].state == "active");
  CHECK(events[0].description == "scheduled instance stop");
  CHECK(events[0].not_after == ground.clock.wall() + std::chrono::hours(3));
  CHECK(events[1].state == "completed");
  CHECK(events[1].code == "system-reboot");
  CHECK(events[1].id.starts_with("instance-event-"));
  CHECK(events[1].id.size() == 32);
  CHECK(ground.play(R"({"maintenance": {"id": "instance-event-1", "state": "canceled"}})"));
  CHECK(ground.show.view_for({})->scene.life.maintenance[0].state == "canceled");
}

TEST_CASE("maintenance has the times that are said, in place of durations") {
  Ground ground;
  CHECK(ground.play(R"({"maintenance": {"not_before": "2026-12-01T10:00:00Z", "not_after": "2026-12-01T12:00:00Z",
                                        "not_before_deadline": "2026-12-08T10:00:00Z"}})"));
  const auto& event = ground.show.view_for({})->scene.life.maintenance.at(0);
  CHECK(format_iso8601(event.not_before) == "2026-12-01T10:00:00Z");
  CHECK(event.not_after == event.not_before + std::chrono::hours(2));
  CHECK(event.not_before_deadline == event.not_before + std::chrono::hours(7 * 24));
}

TEST_CASE("maintenance of an id is put off and told anew, and keeps what is not said") {
  Ground ground;
  const auto now = ground.clock.wall();
  using std::chrono::hours;
  CHECK(ground.play(R"({"maintenance": {"id": "instance-event-1", "in": "2h", "lasts": "1h", "deadline": "9h"}})"));
  CHECK(ground.play(R"({"maintenance": {"id": "instance-event-1", "in": "5h"}})"));
  const auto event = [&] {
    const auto view = ground.show.view_for({});
    REQUIRE(view->scene.life.maintenance.size() == 1);
    return view->scene.life.maintenance[0];
  };
  CHECK(event() == metadata::Maintenance{"instance-event-1", "system-reboot", "scheduled reboot", "active",
                                         now + hours(5), now + hours(6), now + hours(9)});
  CHECK(ground.play(R"({"maintenance": {"id": "instance-event-1", "code": "instance-stop", "lasts": "3h",
                                        "not_before_deadline": "2026-12-08T10:00:00Z"}})"));
  CHECK(event() == metadata::Maintenance{"instance-event-1", "instance-stop", "scheduled instance stop", "active",
                                         now + hours(5), now + hours(8), parse_iso8601("2026-12-08T10:00:00Z")});
  CHECK(ground.play(R"({"maintenance": {"id": "instance-event-1", "state": "completed", "description": "done"}})"));
  CHECK(event().state == "completed");
  CHECK(event().description == "done");
  CHECK(event().not_before == now + hours(5));
}

TEST_CASE("maintenance ends as the newest of its code") {
  Ground ground;
  CHECK(ground.play(R"({"maintenance": {"code": "instance-stop"}})"));
  CHECK(ground.play(R"({"maintenance": {"code": "instance-reboot"}})"));
  CHECK(ground.play(R"({"maintenance": {"code": "instance-stop", "state": "completed"}})"));
  auto events = ground.show.view_for({})->scene.life.maintenance;
  REQUIRE(events.size() == 2);
  CHECK(events[0].state == "completed");
  CHECK(events[1].state == "active");
  CHECK(ground.play(R"({"maintenance": {"code": "system-reboot", "state": "canceled"}})"));
  events = ground.show.view_for({})->scene.life.maintenance;
  REQUIRE(events.size() == 3);
  CHECK(events[1].state == "active");
  CHECK(events[2].code == "system-reboot");
  CHECK(events[2].state == "canceled");
}

TEST_CASE("a time and the duration in its place are not said together, and a time has its form") {
  struct Row {
    const char* act;
    const char* path;
    const char* message;
  };
  const Row rows[] = {
      {R"({"spot_interruption": {"in": "1m", "time": "2026-12-01T10:00:00Z"}})", "spot_interruption.time",
       "expected time or in, not both"},
      {R"({"rebalance": {"time": "soon"}})", "rebalance.time",
       "expected a time such as \"2026-12-01T10:00:00Z\", in quotes"},
      {R"({"maintenance": {"lasts": "1m", "not_after": "2026-12-01T10:00:00Z"}})", "maintenance.not_after",
       "expected not_after or lasts, not both"},
  };
  for (const auto& row : rows) {
    std::vector<Problem> problems;
    CHECK(!read_cue(node_of(json::parse(row.act)), problems));
    REQUIRE(problems.size() == 1);
    CHECK(problems[0].path == row.path);
    CHECK(problems[0].message == row.message);
  }
}

TEST_CASE("roles are denied, ended, restored and rotated") {
  Ground ground;
  const auto played = [&] { return std::string(ground.roles.find("app")->what_is_played()); };
  CHECK(ground.play(R"({"deny": "app"})"));
  CHECK(played() == "denied");
  CHECK(ground.play(R"({"end": {"role": "app"}})"));
  CHECK(played() == "ended");
  CHECK(ground.play(R"({"restore": "app"})"));
  CHECK(played().empty());
  CHECK(ground.play(R"({"rotate": "app"})"));
  CHECK(ground.roles_there.refreshed == std::vector<std::string>{"app"});
  CHECK(ground.play(R"({"deny": "apq"})").error().code == "NoSuchRole");
  CHECK(ground.play(R"({"rotate": "apq"})").error().code == "NoSuchRole");
  CHECK(ground.play(R"({"deny": "x\nerror FORGED"})").error().message ==
        R"(there is no role "x\x0Aerror FORGED" to play this on)");
  CHECK(ground.play(R"({"end": "cold"})").error().code == "NothingToEnd");
}

TEST_CASE("an act on the instance needs one") {
  Ground ground;
  std::vector<Problem> problems;
  const auto cue = read_cue(node_of(json::parse(R"({"rebalance": true})")), problems);
  REQUIRE(cue.has_value());
  CHECK(cue->act({nullptr, ground.roles, ground.clock}, {}).error().code == "NoInstance");
}

TEST_CASE("what is wrong with an act is told") {
  struct Row {
    const char* text;
    const char* says;
  };
  const Row rows[] = {
      {R"({})", "expected an act"},
      {R"({"spot": true})", "unknown key"},
      {R"({"rebalance": true, "rotate": "app"})", "there is rebalance already"},
      {R"({"rebalance": 5})", "nothing to choose"},
      {R"({"spot_interruption": {"action": "kill"}})", "terminate"},
      {R"({"spot_interruption": {"when": "1m"}})", "unknown key"},
      {R"({"maintenance": {"code": "reboot"}})", "instance-reboot"},
      {R"({"auto_scaling": "Gone"})", "InService"},
      {R"({"tags": {"a b": "x"}})", "a tag's key"},
      {R"({"paths": {"latest/x": "y"}})", "a path without a version"},
      {R"({"deny": true})", "a role's key"},
      {R"({"endpoint": "off"})", "enabled or disabled"},
      {R"({"latency": "5m"})", "a minute at most"},
      {R"({"latency": "70000ms"})", "a minute at most"},
      {R"({"errors": {"rate": "1.5"}})", "a share"},
      {R"({"errors": {"rate": "0.1", "status": 200}})", "400"},
      {R"({"throttle": {}})", "expected per_second"},
      {R"({"rebalance": true, "after": "soon"})", "after"},
      {R"({"rebalance": true, "at": "noon"})", "2026-12-01T10:00:00Z"},
      {R"({"rebalance": true, "at": "2026-12-01T10:00:00Z", "after": "1s"})", "not both"},
      {R"({"rebalance": true, "every": "0"})", "a second at least"},
      {R"({"rebalance": true, "clients": {}})", "first: N"},
      {R"({"rebalance": true, "clients": {"addresses": ["web"]}})", "IP addresses"},
      {R"({"rotate": "app", "clients": {"first": 1}})", "clients: rotate is for all clients: leave clients out"},
      {R"({"deny": "app", "clients": {"first": 1}})", "clients: deny is for all"},
      {R"({"end": "app", "clients": {"first": 1}})", "clients: end is for all"},
      {R"({"restore": "app", "clients": {"first": 1}})", "clients: restore is for all"},
      {R"({"clear": true, "clients": {"addresses": ["10.0.0.7"]}})", "clients: clear is for all"},
      {R"([])", "expected a map"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    std::vector<Problem> problems;
    CHECK_FALSE(read_cue(node_of(json::parse(row.text)), problems).has_value());
    const bool is_told = std::ranges::any_of(problems, [&](const Problem& problem) {
      return (problem.path + ": " + problem.message).find(row.says) != std::string::npos;
    });
    CHECK(is_told);
  }
}

}  // namespace
}  // namespace understudy::service
