#include <fmt/format.h>

#include "understudy/base/text.hpp"
#include "understudy/service/act.hpp"

/// What can happen to a role's credentials.
namespace understudy::service {
namespace {

using State = PlayedRole::Act;

/// `app`, or `{role: app}`.
std::string read_role(const Node& value, std::vector<Problem>& problems) {
  if (value.kind == Node::Kind::kScalar && !value.scalar.empty() && value.scalar != "true") {
    return value.scalar;
  }
  if (value.kind != Node::Kind::kMap) {
    problems.push_back({value.path, value.line, "expected a role's key"});
    return {};
  }
  Fields fields(value, problems);
  auto role = fields.required_text("role");
  fields.finish();
  return role;
}

Error no_such_role(const std::string& key) {
  return {Error::Kind::kInvalid, "NoSuchRole",
          fmt::format("there is no role \"{}\" to play this on", escape_for_log(key, 80))};
}

Act read_rotate(const Node& value, std::vector<Problem>& problems) {
  return [key = read_role(value, problems)](const Playground& ground, const Audience&) -> Result<void> {
    return ground.roles.refresh_now(key) ? Result<void>() : no_such_role(key);
  };
}

Act state_act(const Node& value, std::vector<Problem>& problems, State state) {
  return [key = read_role(value, problems), state](const Playground& ground, const Audience&) -> Result<void> {
    auto* role = ground.roles.find(key);
    if (role == nullptr) {
      return no_such_role(key);
    }
    if (!role->play(state)) {
      return Error{Error::Kind::kInvalid, "NothingToEnd",
                   fmt::format("role {} has no credentials that could be said to have ended", key)};
    }
    return {};
  };
}

Act read_deny(const Node& value, std::vector<Problem>& problems) { return state_act(value, problems, State::kDenied); }
Act read_end(const Node& value, std::vector<Problem>& problems) { return state_act(value, problems, State::kEnded); }
Act read_restore(const Node& value, std::vector<Problem>& problems) { return state_act(value, problems, State::kNone); }

}  // namespace

std::vector<ActKind> role_acts() {
  constexpr auto kRole = ActKind::Touches::kRole;
  return {
      {"rotate", "new credentials now, whatever is held", "ROLE", read_rotate, kRole},
      {"deny", "the role refused, as by STS", "ROLE", read_deny, kRole},
      {"end", "the role's credentials ended a minute ago, and no newer ones", "ROLE", read_end, kRole},
      {"restore", "the end of deny and end", "ROLE", read_restore, kRole},
  };
}

}  // namespace understudy::service
