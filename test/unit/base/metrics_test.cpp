#include "understudy/base/metrics.hpp"

#include <chrono>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

using namespace understudy;
using namespace std::chrono_literals;
using Type = Metrics::Type;

TEST_CASE("metrics are told in their order, with help, type and present values") {
  Counter asked;
  Metrics metrics;
  metrics.add("a_total", Type::kCounter, "How often.", [&](MetricWriter& out) {
    out.put({{"endpoint", "imds"}, {"code", "200"}}, asked.value());
    out.put({{"endpoint", "imds"}, {"code", "404"}}, std::uint64_t{0});
  });
  metrics.add("b", Type::kGauge, "How much.", [](MetricWriter& out) { out.put({}, -1.5); });
  metrics.add("c_total", Type::kCounter, "Nothing yet.", [](MetricWriter&) {});
  asked.add();
  asked.add(16);
  CHECK(metrics.text() ==
        "# HELP a_total How often.\n# TYPE a_total counter\n"
        "a_total{endpoint=\"imds\",code=\"200\"} 17\n"
        "a_total{endpoint=\"imds\",code=\"404\"} 0\n"
        "# HELP b How much.\n# TYPE b gauge\nb -1.5\n"
        "# HELP c_total Nothing yet.\n# TYPE c_total counter\n");
}

TEST_CASE("values of labels are escaped") {
  struct Row {
    std::string value;
    std::string written;
  };
  const std::vector<Row> rows{
      {"plain", "plain"},       {"a\"b", "a\\\"b"}, {"a\\b", "a\\\\b"},         {"a\nb", "a\\nb"},
      {"\xc3\xa4", "\xc3\xa4"}, {"", ""},           {"a\xff", "a\xef\xbf\xbd"}, {"{a=\"b\"} 1", "{a=\\\"b\\\"} 1"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.value);
    std::string out;
    MetricWriter("m", out).put({{"l", row.value}}, std::uint64_t{1});
    CHECK(out == "m{l=\"" + row.written + "\"} 1\n");
  }
}

TEST_CASE("large counts keep every digit") {
  std::string out;
  MetricWriter("m", out).put({}, std::uint64_t{18446744073709551615U});
  CHECK(out == "m 18446744073709551615\n");
}

TEST_CASE("outcomes are counted by the kind of their error") {
  OutcomeCounts counts;
  counts.add(Result<int>(1));
  counts.add(Result<int>(1));
  counts.add(Result<void>());
  counts.add(Result<int>(Error{Error::Kind::kDenied, "AccessDenied", "no"}));
  counts.add(Result<int>(Error{Error::Kind::kActionNeeded, "MfaRequired", "type"}));
  std::string out;
  MetricWriter("m", out).put({{"role", "app"}}, counts);
  CHECK(out ==
        "m{role=\"app\",outcome=\"success\"} 3\n"
        "m{role=\"app\",outcome=\"invalid\"} 0\n"
        "m{role=\"app\",outcome=\"not_found\"} 0\n"
        "m{role=\"app\",outcome=\"denied\"} 1\n"
        "m{role=\"app\",outcome=\"expired\"} 0\n"
        "m{role=\"app\",outcome=\"throttled\"} 0\n"
        "m{role=\"app\",outcome=\"unavailable\"} 0\n"
        "m{role=\"app\",outcome=\"action_needed\"} 1\n");
}

TEST_CASE("a histogram counts up to each end, which belongs to it, and in seconds") {
  OwnedLatency latency;
  OwnedLatency of_another_thread;
  for (const auto took : {0us, 100us, 101us, 1000us, 10000000us}) {
    latency.add(took);
  }
  of_another_thread.add(10000001us);
  LatencyCounts counts;
  latency.add_to(counts);
  of_another_thread.add_to(counts);
  std::string out;
  MetricWriter("m", out).put({{"endpoint", "imds"}}, counts);
  std::string expected;
  const std::vector<std::pair<std::string, int>> ends{{"0.0001", 2}, {"0.00025", 3}, {"0.0005", 3}, {"0.001", 4},
                                                      {"0.0025", 4}, {"0.005", 4},   {"0.01", 4},   {"0.025", 4},
                                                      {"0.05", 4},   {"0.1", 4},     {"0.25", 4},   {"0.5", 4},
                                                      {"1", 4},      {"2.5", 4},     {"10", 5},     {"+Inf", 6}};
  for (const auto& [end, count] : ends) {
    expected += "m_bucket{endpoint=\"imds\",le=\"" + end + "\"} " + std::to_string(count) + "\n";
  }
  CHECK(out == expected + "m_sum{endpoint=\"imds\"} 20.001202\nm_count{endpoint=\"imds\"} 6\n");
}

TEST_CASE("no count of many threads is lost, and one of a single thread is seen by others") {
  Counter shared;
  OwnedCounter own;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&shared, &own, is_owner = i == 0] {
      for (int j = 0; j < 1000; ++j) {
        shared.add();
        if (is_owner) {
          own.add();
        }
      }
    });
  }
  for (auto& thread : threads) {
    thread.join();
  }
  CHECK(shared.value() == 4000);
  CHECK(own.value() == 1000);
}
