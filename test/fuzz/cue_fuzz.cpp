// Events in JSON, as `POST /v1/play` has them: each is a cue or a mistake that is told, and a cue can be played.

#include <nlohmann/json.hpp>

#include "fakes/fake_clock.hpp"
#include "fakes/fake_roles.hpp"
#include "fuzz/check.hpp"
#include "understudy/service/cue.hpp"
#include "understudy/service/json_node.hpp"

namespace {

namespace service = understudy::service;

nlohmann::json parse(std::string_view text) {
  const auto keep = [](int depth, nlohmann::json::parse_event_t, nlohmann::json&) { return depth <= 16; };
  return nlohmann::json::parse(text, keep, false);
}

/// Where there is no instance, so that nothing is kept from one input to the next but what roles play.
void play(const service::Cue& cue, const understudy::Clock& clock) {
  understudy::fakes::FakeRoles there;
  there.add("app").publish(understudy::fakes::some_credentials(clock.wall()));
  service::PlayedRoles roles(there, clock);
  const auto done = cue.act({nullptr, roles, clock}, cue.audience);
  require(done || done.error().code == "NoInstance" || done.error().code == "NoSuchRole" ||
          done.error().code == "NothingToEnd");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto json = parse(as_text(data, size));
  if (json.is_discarded()) return 0;
  std::vector<understudy::Problem> problems;
  const auto cue = service::read_cue(service::node_of(json), problems);
  require(cue.has_value() == problems.empty());
  for (const auto& problem : problems) {
    require(!problem.message.empty() && is_showable(problem.message));
  }
  if (!cue) return 0;
  require(!cue->name.empty() && cue->act && cue->after.count() >= 0 && (!cue->every || cue->every->count() > 0));
  const understudy::fakes::FakeClock clock;
  service::CueList list;
  list.add(*cue, clock);
  const auto due = list.take_due(clock);
  require(due.size() + list.size() == (cue->every && !due.empty() ? 2U : 1U));
  require(list.size() == 0 || list.until_next(clock)->count() >= 0);
  play(*cue, clock);
  return 0;
}
