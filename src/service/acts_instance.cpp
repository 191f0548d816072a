#include <fmt/format.h>

#include <algorithm>

#include "understudy/base/crypto.hpp"
#include "understudy/base/text.hpp"
#include "understudy/base/time_text.hpp"
#include "understudy/service/act.hpp"
#include "understudy/service/imds_settings.hpp"

/// What can happen to the instance.
namespace understudy::service {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

/// The notice that a spot instance has.
constexpr seconds kSpotNotice = minutes(2);
constexpr seconds kMaintenanceNotice = std::chrono::hours(1);

/// `true`, nothing, or a map, which is read by `fields`.
template <class Read>
void read_options(const Node& value, std::vector<Problem>& problems, Read read) {
  if (value.kind != Node::Kind::kMap) {
    expect_nothing(value, problems);
    return;
  }
  Fields fields(value, problems);
  read(fields);
  fields.finish();
}

Act read_spot(const Node& value, std::vector<Problem>& problems) {
  std::string action = "terminate";
  std::optional<seconds> in;
  std::optional<WallTime> at;
  read_options(value, problems, [&](Fields& fields) {
    action = fields.choice("action", {"terminate", "stop", "hibernate"}).value_or(action);
    in = fields.duration("in");
    at = read_time(fields, "time", "in");
  });
  // Hibernation begins with the notice (EC2 User Guide, "Spot Instance interruption notices").
  const auto notice = in.value_or(action == "hibernate" ? seconds(0) : kSpotNotice);
  return [action, notice, at](const Playground& ground, const Audience& audience) {
    const auto time = at.value_or(ground.clock.wall() + notice);
    return change_scene(ground, audience,
                        [&](ImdsScene& scene) { scene.life.spot = metadata::SpotInterruption{action, time}; });
  };
}

Act read_rebalance(const Node& value, std::vector<Problem>& problems) {
  std::optional<WallTime> at;
  read_options(value, problems, [&](Fields& fields) { at = read_time(fields, "time"); });
  return [at](const Playground& ground, const Audience& audience) {
    const auto time = at.value_or(ground.clock.wall());
    return change_scene(ground, audience, [&](ImdsScene& scene) { scene.life.rebalance = time; });
  };
}

/// A maintenance event as it is asked for, or what is to change of one; durations are from when it is played, but
/// `lasts` from when it begins.
struct MaintenanceOrder {
  std::string id;
  std::optional<std::string> code;
  std::optional<std::string> description;
  std::string state = "active";
  std::optional<seconds> in;
  std::optional<seconds> lasts;
  std::optional<seconds> deadline;
  // In place of the durations.
  std::optional<WallTime> not_before;
  std::optional<WallTime> not_after;
  std::optional<WallTime> not_before_deadline;
};

std::string usual_description(const std::string& code) {
  for (const auto& [known, description] : metadata::maintenance_codes()) {
    if (known == code) {
      return std::string(description);
    }
  }
  return code;
}

/// `said`, else so long after `from`.
std::optional<WallTime> time_of(std::optional<WallTime> said, WallTime from, std::optional<seconds> after) {
  return said || !after ? said : from + *after;
}

/// An event that is put off without a new end is as long as it was.
void change_event(metadata::Maintenance& event, const MaintenanceOrder& order, WallTime now) {
  if (order.code && *order.code != event.code) {
    event.code = *order.code;
    event.description = usual_description(event.code);
  }
  event.description = order.description.value_or(event.description);
  event.state = order.state;
  const auto before = event.not_before;
  event.not_before = time_of(order.not_before, now, order.in).value_or(before);
  if (event.not_after) {
    *event.not_after += event.not_before - before;
  }
  if (const auto end = time_of(order.not_after, event.not_before, order.lasts)) {
    event.not_after = end;
  }
  if (const auto deadline = time_of(order.not_before_deadline, now, order.deadline)) {
    event.not_before_deadline = deadline;
  }
}

metadata::Maintenance new_event(const MaintenanceOrder& order, WallTime now, std::size_t number) {
  metadata::Maintenance event;
  event.code = "system-reboot";
  event.description = usual_description(event.code);
  event.not_before = now + kMaintenanceNotice;
  change_event(event, order, now);
  const auto seed = fmt::format("{} {} {}", event.code, format_iso8601(event.not_before), number);
  event.id = order.id.empty() ? "instance-event-" + hex(bytes_of(sha256(seed))).substr(0, 17) : order.id;
  return event;
}

/// The event of that id; or, to end one without saying which, the newest that is active, of that code where one is
/// said.
metadata::Maintenance* find_event(std::vector<metadata::Maintenance>& events, const MaintenanceOrder& order) {
  const auto is_meant = [&](const metadata::Maintenance& event) {
    return order.id.empty()
               ? order.state != "active" && event.state == "active" && order.code.value_or(event.code) == event.code
               : event.id == order.id;
  };
  const auto found = std::find_if(events.rbegin(), events.rend(), is_meant);
  return found == events.rend() ? nullptr : &*found;
}

Act read_maintenance(const Node& value, std::vector<Problem>& problems) {
  MaintenanceOrder order;
  read_options(value, problems, [&](Fields& fields) {
    order.id = fields.text("id").value_or("");
    order.code = fields.choice(
        "code", {"instance-reboot", "system-reboot", "system-maintenance", "instance-retirement", "instance-stop"});
    order.description = fields.text("description");
    order.state = fields.choice("state", {"active", "completed", "canceled"}).value_or(order.state);
    order.in = fields.duration("in");
    order.lasts = fields.duration("lasts");
    order.deadline = fields.duration("deadline");
    order.not_before = read_time(fields, "not_before", "in");
    order.not_after = read_time(fields, "not_after", "lasts");
    order.not_before_deadline = read_time(fields, "not_before_deadline", "deadline");
  });
  return [order](const Playground& ground, const Audience& audience) {
    const auto now = ground.clock.wall();
    return change_scene(ground, audience, [&](ImdsScene& scene) {
      auto& events = scene.life.maintenance;
      if (auto* event = find_event(events, order)) {
        change_event(*event, order, now);
      } else {
        events.push_back(new_event(order, now, events.size()));
      }
    });
  };
}

Act read_auto_scaling(const Node& value, std::vector<Problem>& problems) {
  // Read as a member, so that a wrong state is a problem of the same words as in the instance's settings.
  Node map;
  map.kind = Node::Kind::kMap;
  map.members.push_back({"auto_scaling", value});
  Fields fields(map, problems);
  const auto state = metadata::read_target_state(fields, "auto_scaling");
  return [state](const Playground& ground, const Audience& audience) {
    return change_scene(ground, audience, [&](ImdsScene& scene) { scene.life.target_state = state; });
  };
}

/// `later` over `earlier`, by their names.
template <class Pairs>
void lay_over(Pairs& earlier, const Pairs& later) {
  for (const auto& pair : later) {
    std::erase_if(earlier, [&](const auto& each) { return each.first == pair.first; });
    earlier.push_back(pair);
  }
}

Act read_tags(const Node& value, std::vector<Problem>& problems) {
  auto tags = metadata::read_tag_changes(value, problems);
  return [tags = std::move(tags)](const Playground& ground, const Audience& audience) -> Result<void> {
    if (ground.show != nullptr && !ground.show->shows_tags()) {
      return Error{Error::Kind::kInvalid, "TagsNotShown",
                   "nobody can see tags, for the configuration has imds.instance.show_tags: false; leave that out to "
                   "play them"};
    }
    return change_scene(ground, audience, [&](ImdsScene& scene) { lay_over(scene.life.tags, tags); });
  };
}

Act read_played_paths(const Node& value, std::vector<Problem>& problems) {
  auto paths = read_paths(&value, problems);
  return [paths = std::move(paths)](const Playground& ground, const Audience& audience) {
    return change_scene(ground, audience, [&](ImdsScene& scene) { lay_over(scene.life.paths, paths); });
  };
}

}  // namespace

std::vector<ActKind> instance_acts() {
  return {
      {"spot_interruption", "the notice of a spot interruption", "action=terminate|stop|hibernate in=2m|time=..",
       read_spot},
      {"rebalance", "a rebalance recommendation", "time=..", read_rebalance},
      {"maintenance", "a scheduled event, its change or its end",
       "code=instance-reboot|system-reboot|system-maintenance|instance-retirement|instance-stop in=1h lasts=20m "
       "deadline=7d not_before=.. not_after=.. not_before_deadline=.. state=active|completed|canceled "
       "id=instance-event-.. description=..",
       read_maintenance},
      {"auto_scaling", "the target state of Auto Scaling", "InService|Standby|Terminated|Detached|Warmed:..",
       read_auto_scaling},
      {"tags", "tags set, or taken away by null", "KEY=VALUE..", read_tags},
      {"paths", "any path set, or taken away by null", "meta-data/..=TEXT", read_played_paths},
  };
}

}  // namespace understudy::service
