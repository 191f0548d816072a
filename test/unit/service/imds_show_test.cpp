#include "understudy/service/imds_show.hpp"

#include <nlohmann/json.hpp>

#include <atomic>
#include <string>
#include <thread>

#include "imds_stage.hpp"
#include "understudy/service/json_node.hpp"

#include <doctest/doctest.h>

namespace understudy::service {
namespace {

const ImdsShow::Change kSpot = [](ImdsScene& scene) {
  scene.life.spot = metadata::SpotInterruption{"stop", WallTime{}};
};
const ImdsShow::Change kRebalance = [](ImdsScene& scene) { scene.life.rebalance = WallTime{}; };
constexpr const char* kAction = "/latest/meta-data/spot/instance-action";

Response get_from(ImdsStage& stage, const std::string& address, const char* target) {
  auto request = request_of("GET", target);
  request.peer.address = address;
  return stage.ask(request);
}

TEST_CASE("what is played for everyone is seen by everyone, and cleared") {
  ImdsStage stage(optional_tokens());
  CHECK(stage.get(kAction).status == 404);
  CHECK(stage.show.play({}, kSpot));
  CHECK(stage.get(kAction).status == 200);
  stage.show.clear();
  CHECK(stage.get(kAction).status == 404);
}

TEST_CASE("an audience by its addresses sees what others do not, and what is for all too") {
  ImdsStage stage(optional_tokens());
  CHECK(stage.show.play({{"10.0.0.7"}, 0}, kSpot));
  CHECK(get_from(stage, "10.0.0.7", kAction).status == 200);
  CHECK(get_from(stage, "10.0.0.8", kAction).status == 404);
  CHECK(stage.show.play({}, kRebalance));
  for (const char* address : {"10.0.0.7", "10.0.0.8"}) {
    CHECK(get_from(stage, address, "/latest/meta-data/events/recommendations/rebalance").status == 200);
  }
  CHECK(get_from(stage, "10.0.0.8", kAction).status == 404);
}

TEST_CASE("the first clients that ask are the audience, and stay it") {
  ImdsStage stage(optional_tokens());
  CHECK(stage.show.play({{}, 2}, kSpot));
  for (const char* address : {"10.0.0.1", "10.0.0.2", "10.0.0.1"}) {
    CHECK(get_from(stage, address, kAction).status == 200);
  }
  CHECK(get_from(stage, "10.0.0.3", kAction).status == 404);
  CHECK(get_from(stage, "10.0.0.2", kAction).status == 200);
}

TEST_CASE("an audience's addresses are known however they are spelled") {
  ImdsStage stage(optional_tokens());
  std::vector<Problem> problems;
  const auto named = nlohmann::json::parse(R"({"addresses": ["2001:DB8:0::7", "::ffff:10.0.0.7", "10.0.0.7"]})");
  const auto audience = read_audience(node_of(named), problems);
  REQUIRE(problems.empty());
  CHECK(audience == Audience{{"10.0.0.7", "2001:db8::7"}, 0});
  CHECK(stage.show.play(audience, kSpot));
  for (const char* address : {"10.0.0.7", "2001:db8::7", "2001:db8::7%eth0"}) {
    CHECK(get_from(stage, address, kAction).status == 200);
  }
  CHECK(get_from(stage, "2001:db8::8", kAction).status == 404);
}

TEST_CASE("nobody can belong to two audiences, for it would see but one of them") {
  struct Row {
    Audience audience;
    const char* code;
  };
  const Row rows[] = {
      {{{"10.0.0.7", "10.0.0.8"}, 0}, ""},
      {{{"10.0.0.9"}, 0}, ""},
      {{}, ""},
      {{{"10.0.0.8"}, 0}, "OverlappingAudience"},
      {{{"10.0.0.10", "10.0.0.7"}, 0}, "OverlappingAudience"},
      {{{}, 1}, "OverlappingAudience"},
      {{{"10.0.0.10"}, 1}, "OverlappingAudience"},
  };
  for (const auto& row : rows) {
    CAPTURE(name_of(row.audience));
    ImdsStage stage(optional_tokens());
    CHECK(stage.show.play({{"10.0.0.7", "10.0.0.8"}, 0}, kSpot));
    const auto before = stage.show.describe();
    const auto done = stage.show.play(row.audience, kRebalance);
    CHECK((done ? "" : done.error().code) == row.code);
    CHECK((stage.show.describe() == before) == !done);
    stage.show.clear();
    CHECK(stage.show.play(row.audience, kRebalance));
  }
}

TEST_CASE("the first clients may be those of any address") {
  ImdsStage stage(optional_tokens());
  CHECK(stage.show.play({{}, 2}, kSpot));
  CHECK(stage.show.play({{}, 2}, kRebalance));
  CHECK(stage.show.play({{}, 3}, kSpot).error().message ==
        "a client could be one of the first 3 clients and of the first 2 clients, for whom something is played "
        "already: play it for those, for all, or play clear first");
  CHECK(stage.show.play({{"10.0.0.7"}, 0}, kSpot).error().code == "OverlappingAudience");
  CHECK(get_from(stage, "10.0.0.7", kAction).status == 200);
  CHECK(get_from(stage, "10.0.0.7", "/latest/meta-data/events/recommendations/rebalance").status == 200);
}

TEST_CASE("there are not more audiences than can be kept") {
  ImdsStage stage(optional_tokens());
  for (std::size_t i = 0; i < ImdsShow::kMostAudiences; ++i) {
    CHECK(stage.show.play({{"10.0.0." + std::to_string(i)}, 0}, kSpot));
  }
  CHECK(stage.show.play({{"10.0.1.0"}, 0}, kSpot).error().code == "TooManyAudiences");
  CHECK(stage.show.play({{"10.0.0.63"}, 0}, kRebalance));
  CHECK(stage.show.play({}, kRebalance));
  stage.show.clear();
  CHECK(stage.show.play({{"10.0.1.0"}, 0}, kSpot));
}

TEST_CASE("readers do not wait for who makes a view") {
  ImdsStage stage(optional_tokens());
  CHECK(stage.show.play({{}, 2}, kSpot));
  CHECK(stage.show.play({{}, 2}, [&](ImdsScene& scene) {
    CHECK(get_from(stage, "10.0.0.1", kAction).status == 200);
    CHECK(stage.show.describe().size() == 2);
    scene.life.spot.reset();
  }));
  CHECK(get_from(stage, "10.0.0.1", kAction).status == 404);
}

TEST_CASE("a disabled endpoint answers 403 to everything, tokens too") {
  ImdsStage stage(optional_tokens());
  CHECK(stage.show.play({}, [](ImdsScene& scene) { scene.is_enabled = false; }));
  check_empty(stage.get("/latest/meta-data/"), 403);
  check_empty(stage.ask(request_of("PUT", "/latest/api/token", {{kTtlHeader, "60"}})), 403);
}

TEST_CASE("tokens are demanded as long as that is played") {
  ImdsStage stage(optional_tokens());
  CHECK(stage.show.play({}, [](ImdsScene& scene) { scene.tokens_required = true; }));
  check_empty(stage.get("/latest/meta-data/"), 401);
  CHECK(stage.get("/latest/meta-data/", stage.signed_in()).status == 200);
}

TEST_CASE("faults come before the answer, and latency with every one") {
  ImdsStage stage(optional_tokens());
  CHECK(stage.show.play({}, [](ImdsScene& scene) {
    scene.faults.latency = std::chrono::milliseconds(300);
    scene.faults.error_rate = 0.5;
    scene.faults.error_status = 500;
  }));
  std::string statuses;
  for (int i = 0; i < 4; ++i) {
    const auto response = stage.get("/latest/meta-data/");
    statuses += std::to_string(response.status) + " ";
    CHECK(response.delay == std::chrono::milliseconds(300));
  }
  CHECK(statuses == "200 500 200 500 ");
}

TEST_CASE("more requests than the limit get 429 until the next second") {
  ImdsStage stage(optional_tokens());
  CHECK(stage.show.play({}, [](ImdsScene& scene) { scene.faults.per_second = 2; }));
  const auto status = [&] { return stage.get("/latest/meta-data/").status; };
  CHECK(status() == 200);
  CHECK(status() == 200);
  CHECK(status() == 429);
  stage.clock.advance(std::chrono::seconds(1));
  CHECK(status() == 200);
}

TEST_CASE("each audience's requests are counted by themselves") {
  ImdsStage stage(optional_tokens());
  CHECK(stage.show.play({}, [](ImdsScene& scene) { scene.faults.per_second = 2; }));
  CHECK(stage.show.play({{"10.0.0.7"}, 0}, [](ImdsScene& scene) { scene.faults.per_second = 1; }));
  const auto status = [&](const char* address) { return get_from(stage, address, "/latest/meta-data/").status; };
  CHECK(status("10.0.0.7") == 200);
  CHECK(status("10.0.0.1") == 200);
  CHECK(status("10.0.0.7") == 429);
  CHECK(status("10.0.0.2") == 200);
  CHECK(status("10.0.0.1") == 429);
  // What changes meanwhile starts no count anew.
  CHECK(stage.show.play({{"10.0.0.7"}, 0}, kSpot));
  CHECK(status("10.0.0.7") == 429);
}

TEST_CASE("a request that had to wait meets faults once") {
  ImdsStage stage(optional_tokens());
  CHECK(stage.show.play({}, [](ImdsScene& scene) { scene.faults.per_second = 2; }));
  const auto request = request_of("GET", "/latest/meta-data/");
  CHECK(stage.ask(request).status == 200);
  CHECK(answer_now(stage.imds, request).status == 200);
  CHECK(stage.ask(request).status == 200);
  CHECK(stage.ask(request).status == 429);
}

TEST_CASE("a reader sees one scene, never a mix") {
  ImdsStage stage(optional_tokens());
  std::atomic<bool> done{false};
  std::thread player([&] {
    for (int i = 0; i < 300; ++i) {
      const auto text = std::to_string(i);
      static_cast<void>(stage.show.play({}, [&](ImdsScene& scene) { scene.life.tags = {{"a", text}, {"b", text}}; }));
    }
    done = true;
  });
  int mixed = 0;
  int looks = 0;
  do {
    // One view answers all that a request asks: the scene and the tree made of it are of one play.
    const auto view = stage.show.view_for({});
    const auto& tags = view->scene.life.tags;
    const auto told = [&](const char* path) {
      const auto* const leaf = view->tree.find(path);
      return leaf != nullptr ? *leaf->text : std::string();
    };
    const auto expected = tags.empty() ? "" : tags[0].second;
    mixed +=
        told("latest/meta-data/tags/instance/a") == expected && told("latest/meta-data/tags/instance/b") == expected
            ? 0
            : 1;
    ++looks;
  } while (!done);
  player.join();
  CHECK(looks > 0);
  CHECK(mixed == 0);
  CHECK(stage.get("/latest/meta-data/tags/instance/b").body.view() == "299");
}

TEST_CASE("what is played is told in words, an audience's where it differs") {
  ImdsStage stage;
  CHECK(stage.show.play({{"10.0.0.7"}, 1}, kSpot));
  CHECK(stage.show.describe() ==
        std::vector<std::string>{"tokens are required",
                                 "for 10.0.0.7 and the first 1 clients: spot interruption: stop "
                                 "at 1970-01-01T00:00:00Z"});
}

}  // namespace
}  // namespace understudy::service
