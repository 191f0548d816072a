#include "understudy/config/overrides.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "understudy/base/ascii.hpp"
#include "understudy/base/text.hpp"
#include "understudy/config/defaults.hpp"

namespace understudy::config {
namespace {

constexpr std::string_view kPrefix = "UNDERSTUDY_";

/// Maps that a variable may reach into although the file does not have them.
struct Section {
  std::string_view parent;
  std::string_view key;
};
constexpr std::array<Section, 13> kSections{{{"", "config"},
                                             {"", "listen"},
                                             {"", "sts"},
                                             {"", "imds"},
                                             {"imds", "instance"},
                                             {"", "identity"},
                                             {"", "containers"},
                                             {"containers", "tls"},
                                             {"", "pod_identity"},
                                             {"pod_identity", "tls"},
                                             {"", "admin"},
                                             {"", "process"},
                                             {"", "link_local"}}};

bool is_for_others(std::string_view rest) {
  return rest == "CONFIG" || rest == "ROLE_ARN" || rest == "PROFILE" || rest == "PORT" || rest.starts_with("PORT_") ||
         rest.starts_with("SERVICE_");
}

/// `my-role` is reached as `MY_ROLE`.
std::string as_variable(std::string_view key) {
  auto out = to_upper(key);
  std::ranges::replace_if(out, [](char c) { return !is_alphanumeric(c); }, '_');
  return out;
}

bool is_map(const Node& node) { return node.kind == Node::Kind::kMap; }

/// The member whose name `rest` begins with, the longest of them: `app-2` rather than `app` for `APP_2_..`.
Node::Member* named_map(Node& map, std::string_view rest) {
  Node::Member* found = nullptr;
  for (auto& member : map.members) {
    const bool named = is_map(member.second) && rest.starts_with(as_variable(member.first) + "_");
    if (named && (found == nullptr || member.first.size() > found->first.size())) {
      found = &member;
    }
  }
  return found;
}

/// The deepest map that the name leads to; `rest` is then what is left of the name.
Node& reach(Node& map, std::string_view& rest) {
  if (auto* member = named_map(map, rest)) {
    rest.remove_prefix(member->first.size() + 1);
    return reach(member->second, rest);
  }
  for (const auto& [parent, key] : kSections) {
    const Node* there = map.find(key);
    const bool may_be_made = there == nullptr || there->kind == Node::Kind::kNull;
    if (map.path == parent && may_be_made && rest.starts_with(as_variable(key) + "_")) {
      rest.remove_prefix(key.size() + 1);
      return reach(map_member(map, key), rest);
    }
  }
  return map;
}

/// The key that is meant by the end of a variable's name: one that is there, or a new one.
std::string key_of(const Node& map, std::string_view rest) {
  for (const auto& [key, value] : map.members) {
    if (as_variable(key) == rest) {
      return key;
    }
  }
  return to_lower(rest);
}

std::vector<std::string> keys_of(const Node& map) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : map.members) {
    keys.push_back(key);
  }
  return keys;
}

void set(Node& map, std::string_view key, std::string_view value, const std::string& origin,
         std::vector<Problem>& problems) {
  const Node* old = map.find(key);
  if (old != nullptr && (is_map(*old) || old->kind == Node::Kind::kList)) {
    problems.push_back({origin, 0,
                        fmt::format("expected the name of a single value; {} is a {}, which only the file can set",
                                    old->path, is_map(*old) ? "map" : "list")});
    return;
  }
  set_scalar(map, key, value, origin);
}

/// Roles have names of the user's own, so what is no way into one of them can not be a new value.
std::optional<Problem> unknown_role_variable(const Node& tree, std::string_view rest, const std::string& variable) {
  if (!rest.starts_with("ROLES_")) {
    return std::nullopt;
  }
  const Node* roles = tree.find("roles");
  const auto keys = roles != nullptr ? keys_of(*roles) : std::vector<std::string>();
  const bool known =
      std::ranges::any_of(keys, [&](const auto& key) { return rest.substr(6).starts_with(as_variable(key) + "_"); });
  if (known) {
    return std::nullopt;
  }
  return Problem{variable, 0,
                 fmt::format("expected the name of a value of a configured role, {}ROLES_<ROLE>_..; roles here: {}",
                             kPrefix, keys.empty() ? "none" : fmt::format("{}", fmt::join(keys, ", ")))};
}

void apply_variable(Node& tree, const std::string& variable, std::string_view value, std::vector<Problem>& problems) {
  const auto rest = std::string_view(variable).substr(kPrefix.size());
  if (is_for_others(rest)) {
    return;
  }
  if (auto problem = unknown_role_variable(tree, rest, variable)) {
    problems.push_back(*std::move(problem));
    return;
  }
  auto key = rest;
  Node& map = reach(tree, key);
  set(map, key_of(map, key), value, variable, problems);
}

void apply_flags(Node& tree, const Flags& flags, std::vector<Problem>& problems) {
  const auto lay = [&](Node& map, std::string_view key, const std::optional<std::string>& value,
                       const std::string& flag) {
    if (value) {
      set(map, key, *value, flag, problems);
    }
  };
  lay(tree, "region", flags.region, "--region");
  lay(tree, "log_level", flags.log_level, "--log-level");
  if (flags.user) {
    lay(map_member(tree, "process"), "user", flags.user, "--user");
  }
  if (flags.sts_alone) {
    lay(map_member(tree, "sts"), "endpoint", "embedded", "understudy sts");
  }
  if (flags.imds || flags.containers || flags.sts || flags.admin) {
    auto& listen = map_member(tree, "listen");
    lay(listen, "imds", flags.imds, "--imds");
    lay(listen, "containers", flags.containers, "--containers");
    lay(listen, "sts", flags.sts, "--listen");
    lay(listen, "admin", flags.admin, "--admin");
  }
}

void leave_sts_alone(Node& listen) {
  std::erase_if(listen.members, [](const Node::Member& member) { return member.first != "sts"; });
  if (listen.find("sts") == nullptr) {
    set_scalar(listen, "sts", kDefaultSts);
  }
}

}  // namespace

Node apply_overrides(Node tree, const Environment& environment, const Flags& flags, std::vector<Problem>& problems) {
  const bool file_has_listen = tree.find("listen") != nullptr;
  for (const auto& [name, value] : environment.all()) {
    if (name.starts_with(kPrefix) && !value.empty()) {
      apply_variable(tree, name, value, problems);
    }
  }
  apply_flags(tree, flags, problems);
  Node* listen = find_member(tree, "listen");
  if (!file_has_listen && listen != nullptr) {
    for (auto& [key, value] : default_listen(tree).members) {
      if (key != "admin" && listen->find(key) == nullptr) {
        listen->members.push_back({key, std::move(value)});
      }
    }
  }
  if (flags.sts_alone) {
    leave_sts_alone(map_member(tree, "listen"));
  }
  return tree;
}

}  // namespace understudy::config
