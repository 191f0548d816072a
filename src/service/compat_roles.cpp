#include "understudy/service/compat_roles.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "understudy/aws/arn.hpp"
#include "understudy/base/text.hpp"
#include "understudy/service/container_credential.hpp"

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

bool has_name(std::string_view role_arn, std::string_view name) {
  const auto arn = aws::parse_role_arn(role_arn);
  return arn && aws::role_name(*arn) == name;
}

CompatFound refuse_role_of_pods(const source::Role& role) {
  return {Error{Error::Kind::kDenied, std::string(kRoleOfPods),
                fmt::format("role \"{}\" of the configuration is for pods alone, by their service account's token "
                            "(pod_identity.associations); to give it here, too, name it in containers.credentials",
                            escape_for_log(role.key(), 80))}};
}

bool contains(const std::vector<source::Role*>& roles, const source::Role* role) {
  return std::ranges::find(roles, role) != roles.end();
}

CompatFound not_known_yet(std::string message, std::vector<source::Role*> awaited) {
  return {Error{Error::Kind::kUnavailable, std::string(CompatRoles::kUnclear), std::move(message)}, std::move(awaited)};
}

}  // namespace

/// A role at one moment: a fetch that ends while one is looked for changes nothing half-way.
struct CompatRoles::Look {
  source::Role* role;
  Access access;
  std::shared_ptr<const source::RoleState> state;

  /// Empty: none is known.
  [[nodiscard]] std::string_view arn() const { return role->arn().empty() ? state->role_arn : role->arn(); }
  /// A first fetch may tell one.
  [[nodiscard]] bool may_get_arn() const { return role->arn().empty() && state->generation == 0; }
  [[nodiscard]] bool is_awaited() const { return may_get_arn() && state->is_cold(); }
};

CompatRoles::CompatRoles(const CompatRoleSet& configured, source::OnDemandRoles* on_demand) : on_demand_(on_demand) {
  for (auto* const role : configured.all) {
    configured_.push_back({role, contains(configured.open, role)      ? Access::kOpen
                                 : contains(configured.guarded, role) ? Access::kGuarded
                                 : contains(configured.of_pods, role) ? Access::kOfPods
                                                                      : Access::kInNoEntry});
  }
}

CompatRoles::Looks CompatRoles::look() const {
  Looks out;
  out.reserve(configured_.size());
  for (const auto& [role, access] : configured_) {
    out.push_back({role, access, role->state()});
  }
  return out;
}

std::optional<CompatFound> CompatRoles::find(std::string_view path) const {
  const auto name = behind(path, "role");
  const auto arn = behind(path, "role-arn");
  if (!name && !arn) {
    return std::nullopt;
  }
  if (name.value_or("").empty() && arn.value_or("").empty()) {
    return CompatFound{refusal("NoIdInRequest", "expected a role behind the path: /role/<name> or /role-arn/<ARN>")};
  }
  const auto looks = look();
  return name ? by_name(*name, looks) : by_arn(*arn, looks);
}

CompatFound CompatRoles::by_name(std::string_view name, const Looks& looks) const {
  const Look* found = nullptr;
  for (const auto& each : looks) {
    if (!has_name(each.arn(), name)) {
      continue;
    }
    if (found != nullptr && found->arn() != each.arn()) {
      return {refusal("InvalidIdInRequest", fmt::format("both {} and {} have that name; name the role by /role-arn/",
                                                        found->arn(), each.arn()))};
    }
    found = preferred(found, each);
  }
  return found != nullptr ? give(*found, looks) : make(name, looks);
}

CompatFound CompatRoles::by_arn(std::string_view arn, const Looks& looks) const {
  if (const auto parsed = aws::parse_role_arn(arn); !parsed) {
    return {refusal("InvalidIdInRequest", parsed.error().message)};
  }
  const Look* found = nullptr;
  for (const auto& each : looks) {
    if (each.arn() == arn) {
      found = preferred(found, each);
    }
  }
  return found != nullptr ? give(*found, looks) : make(arn, looks);
}

const CompatRoles::Look* CompatRoles::preferred(const Look* one, const Look& other) {
  return one == nullptr || other.access < one->access ? &other : one;
}

CompatFound CompatRoles::give(const Look& found, const Looks& looks) {
  if (found.access == Access::kOfPods) {
    return refuse_role_of_pods(*found.role);
  }
  auto unclear = found.access == Access::kInNoEntry ? doubt(looks) : std::nullopt;
  return unclear ? *std::move(unclear) : CompatFound{not_owned(found.role)};
}

CompatFound CompatRoles::make(std::string_view role, const Looks& looks) const {
  if (on_demand_ != nullptr) {
    if (auto unclear = doubt(looks)) {
      return *std::move(unclear);
    }
    auto made = on_demand_->find(role);
    return {made || made.error().kind != Error::Kind::kInvalid ? made
                                                               : refusal("InvalidIdInRequest", made.error().message)};
  }
  // Nothing is handed out, so a role that fails stands in nobody's way.
  std::vector<source::Role*> awaited;
  for (const auto& each : looks) {
    if (each.is_awaited()) {
      awaited.push_back(each.role);
    }
  }
  if (!awaited.empty()) {
    return not_known_yet(
        "roles of the configuration are still being fetched, and one of them may be the one that is meant; ask again",
        std::move(awaited));
  }
  return {refusal("InvalidIdInRequest",
                  fmt::format("the configuration has no role \"{}\"; add it to roles, or let any role be played on "
                              "demand: containers: {{compat: {{source: ..}}}}",
                              escape_for_log(role, 160)))};
}

std::optional<CompatFound> CompatRoles::doubt(const Looks& looks) {
  const Look* unknown = nullptr;
  std::vector<source::Role*> awaited;
  for (const auto& each : looks) {
    const bool is_kept = each.access == Access::kGuarded || each.access == Access::kOfPods;
    if (is_kept && each.may_get_arn()) {
      unknown = unknown == nullptr ? &each : unknown;
      if (each.is_awaited()) {
        awaited.push_back(each.role);
      }
    }
  }
  if (unknown == nullptr) {
    return std::nullopt;
  }
  return not_known_yet(
      fmt::format("role \"{}\" of the configuration is given for a token alone and may be the one that is meant, which "
                  "is known only once it has been fetched; ask again, and see to it that it can be fetched: the log "
                  "says why not",
                  escape_for_log(unknown->role->key(), 80)),
      std::move(awaited));
}

}  // namespace understudy::service
