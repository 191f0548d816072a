#include "understudy/service/events_settings.hpp"

#include <utility>

namespace understudy::service {

std::vector<Cue> read_events(const Node& list,
                             const std::function<std::optional<std::string>(const std::string&)>& wrong_role,
                             std::vector<Problem>& problems) {
  if (list.kind != Node::Kind::kList) {
    problems.push_back({list.path, list.line, "expected a list, such as [{after: 30s, spot_interruption: true}]"});
  }
  std::vector<Cue> out;
  for (const auto& item : list.items) {
    auto cue = read_cue(item, problems);
    if (!cue) {
      continue;
    }
    if (auto wrong = cue->role.empty() ? std::nullopt : wrong_role(cue->role)) {
      problems.push_back({item.path, item.line, *std::move(wrong)});
    }
    out.push_back(*std::move(cue));
  }
  return out;
}

}  // namespace understudy::service
