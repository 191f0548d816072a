#include "understudy/service/act.hpp"

#include <iterator>

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
    kinds.push_back({"clear", "back to what the configuration says, for all clients and roles", "", read_clear});
    return kinds;
  }();
  return all;
}

Result<void> change_scene(const Playground& ground, const Audience& audience, const ImdsShow::Change& change) {
  if (ground.show == nullptr) {
    return Error{Error::Kind::kInvalid, "NoInstance",
                 "there is no instance metadata service to play this on: configure listen.imds"};
  }
  ground.show->play(audience, change);
  return {};
}

void expect_nothing(const Node& value, std::vector<Problem>& problems) {
  const bool is_plain = value.kind == Node::Kind::kNull ||
                        (value.kind == Node::Kind::kScalar && value.scalar == "true") ||
                        (value.kind == Node::Kind::kMap && value.members.empty());
  if (!is_plain) {
    problems.push_back({value.path, value.line, "expected true: there is nothing to choose"});
  }
}

}  // namespace understudy::service
