#include "understudy/config/default_role.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "understudy/config/defaults.hpp"

namespace understudy::config {
namespace {

constexpr std::string_view kDefaultPath = "/creds";

/// A flag's value, or its variable's, and the name of the one that gave it.
struct Wish {
  std::string value;
  std::string origin;
};

std::optional<Wish> wish(const std::optional<std::string>& flag, std::string_view flag_name,
                         const Environment& environment, std::string_view variable) {
  if (flag) {
    return Wish{*flag, std::string(flag_name)};
  }
  if (const auto value = environment.get(variable)) {
    return Wish{std::string(*value), std::string(variable)};
  }
  return std::nullopt;
}

/// Where a chain starts: `{profile: ..}`, or what the AWS CLI would take here.
void set_start(Node& role, const std::optional<Wish>& profile) {
  role.members.clear();
  if (profile) {
    set_scalar(role, "profile", profile->value, profile->origin);
  } else {
    set_scalar(role, "default_chain", "true");
  }
}

/// A role's entry, emptied where it is something else than a map.
Node& role_entry(Node& roles, std::string_view key) {
  Node& entry = map_member(roles, key);
  entry.kind = Node::Kind::kMap;
  entry.scalar.clear();
  entry.items.clear();
  return entry;
}

bool has_path(const Node& credentials, std::string_view path) {
  return std::ranges::any_of(credentials.members, [&](const Node::Member& entry) {
    const Node* own = entry.second.find("path");
    return own != nullptr && own->scalar == path;
  });
}

void set_roles(Node& tree, const std::optional<Wish>& role_arn, const std::optional<Wish>& profile) {
  auto& roles = map_member(tree, "roles");
  if (role_arn && (profile || roles.find("base") == nullptr)) {
    set_start(role_entry(roles, "base"), profile);
  }
  auto& role = role_entry(roles, "default");
  if (!role_arn) {
    set_start(role, profile);
    return;
  }
  role.members.clear();
  set_scalar(role, "assume_role", role_arn->value, role_arn->origin);
  set_scalar(role, "source", "base");
}

}  // namespace

Node with_default_role(Node tree, const Environment& environment, const Flags& flags) {
  const auto role_arn = wish(flags.role_arn, "--role-arn", environment, "UNDERSTUDY_ROLE_ARN");
  const auto profile = wish(flags.profile, "--profile", environment, "UNDERSTUDY_PROFILE");
  const bool wanted = role_arn || profile;
  const Node* roles = tree.find("roles");
  if (!wanted && roles != nullptr && roles->kind != Node::Kind::kNull) {
    return tree;
  }
  set_roles(tree, role_arn, profile);
  auto& imds = map_member(tree, "imds");
  if (wanted || imds.find("role") == nullptr) {
    set_scalar(imds, "role", "default");
  }
  auto& containers = map_member(tree, "containers");
  if (containers.find("callers") != nullptr) {
    return tree;  // Who has no role of its own must not get this one.
  }
  auto& credentials = map_member(containers, "credentials");
  if (credentials.find("default") == nullptr) {
    const bool path_is_taken = has_path(credentials, kDefaultPath);
    auto& entry = map_member(credentials, "default");
    set_scalar(entry, "role", "default");
    if (!path_is_taken) {
      set_scalar(entry, "path", kDefaultPath);
    }
  }
  return tree;
}

}  // namespace understudy::config
