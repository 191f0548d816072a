#include "understudy/service/guard.hpp"

#include <string>

#include "fakes/fake_clock.hpp"
#include "fakes/recording_log.hpp"

#include <doctest/doctest.h>

namespace understudy::service {
namespace {

Request with(Headers headers) {
  Request request;
  request.headers = std::move(headers);
  request.peer = {"10.0.0.9", 4711};
  return request;
}

TEST_CASE("a host may be any IP literal, localhost or a name without a dot, with or without a port") {
  for (const char* host :
       {"127.0.0.1", "127.0.0.1:1338", "169.254.169.254", "8.8.8.8:80", "[::1]", "[::1]:1338", "[fd00:ec2::254]",
        "localhost", "LocalHost:1338", "metadata", "understudy_1:80", "my-compose-name"}) {
    CAPTURE(host);
    CHECK(is_allowed_host(host, {}));
  }
}

TEST_CASE("a name that somebody else may own, and what is no host, is refused") {
  for (const char* host : {"evil.com",
                           "evil.com:1338",
                           "169.254.169.254.evil.com",
                           "127.0.0.1.nip.io",
                           "localhost.evil.com",
                           "localhost.",
                           "127.1",
                           "127.0.0.1.",
                           "0x7f.0.0.1",
                           "256.0.0.1",
                           "[::1].evil.com",
                           "[evil.com]",
                           "[]",
                           "[::1",
                           "::1",
                           "",
                           ":80",
                           "a:b",
                           "localhost:",
                           "localhost:80:80",
                           "user@localhost",
                           "local host",
                           "a/b",
                           "[::1]:x",
                           "[1234567890123456789012345678901234567890123456789012345678901234567890]"}) {
    CAPTURE(host);
    CHECK_FALSE(is_allowed_host(host, {}));
  }
}

TEST_CASE("configured hosts are allowed in any letter case, and only they") {
  const std::vector<std::string> hosts{"metadata.example", "imds.test"};
  CHECK(is_allowed_host("metadata.example", hosts));
  CHECK(is_allowed_host("Metadata.Example:1338", hosts));
  CHECK(is_allowed_host("imds.test", hosts));
  CHECK_FALSE(is_allowed_host("x.metadata.example", hosts));
  CHECK_FALSE(is_allowed_host("metadata.example.evil.com", hosts));
}

TEST_CASE("a certificate's name with a star is any one label") {
  const std::vector<std::string> hosts{"*.team.internal", "*.com"};
  CHECK(is_allowed_host("web.team.internal", hosts));
  CHECK(is_allowed_host("WEB.Team.internal:8443", hosts));
  for (const auto* host :
       {"team.internal", "a.web.team.internal", ".team.internal", "web.steam.internal", "evil.com"}) {
    CAPTURE(host);
    CHECK_FALSE(is_allowed_host(host, hosts));
  }
}

TEST_CASE("rules are asked in their order, whatever the order of the headers") {
  struct Row {
    Headers headers;
    std::optional<Rule> rule;
  };
  const std::vector<Row> rows{
      {{}, std::nullopt},
      {{{"Host", "127.0.0.1:1338"}, {"User-Agent", "curl"}}, std::nullopt},
      {{{"Host", "evil.com"}}, Rule::kHost},
      {{{"host", "127.0.0.1"}, {"HOST", "evil.com"}}, Rule::kHost},
      {{{"Origin", "http://127.0.0.1"}}, Rule::kOrigin},
      {{{"origin", "null"}}, Rule::kOrigin},
      {{{"Origin", ""}}, Rule::kOrigin},
      {{{"Sec-Fetch-Site", "cross-site"}}, Rule::kFetchSite},
      {{{"sec-fetch-site", "Same-Site"}}, Rule::kFetchSite},
      {{{"Sec-Fetch-Site", "none"}}, std::nullopt},
      {{{"Sec-Fetch-Site", "same-origin"}}, std::nullopt},
      {{{"Sec-Fetch-Site", "none"}, {"Sec-Fetch-Site", "cross-site"}}, Rule::kFetchSite},
      {{{"X-Forwarded-For", "1.2.3.4"}}, Rule::kForwarded},
      {{{"x-forwarded-for", ""}}, Rule::kForwarded},
      {{{"X-FORWARDED-FOR", "a"}, {"Sec-Fetch-Site", "cross-site"}, {"Origin", "x"}, {"Host", "evil.com"}},
       Rule::kHost},
      {{{"X-Forwarded-For", "a"}, {"Sec-Fetch-Site", "cross-site"}, {"Origin", "x"}}, Rule::kOrigin},
      {{{"X-Forwarded-For", "a"}, {"Sec-Fetch-Site", "cross-site"}}, Rule::kFetchSite},
      {{{"REMOTE_ADDR", "127.0.0.1"}}, std::nullopt},
  };
  for (std::size_t i = 0; i < rows.size(); ++i) {
    CAPTURE(i);
    CHECK(refusing_rule(with(rows[i].headers), {}) == rows[i].rule);
  }
}

TEST_CASE("where forwarding is allowed, only X-Forwarded-For passes") {
  const GuardRules rules{{}, false, ""};
  CHECK_FALSE(refusing_rule(with({{"X-Forwarded-For", "1.2.3.4"}}), rules).has_value());
  CHECK(refusing_rule(with({{"X-Forwarded-For", "1.2.3.4"}, {"Origin", "x"}}), rules) == Rule::kOrigin);
}

TEST_CASE("a refusal says which rule it was and how to change it, once a minute for each rule") {
  fakes::FakeClock clock;
  fakes::RecordingLog log;
  RefusalLog refusals("imds", clock, log);
  const Guard guard({}, refusals);
  const auto foreign = with({{"Host", "evil.com"}});
  for (int i = 0; i < 5; ++i) {
    CHECK(guard.refuses(foreign));
  }
  REQUIRE(log.lines().size() == 1);
  CHECK(log.count(LogLevel::kWarning, "imds: refused a request from 10.0.0.9: its Host \"evil.com\"") == 1);
  CHECK(log.contains("hosts: [..]"));
  CHECK(guard.refuses(with({{"Origin", "http://evil.com"}})));
  CHECK(guard.refuses(with({{"Sec-Fetch-Site", "cross-site"}})));
  CHECK(guard.refuses(with({{"X-Forwarded-For", "1.2.3.4"}})));
  CHECK(log.lines().size() == 4);
  clock.advance(std::chrono::seconds(59));
  CHECK(guard.refuses(foreign));
  CHECK(log.lines().size() == 4);
  clock.advance(std::chrono::seconds(1));
  CHECK(guard.refuses(foreign));
  REQUIRE(log.lines().size() == 5);
  CHECK(log.lines()[4].text.ends_with("(5 more like it since the last such line)"));
}

TEST_CASE("what a client sent is escaped and cut before it reaches the log") {
  fakes::FakeClock clock;
  fakes::RecordingLog log;
  RefusalLog refusals("imds", clock, log);
  CHECK(Guard({}, refusals).refuses(with({{"Host", "evil.com\n\x1b[31m" + std::string(500, 'x')}})));
  REQUIRE(log.lines().size() == 1);
  const auto line = log.lines()[0].text;
  CHECK(line.find('\n') == std::string::npos);
  CHECK(line.find('\x1b') == std::string::npos);
  CHECK(line.size() < 400);
}

TEST_CASE("a request that passes says nothing") {
  fakes::FakeClock clock;
  fakes::RecordingLog log;
  RefusalLog refusals("imds", clock, log);
  CHECK_FALSE(Guard({}, refusals).refuses(with({{"Host", "localhost"}})));
  CHECK(log.lines().empty());
}

TEST_CASE("a port is taken off, and nothing else") {
  CHECK(without_port("169.254.170.23:80") == "169.254.170.23");
  CHECK(without_port("169.254.170.23") == "169.254.170.23");
  CHECK(without_port("[fd00:ec2::23]:80") == "[fd00:ec2::23]");
  CHECK(without_port("[fd00:ec2::23]") == "[fd00:ec2::23]");
  for (const char* host : {"", ":80", "a:b", "a:80:80", "[::1", "[::1]80", "::1"}) {
    CAPTURE(host);
    CHECK_FALSE(without_port(host).has_value());
  }
}

}  // namespace
}  // namespace understudy::service
