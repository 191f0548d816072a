#include "understudy/metadata/life.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "understudy/base/text.hpp"
#include "understudy/base/time_text.hpp"
#include "understudy/metadata/document.hpp"

namespace understudy::metadata {
namespace {

/// `21 Aug 2020 10:00:00 GMT`: the HTTP form without the day of the week.
std::string event_time(WallTime time) { return format_http_date(time).substr(5); }

std::optional<std::string> event_time(const std::optional<WallTime>& time) {
  return time ? std::optional(event_time(*time)) : std::nullopt;
}

std::string described(const Maintenance& event) {
  if (event.state == "active") {
    return event.description;
  }
  return fmt::format("[{}] {}", event.state == "completed" ? "Completed" : "Canceled", event.description);
}

std::string render_event(const Maintenance& event) {
  const auto not_before = event_time(event.not_before);
  const auto not_after = event_time(event.not_after);
  const auto deadline = event_time(event.not_before_deadline);
  const auto description = described(event);
  std::vector<Member> members{
      {"NotBefore", not_before}, {"Code", event.code}, {"Description", description}, {"EventId", event.id}};
  if (not_after) {
    members.push_back({"NotAfter", *not_after});
  }
  if (deadline) {
    members.push_back({"NotBeforeDeadline", *deadline});
  }
  members.push_back({"State", event.state});
  return render_document(members);
}

void set_leaf(std::vector<Leaf>& leaves, std::string_view path, std::string text) {
  override_leaves(leaves, {{"meta-data/" + std::string(path), std::move(text)}});
}

/// A tag that is there keeps its place in the set.
void set_tags(std::vector<Leaf>& leaves, const PathOverrides& tags) {
  constexpr std::string_view kFolder = "meta-data/tags/instance/";
  if (tags.empty()) {
    return;
  }
  for (const auto& [key, value] : tags) {
    const auto path = std::string(kFolder) + key;
    const auto found = std::ranges::find(leaves, path, &Leaf::path);
    if (value && found != leaves.end()) {
      found->text = *value;
    } else {
      override_leaves(leaves, {{path, value}});
    }
  }
  std::vector<std::pair<std::string, std::string>> all;
  for (const auto& leaf : leaves) {
    if (leaf.path.starts_with(kFolder)) {
      all.emplace_back(leaf.path.substr(kFolder.size()), leaf.text);
    }
  }
  override_leaves(leaves, {{"meta-data/tag-sets/instance", all.empty() ? std::nullopt : std::optional(tag_set(all))}});
}

}  // namespace

const std::vector<std::pair<std::string_view, std::string_view>>& maintenance_codes() {
  static const std::vector<std::pair<std::string_view, std::string_view>> codes{
      {"instance-reboot", "scheduled instance reboot"},
      {"system-reboot", "scheduled reboot"},
      {"system-maintenance", "scheduled network maintenance"},
      {"instance-retirement", "scheduled instance retirement"},
      {"instance-stop", "scheduled instance stop"},
  };
  return codes;
}

void add_life_leaves(std::vector<Leaf>& leaves, const Life& life, bool always_has_termination_time) {
  set_tags(leaves, life.tags);
  if (life.target_state) {
    set_leaf(leaves, "autoscaling/target-lifecycle-state", *life.target_state);
  }
  if (life.spot) {
    set_leaf(leaves, "instance-life-cycle", "spot");
    const auto time = format_iso8601(life.spot->time);
    set_leaf(leaves, "spot/instance-action",
             fmt::format(R"({{"action": {}, "time": "{}"}})", json_string(life.spot->action), time));
    if (life.spot->action == "terminate" || always_has_termination_time) {
      set_leaf(leaves, "spot/termination-time", time);
    }
  }
  if (life.rebalance) {
    set_leaf(leaves, "events/recommendations/rebalance",
             fmt::format(R"({{"noticeTime": "{}"}})", format_iso8601(*life.rebalance)));
  }
  if (!life.maintenance.empty()) {
    set_leaf(leaves, "events/maintenance/scheduled", render_maintenance(life.maintenance, false));
    set_leaf(leaves, "events/maintenance/history", render_maintenance(life.maintenance, true));
  }
  override_leaves(leaves, life.paths);
}

std::string render_maintenance(const std::vector<Maintenance>& events, bool history) {
  std::string out;
  for (const auto& event : events) {
    if ((event.state != "active") == history) {
      out += (out.empty() ? " " : ", ") + render_event(event);
    }
  }
  return out.empty() ? "[]" : "[" + out + " ]";
}

}  // namespace understudy::metadata
