#include "understudy/app/ec2_mock_life.hpp"

#include <nlohmann/json.hpp>

#include <string>

#include "understudy/base/time_text.hpp"

#include <doctest/doctest.h>

namespace understudy::app {
namespace {

using nlohmann::json;

const WallTime kNow = *parse_iso8601("2026-11-20T23:37:24Z");

json events_of(MockPlay play, const MockKeys& said) {
  const auto life = translate_mock_life(MockSettings({}, {}, said), play, kNow);
  REQUIRE(life.problems.empty());
  return life.events;
}

/// The one scheduled event that is played.
json scheduled(const MockKeys& said) {
  const auto events = events_of(MockPlay::kEvents, said);
  REQUIRE(events.size() == 1);
  return json::parse(events.at(0).at("paths").at("meta-data/events/maintenance/scheduled").get<std::string>()).at(0);
}

TEST_CASE("a spot interruption comes after the delay, a rebalance recommendation after its own") {
  const auto events = events_of(MockPlay::kSpot, {{"mock-delay-sec", "10"}, {"rebalance-delay-sec", "3"}});
  CHECK(events == json::parse(R"([
      {"after": 10, "clients": {"first": 2},
       "spot_interruption": {"action": "terminate", "in": 120}},
      {"after": 3, "clients": {"first": 2}, "rebalance": {}}])"));
}

TEST_CASE("times that are said take the place of delays") {
  const auto events = events_of(MockPlay::kSpot, {{"mock-delay-sec", "10"},
                                                  {"mock-trigger-time", "2026-11-21T01:00:00+01:00"},
                                                  {"mock-ip-count", "-1"},
                                                  {"rebalance-trigger-time", "2026-11-20T23:00:00Z"},
                                                  {"spot.rebalance-rec-time", "2010-10-26T11:11:11Z"}});
  CHECK(events == json::parse(R"([
      {"at": "2026-11-21T00:00:00Z", "spot_interruption": {"action": "terminate", "in": 120}},
      {"at": "2026-11-20T23:00:00Z", "rebalance": {"time": "2010-10-26T11:11:11Z"}}])"));
}

TEST_CASE("an interruption's time is that which is said, else two minutes after it comes, whatever the action") {
  const auto spot = [](const MockKeys& said) { return events_of(MockPlay::kSpot, said).at(0).at("spot_interruption"); };
  CHECK(spot({{"spot.action", "hibernate"}, {"spot.time", "2025-05-05T05:05:55Z"}}) ==
        json{{"action", "hibernate"}, {"time", "2025-05-05T05:05:55Z"}});
  CHECK(spot({{"spot.action", "hibernate"}}) == json{{"action", "hibernate"}, {"in", 120}});
}

TEST_CASE("a scheduled event has AEMM's members, and its times count from the start") {
  CHECK(scheduled({}) == json::parse(R"({
      "Code": "system-reboot", "Description": "The instance is scheduled for system-reboot", "State": "active",
      "EventId": "instance-event-1234567890abcdef0", "NotBefore": "20 Nov 2026 23:37:24 GMT",
      "NotAfter": "27 Nov 2026 23:37:24 GMT", "NotBeforeDeadline": "29 Nov 2026 23:37:24 GMT"})"));
  const auto said = scheduled({{"events.code", "instance-stop"},
                               {"events.state", "canceled"},
                               {"events.not-before", "2020-01-01T01:03:47Z"},
                               {"events.not-after", "2020-01-07T01:03:47Z"},
                               {"events.not-before-deadline", "2020-01-10T01:03:47Z"}});
  CHECK(said.at("Code") == "instance-stop");
  CHECK(said.at("State") == "canceled");
  CHECK(said.at("NotBefore") == "1 Jan 2020 01:03:47 GMT");
  CHECK(said.at("NotAfter") == "7 Jan 2020 01:03:47 GMT");
  CHECK(said.at("NotBeforeDeadline") == "10 Jan 2020 01:03:47 GMT");
}

TEST_CASE("Auto Scaling's target state ends the service after the delay, or at once") {
  CHECK(events_of(MockPlay::kAutoScaling, {{"asg-termination-delay-sec", "5"}, {"mock-ip-count", "-1"}}) ==
        json::parse(R"([{"auto_scaling": "InService"}, {"after": 5, "auto_scaling": "Terminated"}])"));
  CHECK(events_of(MockPlay::kAutoScaling, {{"mock-ip-count", "-1"}}) ==
        json::parse(R"([{"after": 0, "auto_scaling": "Terminated"}])"));
}

TEST_CASE("each command plays its own, none plays for nobody, and all list their paths from the start") {
  CHECK(events_of(MockPlay::kEverything, {}).size() == 4);
  CHECK(events_of(MockPlay::kEverything, {{"mock-ip-count", "0"}}).empty());
  const MockSettings settings({}, {}, {});
  using Paths = std::vector<std::string>;
  CHECK(translate_mock_life(settings, MockPlay::kSpot, kNow).announced ==
        Paths{"meta-data/spot/instance-action", "meta-data/spot/termination-time",
              "meta-data/events/recommendations/rebalance"});
  CHECK(translate_mock_life(settings, MockPlay::kEvents, kNow).announced ==
        Paths{"meta-data/events/maintenance/scheduled"});
  CHECK(translate_mock_life(settings, MockPlay::kAutoScaling, kNow).announced.empty());
}

}  // namespace
}  // namespace understudy::app
