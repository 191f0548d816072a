#include "understudy/service/compat_roles.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "understudy/aws/arn.hpp"
#include "understudy/base/text.hpp"

namespace understudy::service {
namespace {

Error refusal(std::string_view code, std::string message) {
  return {Error::Kind::kInvalid, std::string(code), std::move(message)};
}

/// One of the configuration lives as long as the program.
std::shared_ptr<source::Role> not_owned(source::Role* role) { return {std::shared_ptr<void>(), role}; }

/// What stands behind `<word>` or `<word>/`; nullopt for another path.
std::optional<std::string_view> behind(std::string_view path, std::string_view word) {
  if (!path.starts_with(word)) {
    return std::nullopt;
  }
  path.remove_prefix(word.size());
  return path.empty() ? path : path.starts_with('/') ? std::optional(path.substr(1)) : std::nullopt;
}

bool has_name(const source::Role& role, std::string_view name) {
  const auto arn = aws::parse_role_arn(role.arn());
  return arn && aws::role_name(*arn) == name;
}

}  // namespace

std::optional<Result<std::shared_ptr<source::Role>>> CompatRoles::find(std::string_view path) const {
  const auto name = behind(path, "role");
  const auto arn = behind(path, "role-arn");
  if (!name && !arn) {
    return std::nullopt;
  }
  if (name.value_or("").empty() && arn.value_or("").empty()) {
    return refusal("NoIdInRequest", "expected a role behind the path: /role/<name> or /role-arn/<ARN>");
  }
  return name ? by_name(*name) : by_arn(*arn);
}

CompatRoles::Found CompatRoles::by_name(std::string_view name) const {
  source::Role* found = nullptr;
  for (auto* const role : configured_) {
    if (!has_name(*role, name)) {
      continue;
    }
    if (found != nullptr && found->arn() != role->arn()) {
      return refusal("InvalidIdInRequest", fmt::format("both {} and {} have that name; name the role by /role-arn/",
                                                       found->arn(), role->arn()));
    }
    found = found != nullptr ? found : role;
  }
  return found != nullptr ? Found(not_owned(found)) : make(name);
}

CompatRoles::Found CompatRoles::by_arn(std::string_view arn) const {
  if (const auto parsed = aws::parse_role_arn(arn); !parsed) {
    return refusal("InvalidIdInRequest", parsed.error().message);
  }
  const auto found = std::ranges::find(configured_, arn, &source::Role::arn);
  return found != configured_.end() ? Found(not_owned(*found)) : make(arn);
}

CompatRoles::Found CompatRoles::make(std::string_view role) const {
  if (on_demand_ == nullptr) {
    return refusal("InvalidIdInRequest",
                   fmt::format("the configuration has no role \"{}\"; add it to roles, or let any role be played on "
                               "demand: containers: {{compat: {{source: ..}}}}",
                               escape_for_log(role, 160)));
  }
  auto made = on_demand_->find(role);
  return made || made.error().kind != Error::Kind::kInvalid ? made
                                                            : refusal("InvalidIdInRequest", made.error().message);
}

}  // namespace understudy::service
