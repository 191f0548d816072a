#include <string>
#include <vector>

#include "understudy/metadata/task_document.hpp"

#include <doctest/doctest.h>

using namespace understudy::metadata;

namespace {

std::string stats_at(const std::string& read, const std::string& networks) {
  return R"({"read":")" + read + R"(","cpu_stats":{"system_cpu_usage":18446744073709551615},"networks":)" + networks +
         "}";
}

const std::string kBefore = stats_at("2026-11-20T08:00:00Z", R"({"eth0":{"rx_bytes":1000,"tx_bytes":50}})");
const std::string kNow = stats_at("2026-11-20T08:00:02Z",
                                  R"({"eth0":{"rx_bytes":2000,"tx_bytes":51},"eth1":{"rx_bytes":500,"tx_bytes":0}})");

std::string rates_in(const std::string& now, const std::string& before) {
  const auto rendered = render_stats({now, before}, TaskVersion::kV4);
  const auto at = rendered.find(",\"network_rate_stats\":");
  return at == std::string::npos ? "none" : rendered.substr(at + 22);
}

}  // namespace

TEST_CASE("statistics stay as the engine wrote them before version 4") {
  CHECK(render_stats({kNow, kBefore}, TaskVersion::kV2) == kNow);
  CHECK(render_stats({"{\"a\": 1}\n", ""}, TaskVersion::kV3) == "{\"a\": 1}");
}

TEST_CASE("version 4 adds what went over the networks each second") {
  CHECK(render_stats({kNow, kBefore}, TaskVersion::kV4) ==
        kNow.substr(0, kNow.size() - 1) +
            R"(,"network_rate_stats":{"rx_bytes_per_sec":750.0,"tx_bytes_per_sec":0.5}})");
}

TEST_CASE("rates need two moments with networks") {
  CHECK(rates_in(kNow, kBefore) != "none");
  const std::vector<std::pair<std::string, std::string>> rows{
      {kNow, ""},      {kNow, kNow},   {kBefore, kNow},
      {kNow, "{}"},    {kNow, "[]"},   {stats_at("2026-11-20T08:00:02Z", "null"), kBefore},
      {"{}", kBefore}, {kNow, "\xff"}, {stats_at("soon", "{}"), kBefore},
  };
  for (const auto& [now, before] : rows) {
    CAPTURE(now);
    CAPTURE(before);
    CHECK(rates_in(now, before) == "none");
    CHECK(render_stats({now, before}, TaskVersion::kV4) == now);
  }
}

TEST_CASE("counters that began anew, or are none, are no traffic") {
  CHECK(rates_in(stats_at("2026-11-20T08:00:02Z", R"({"eth0":{"rx_bytes":5,"tx_bytes":-1},"x":7})"), kBefore) ==
        R"({"rx_bytes_per_sec":0.0,"tx_bytes_per_sec":0.0}})");
}

TEST_CASE("a container without statistics is null, and an empty object in version 4") {
  for (const std::string none : {"", "null", "[1]", "{"}) {
    CAPTURE(none);
    CHECK(render_stats({none, kBefore}, TaskVersion::kV2) == "null");
    CHECK(render_stats({none, kBefore}, TaskVersion::kV3) == "null");
    CHECK(render_stats({none, kBefore}, TaskVersion::kV4) == "{}");
  }
}

TEST_CASE("a task's statistics are its containers' by their ids") {
  const std::vector<std::pair<std::string, ContainerStats>> containers{{"b2", {R"({"a":1})", ""}}, {"a1", {}}};
  CHECK(render_task_stats(containers, TaskVersion::kV2) == R"({"b2":{"a":1},"a1":null})");
  CHECK(render_task_stats(containers, TaskVersion::kV3) == R"({"b2":{"a":1},"a1":null})");
  CHECK(render_task_stats(containers, TaskVersion::kV4) == R"({"b2":{"a":1},"a1":{}})");
  CHECK(render_task_stats({}, TaskVersion::kV4) == "{}");
}
