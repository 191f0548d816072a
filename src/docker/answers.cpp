#include "answers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "json.hpp"
#include "understudy/base/json.hpp"
#include "understudy/base/text.hpp"

namespace understudy::docker {
namespace {

Error bad_answer(std::string_view what) {
  return {Error::Kind::kUnavailable, "BadAnswer",
          fmt::format("the container engine answered with something that is not {}", what)};
}

std::optional<Event::Kind> kind_of(std::string_view type, std::string_view action) {
  if (type == "network") {
    return action == "connect"      ? std::optional(Event::Kind::kChanged)
           : action == "disconnect" ? std::optional(Event::Kind::kDisconnected)
                                    : std::nullopt;
  }
  if (type != "container") {
    return std::nullopt;
  }
  if (action == "start") {
    return Event::Kind::kStarted;
  }
  // Podman's own words are `died` and `remove`.
  if (action == "die" || action == "died" || action == "destroy" || action == "remove") {
    return Event::Kind::kEnded;
  }
  // `health_status: healthy`
  if (action == "rename" || action == "update" || action.starts_with("health_status")) {
    return Event::Kind::kChanged;
  }
  return std::nullopt;
}

/// Of a network's event the actor is the network for Docker, which names the container among the attributes, and the
/// container itself for Podman (libpod/events.go, newNetworkEvent).
std::string container_in(std::string_view type, const Json& actor) {
  auto id = type == "network" ? text_of(member(actor, "Attributes", "container")) : std::string();
  return id.empty() ? text_of(member(actor, "ID")) : id;
}

/// 41 for `1.41`.
std::optional<int> minor_of(std::string_view version) {
  if (!version.starts_with("1.")) {
    return std::nullopt;
  }
  const auto minor = parse_decimal(version.substr(2));
  return minor && *minor < 1000 ? std::optional(static_cast<int>(*minor)) : std::nullopt;
}

}  // namespace

Result<std::vector<std::string>> read_ids(std::string_view json) {
  const auto list = parse_json(json);
  if (!list.is_array()) {
    return bad_answer("a list of containers");
  }
  std::vector<std::string> ids;
  for (const auto& entry : list) {
    auto id = text_of(member(entry, "Id"));
    if (id.empty()) {
      return bad_answer("a list of containers with their ids");
    }
    ids.push_back(std::move(id));
  }
  return ids;
}

Result<Labels> read_image_labels(std::string_view json) {
  const auto image = parse_json(json);
  return text_of(member(image, "Id")).empty() ? Result<Labels>(bad_answer("an image"))
                                              : texts_of(member(image, "Config", "Labels"));
}

std::optional<Event> read_event(std::string_view line) {
  const auto json = parse_json(line);
  const auto type = text_of(member(json, "Type"));
  const auto kind = kind_of(type, text_of(member(json, "Action")));
  auto id = container_in(type, member(json, "Actor"));
  if (!kind || id.empty()) {
    return std::nullopt;
  }
  return Event{*kind, std::move(id)};
}

std::string read_version_prefix(std::string_view json, int our_minor) {
  const auto answer = parse_json(json);
  const auto newest = minor_of(text_of(member(answer, "ApiVersion")));
  const auto oldest = minor_of(text_of(member(answer, "MinAPIVersion")));
  if (!newest || (oldest && *oldest > our_minor)) {
    return {};
  }
  return fmt::format("/v1.{}", std::min(*newest, our_minor));
}

std::string read_refusal(std::string_view json) {
  constexpr std::size_t kLongest = 300;
  return escape_for_log(text_of(member(parse_json(json), "message")), kLongest);
}

Result<std::string> read_stats(std::string json) {
  auto stats = parse_ordered_json(json);
  if (!stats.is_object()) {
    return bad_answer("statistics");
  }
  const auto id = stats.find("Id");
  if (id == stats.end() || stats.contains("id")) {
    return json;
  }
  auto value = std::move(*id);
  stats.erase(id);
  stats["id"] = std::move(value);
  return stats.dump();
}

}  // namespace understudy::docker
