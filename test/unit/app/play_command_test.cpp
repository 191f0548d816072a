#include "understudy/app/play_command.hpp"

#include <nlohmann/json.hpp>

#include <functional>
#include <map>
#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace understudy::app {
namespace {

using nlohmann::json;

TEST_CASE("words behind an act become what the server takes") {
  struct Row {
    const char* act;
    std::vector<std::string> words;
    const char* cue;
  };
  const Row rows[] = {
      {"rebalance", {}, R"({"rebalance": true})"},
      {"spot-interruption", {"action=stop", "in=1m"}, R"({"spot_interruption": {"action": "stop", "in": "1m"}})"},
      {"rotate", {"app"}, R"({"rotate": "app"})"},
      {"tags", {"Name=a=b", "Old=null"}, R"({"tags": {"Name": "a=b", "Old": null}})"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.act);
    CHECK(cue_of(row.act, row.words).value() == json::parse(row.cue));
  }
}

TEST_CASE("a misspelt act is told with the one that was meant") {
  CHECK(cue_of("spot", {}).error().message.find("did you mean \"spot_interruption\"") != std::string::npos);
  CHECK(cue_of("rebalanse", {}).error().message.find("did you mean \"rebalance\"") != std::string::npos);
  CHECK(cue_of("", {}).error().message.find("--list") != std::string::npos);
  CHECK(cue_of("tags", {"a=b", "c"}).error().message.find("expected KEY=VALUE, found \"c\"") != std::string::npos);
}

TEST_CASE("the state is a line for each thing that is played") {
  const auto shown = [](const char* text) { return state_text(nlohmann::ordered_json::parse(text)); };
  CHECK(shown(R"({"imds": ["tokens are required"], "roles": {"app": "denied"}, "waiting": 2})") ==
        "imds: tokens are required\nrole app: denied\n2 still to come\n");
  for (const char* text :
       {"[]", "{}", "null", R"({"imds": 5, "roles": [1], "waiting": "x"})", R"({"imds": [null, {}]})"}) {
    CAPTURE(text);
    CHECK_NOTHROW(shown(text));
  }
}

TEST_CASE("choices without an act are a mistake, whoever serves") {
  for (auto PlayCommand::* choice : {&PlayCommand::after, &PlayCommand::at, &PlayCommand::every, &PlayCommand::first}) {
    PlayCommand play;
    play.*choice = "5s";
    CHECK(play.run(Environment(std::map<std::string, std::string, std::less<>>())) == kUsage);
  }
}

}  // namespace
}  // namespace understudy::app
