#include <string>

#include "imds_stage.hpp"

#include <doctest/doctest.h>

namespace understudy::service {
namespace {

ImdsSettings with_manners() {
  ImdsSettings settings;
  settings.manners = {"no page",
                      "no token",
                      "no such life",
                      "no HTTP",
                      true,
                      true,
                      {"meta-data/spot/instance-action", "meta-data/mac"}};
  return settings;
}

std::string body_of(const Response& response) { return std::string(response.body.view()); }

TEST_CASE("errors have the pages that are asked for") {
  ImdsStage stage(with_manners());
  CHECK(body_of(stage.get("/latest/meta-data/nothing", stage.signed_in())) == "no page");
  CHECK(body_of(stage.get("/latest/meta-data/mac")) == "no token");
  const auto refused = stage.ask(request_of("PUT", "/latest/api/token", {{kTtlHeader, "21601"}}));
  CHECK(refused.status == 400);
  CHECK(body_of(refused) == "no such life");
}

TEST_CASE("a token that has ended before it is there can be refused") {
  for (const bool is_refused : {false, true}) {
    CAPTURE(is_refused);
    ImdsSettings settings;
    settings.manners.refuses_dead_tokens = is_refused;
    ImdsStage stage(settings);
    CHECK(stage.ask(request_of("PUT", "/latest/api/token", {{kTtlHeader, "0"}})).status == (is_refused ? 400 : 200));
    CHECK(stage.ask(request_of("PUT", "/latest/api/token", {{kTtlHeader, "1"}})).status == 200);
  }
}

TEST_CASE("what is announced is listed, and answers once something is there") {
  ImdsStage stage(with_manners());
  const auto header = stage.signed_in();
  CHECK(body_of(stage.get("/latest/meta-data/spot", header)) == "instance-action");
  CHECK(stage.get("/latest/meta-data/spot/instance-action", header).status == 404);
  CHECK(stage.get("/latest/meta-data/mac", header).status == 200);
  CHECK(stage.show.play(
      {}, [&](ImdsScene& scene) { scene.life.spot = metadata::SpotInterruption{"terminate", stage.clock.wall()}; }));
  CHECK(stage.get("/latest/meta-data/spot/instance-action", header).status == 200);
  CHECK(body_of(stage.get("/latest/meta-data/spot", header)) == "instance-action\ntermination-time");
}

TEST_CASE("the termination time can be there for every action") {
  for (const bool is_wanted : {false, true}) {
    CAPTURE(is_wanted);
    ImdsSettings settings;
    settings.manners.has_termination_time = is_wanted;
    ImdsStage stage(settings);
    CHECK(stage.show.play(
        {}, [&](ImdsScene& scene) { scene.life.spot = metadata::SpotInterruption{"stop", stage.clock.wall()}; }));
    CHECK(stage.get("/latest/meta-data/spot/termination-time", stage.signed_in()).status == (is_wanted ? 200 : 404));
  }
}

TEST_CASE("latest can be the one version that is listed, while others still answer") {
  ImdsStage stage(with_manners());
  CHECK(body_of(stage.get("/", stage.signed_in())) == "latest");
  CHECK(stage.get("/2021-03-23/meta-data/mac", stage.signed_in()).status == 200);
}

}  // namespace
}  // namespace understudy::service
