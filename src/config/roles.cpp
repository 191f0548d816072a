#include "understudy/config/roles.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <memory>
#include <set>
#include <utility>

#include "understudy/base/ascii.hpp"
#include "understudy/base/key_index.hpp"
#include "understudy/base/text.hpp"
#include "understudy/config/fingerprint.hpp"

namespace understudy::config {
namespace {

using NeedsBase = source::Blueprint::NeedsBase;

bool is_role_name(std::string_view name) { return name.size() <= 64 && is_word(name, "._-"); }

std::vector<std::string> names_of(const Node* roles) {
  std::vector<std::string> names;
  if (roles != nullptr) {
    for (const auto& [name, entry] : roles->members) {
      names.push_back(name);
    }
  }
  return names;
}

std::vector<std::string> ways() {
  std::vector<std::string> names;
  for (const auto& kind : source::kinds()) {
    names.emplace_back(kind.name);
  }
  return names;
}

/// The one way that the entry names; what else it holds is reported by `fields.finish()`.
const source::Kind* way_of(const Node& entry, Fields& fields, std::vector<Problem>& problems) {
  std::vector<std::string> found;
  const source::Kind* way = nullptr;
  for (const auto& kind : source::kinds()) {
    if (fields.node(kind.name) != nullptr) {
      found.emplace_back(kind.name);
      way = &kind;
    }
  }
  if (found.size() == 1) {
    return way;
  }
  // With one key misspelt, its own complaint is enough.
  const bool misspelt = found.empty() && std::ranges::any_of(entry.members, [](const auto& member) {
                          return nearest(member.first, ways()).has_value();
                        });
  if (entry.kind == Node::Kind::kMap && !misspelt) {
    problems.push_back({entry.path, entry.line,
                        fmt::format("expected one way of getting credentials ({}), found {}", fmt::join(ways(), ", "),
                                    found.empty() ? "none" : fmt::format("{}", fmt::join(found, " and ")))});
  }
  return nullptr;
}

void check_base(const source::RolePlan& plan, std::string_view way, Fields& fields) {
  const auto needs = plan.blueprint->needs_base();
  if (plan.base.empty() && needs == NeedsBase::kRequired) {
    fields.problem("", fmt::format("{} needs \"source\": the role whose credentials it is asked with", way));
  } else if (!plan.base.empty() && needs == NeedsBase::kNo) {
    fields.problem("source", fmt::format("{} builds on no other role; leave \"source\" out", way));
  }
}

/// All roles of the file.
struct RolesOfFile {
  const Node& roles;
  KeyIndex<Node::Member> by_name{roles.members, &Node::Member::first};
};

void read_role(const Node::Member& member, const RolesOfFile& named, std::vector<source::RolePlan>& plans,
               std::vector<Problem>& problems) {
  const auto& [name, entry] = member;
  const auto before = problems.size();
  if (!is_role_name(name)) {
    problems.push_back(
        {entry.path, entry.line, "expected a role's name of letters, digits, \".\", \"_\" and \"-\", at most 64"});
  }
  Fields fields(entry, problems);
  const auto* way = way_of(entry, fields, problems);
  source::RolePlan plan{name, nullptr, fields.text("source").value_or(""), fingerprint_of(entry)};
  if (way == nullptr) {
    // What may stand beside a way is the way's to say.
    fields.node("duration");
    fields.node("session_name");
    fields.finish();
    return;
  }
  plan.blueprint = way->read({name, *entry.find(way->name), fields}, problems);
  fields.finish();
  if (!plan.base.empty() && named.by_name.find(plan.base) == nullptr) {
    fields.problem("source", unknown_role(plan.base, &named.roles));
  }
  if (plan.blueprint) {
    check_base(plan, way->name, fields);
  }
  if (problems.size() == before) {
    plans.push_back(std::move(plan));
  }
}

/// A circle is reported once, at its first role in the file's order.
void check_circles(const std::vector<source::RolePlan>& plans, const Node& roles, std::vector<Problem>& problems) {
  std::set<std::string, std::less<>> reported;
  const KeyIndex by_key(plans, &source::RolePlan::key);
  for (const auto& start : plans) {
    std::vector<std::string> way{start.key};
    for (const auto* next = by_key.find(start.base); next != nullptr && way.size() <= plans.size();
         next = by_key.find(next->base)) {
      way.push_back(next->key);
      if (next->key == start.key) {
        break;
      }
    }
    const bool returns = way.size() > 1 && way.back() == start.key;
    if (!returns || reported.contains(start.key)) {
      continue;
    }
    reported.insert(way.begin(), way.end());
    const Node* source = roles.find(start.key)->find("source");
    problems.push_back({source->path, source->line,
                        fmt::format("expected a chain that ends, found the circle {}", fmt::join(way, " -> "))});
  }
}

}  // namespace

std::string unknown_role(std::string_view name, const Node* roles) {
  const auto names = names_of(roles);
  const auto near = nearest(name, names);
  const auto help = near            ? fmt::format("did you mean \"{}\"?", *near)
                    : names.empty() ? std::string("there are none")
                                    : fmt::format("roles here: {}", fmt::join(names, ", "));
  return fmt::format("expected the name of a role, found \"{}\"; {}", escape_for_log(name, 64), help);
}

std::vector<source::RolePlan> read_roles(const Node& roles, std::vector<Problem>& problems) {
  std::vector<source::RolePlan> plans;
  if (roles.kind != Node::Kind::kMap) {
    problems.push_back({roles.path, roles.line, "expected a map of roles: {app: {profile: dev}}"});
    return plans;
  }
  const RolesOfFile named{roles};
  for (const auto& member : roles.members) {
    read_role(member, named, plans, problems);
  }
  check_circles(plans, roles, problems);
  return plans;
}

}  // namespace understudy::config
