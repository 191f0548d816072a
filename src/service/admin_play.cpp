#include "understudy/service/admin_play.hpp"

#include <fmt/format.h>

#include <utility>

#include "understudy/base/text.hpp"
#include "understudy/service/json_node.hpp"

namespace understudy::service {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

std::string all_of(const std::vector<Problem>& problems) {
  std::string out;
  for (const auto& problem : problems) {
    const auto place = problem.path.empty() ? std::string() : escape_for_log(problem.path) + ": ";
    out += fmt::format("{}{}{}", out.empty() ? "" : "; ", place, problem.message);
  }
  return out;
}

ordered_json state_of(const Player& player) {
  const auto* show = player.ground().show;
  ordered_json out{{"imds", show != nullptr ? show->describe() : std::vector<std::string>()}};
  out["roles"] = ordered_json::object();
  for (const auto& [role, act] : player.ground().roles.played()) {
    out["roles"][role] = act;
  }
  out["waiting"] = player.waiting();
  return out;
}

Response play(Player& player, const json& body) {
  std::vector<Problem> problems;
  auto cue = read_cue(node_of(body), problems);
  if (!cue) {
    return admin_error(400, "BadAct", all_of(problems));
  }
  const auto done = player.play(*std::move(cue));
  return done ? admin_json(202, state_of(player)) : admin_error(409, done.error().code, done.error().message);
}

Response acts() {
  auto out = ordered_json::array();
  for (const auto& kind : act_kinds()) {
    out.push_back({{"act", kind.name}, {"purpose", kind.purpose}, {"keys", kind.keys}});
  }
  return admin_json(200, out);
}

}  // namespace

std::vector<AdminRoute> play_routes(Player& player) {
  return {
      {"POST", "v1/play", [&player](const json& body) { return play(player, body); }},
      {"GET", "v1/acts", [](const json&) { return acts(); }},
      {"GET", "v1/state", [&player](const json&) { return admin_json(200, state_of(player)); }},
  };
}

}  // namespace understudy::service
