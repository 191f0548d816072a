#include "understudy/service/act.hpp"

#include <fmt/format.h>

#include <iterator>

#include "understudy/base/time_text.hpp"

namespace understudy::service {
namespace {

Result<void> clear_all(const Playground& ground, const Audience&) {
  ground.roles.clear();
  if (ground.show != nullptr) {
    ground.show->clear();
  }
  return {};
}

Act read_clear(const Node& value, std::vector<Problem>& problems) {
  expect_nothing(value, problems);
  return clear_all;
}

}  // namespace

const std::vector<ActKind>& act_kinds() {
  static const auto all = [] {
    auto kinds = instance_acts();
    for (auto more : {role_acts(), endpoint_acts()}) {
      kinds.insert(kinds.end(), more.begin(), more.end());
    }
    kinds.push_back({"clear", "back to what the configuration says, for all clients and roles", "", read_clear,
                     ActKind::Touches::kEverything});
    return kinds;
  }();
  return all;
}

Result<void> change_scene(const Playground& ground, const Audience& audience, const ImdsShow::Change& change) {
  if (ground.show == nullptr) {
    return Error{Error::Kind::kInvalid, "NoInstance",
                 "there is no instance metadata service to play this on: configure listen.imds"};
  }
  return ground.show->play(audience, change);
}

void expect_nothing(const Node& value, std::vector<Problem>& problems) {
  const bool is_plain = value.kind == Node::Kind::kNull ||
                        (value.kind == Node::Kind::kScalar && value.scalar == "true") ||
                        (value.kind == Node::Kind::kMap && value.members.empty());
  if (!is_plain) {
    problems.push_back({value.path, value.line, "expected true: there is nothing to choose"});
  }
}

std::optional<WallTime> read_time(Fields& fields, std::string_view key, std::string_view instead) {
  const auto text = fields.text(key);
  if (!text) {
    return std::nullopt;
  }
  const auto time = parse_iso8601(*text);
  if (!time) {
    fields.problem(key, "expected a time such as \"2026-12-01T10:00:00Z\", in quotes");
  }
  if (!instead.empty() && fields.node(instead) != nullptr) {
    fields.problem(key, fmt::format("expected {} or {}, not both", key, instead));
  }
  return time;
}

}  // namespace understudy::service
