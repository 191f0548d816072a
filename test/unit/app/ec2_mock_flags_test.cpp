#include "understudy/app/ec2_mock_flags.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace understudy::app {
namespace {

using Words = std::vector<std::string>;

std::string key_of(const Words& words, const char* key) {
  const auto order = parse_mock_flags(words);
  REQUIRE(order);
  const auto found = order->keys.find(key);
  return found == order->keys.end() ? "(not said)" : found->second;
}

std::string refusal_of(const Words& words) {
  const auto order = parse_mock_flags(words);
  REQUIRE(!order);
  CHECK(order.error().code == "BadFlag");
  return order.error().message;
}

TEST_CASE("flags are written in every way that AEMM's parser takes") {
  struct Row {
    Words words;
    const char* key;
    const char* value;
  };
  const Row rows[] = {
      {{"--port", "1700"}, "server.port", "1700"},
      {{"--port=1700"}, "server.port", "1700"},
      {{"-p", "1700"}, "server.port", "1700"},
      {{"-p=1700"}, "server.port", "1700"},
      {{"-p1700"}, "server.port", "1700"},
      {{"--mock-ip-count=-1"}, "mock-ip-count", "-1"},
      {{"-x", "-1"}, "mock-ip-count", "-1"},
      {{"-x=1"}, "mock-ip-count", "1"},
      {{"--imdsv2"}, "imdsv2", "true"},
      {{"--imdsv2=false"}, "imdsv2", "false"},
      {{"-I=F"}, "imdsv2", "false"},
      {{"-Is"}, "save-config-to-file", "true"},
      {{"-Ip", "1700"}, "server.port", "1700"},
      {{"--hostname="}, "server.hostname", ""},
      {{"--port", "1", "spot", "--port", "2"}, "server.port", "2"},
      {{"spot", "-n", "0.0.0.0", "-a", "stop"}, "server.hostname", "0.0.0.0"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.words.front());
    CHECK(key_of(row.words, row.key) == row.value);
  }
}

TEST_CASE("a letter is the flag of the command before it") {
  CHECK(key_of({"spot", "-a", "stop", "-t", "2020-01-07T01:03:47Z"}, "spot.time") == "2020-01-07T01:03:47Z");
  CHECK(key_of({"events", "-t", "canceled", "-a", "2020-01-07T01:03:47Z"}, "events.state") == "canceled");
  CHECK(key_of({"events", "-t", "canceled", "-a", "2020-01-07T01:03:47Z"}, "events.not-after") ==
        "2020-01-07T01:03:47Z");
}

TEST_CASE("the commands and their aliases") {
  const std::pair<const char*, MockPlay> rows[] = {
      {"spot", MockPlay::kSpot},       {"spotitn", MockPlay::kSpot},           {"events", MockPlay::kEvents},
      {"se", MockPlay::kEvents},       {"scheduledevents", MockPlay::kEvents}, {"asglifecycle", MockPlay::kAutoScaling},
      {"asg", MockPlay::kAutoScaling},
  };
  for (const auto& [word, play] : rows) {
    CAPTURE(word);
    CHECK(parse_mock_flags({"--imdsv2", word, "-d", "5"})->play == play);
  }
  CHECK(parse_mock_flags({})->play == MockPlay::kEverything);
  CHECK(parse_mock_flags({"spot", "-h"})->wants_help);
  CHECK(parse_mock_flags({"help"})->wants_help);
  CHECK(parse_mock_flags({"--ready-file", "/run/r"})->ready_file == "/run/r");
}

TEST_CASE("what is no flag is refused with what was likely meant") {
  CHECK(refusal_of({"--mock-delay"}).starts_with("unknown flag --mock-delay"));
  CHECK(refusal_of({"--mock-delay-secs", "3"}).find("did you mean --mock-delay-sec?") != std::string::npos);
  CHECK(refusal_of({"-a", "stop"}).find("behind that word") != std::string::npos);
  CHECK(refusal_of({"spot", "--code", "x"}).starts_with("unknown flag --code"));
  CHECK(refusal_of({"spott"}).starts_with("unknown word \"spott\""));
  CHECK(refusal_of({"spot", "events"}).starts_with("unknown word \"events\""));
  CHECK(refusal_of({"--port"}) == "--port needs a value behind it");
  CHECK(refusal_of({"-d", "soon"}) == "--mock-delay-sec: expected a whole number, found \"soon\"");
  CHECK(refusal_of({"-I=perhaps"}) == "--imdsv2: expected true or false, found \"perhaps\"");
}

TEST_CASE("help has a line for every flag") {
  const auto help = describe_mock_flags();
  for (const auto* flag : {"-x, --mock-ip-count", "--asg-termination-delay-sec", "-l, --not-before-deadline"}) {
    CHECK(help.find(flag) != std::string::npos);
  }
}

}  // namespace
}  // namespace understudy::app
