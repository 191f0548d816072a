#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "fakes/nodes.hpp"
#include "understudy/source/kind.hpp"

#include <doctest/doctest.h>

/// Reading a role's entry as the configuration does.
namespace understudy::source {

struct Read {
  std::unique_ptr<Blueprint> blueprint;
  std::vector<Problem> problems;

  [[nodiscard]] std::string complaints() const {
    std::string out;
    for (const auto& problem : problems) {
      out += problem.path + ": " + problem.message + "\n";
    }
    return out;
  }
};

/// Reads role `app` whose entry is `{way: value, ..beside}`.
inline Read read(const std::string& way, Node value, std::vector<Node::Member> beside = {}) {
  beside.insert(beside.begin(), {way, std::move(value)});
  const auto entry = fakes::placed(fakes::map(std::move(beside)), "roles.app");
  const auto kind = std::ranges::find(kinds(), way, &Kind::name);
  REQUIRE(kind != kinds().end());
  Read out;
  Fields fields(entry, out.problems);
  out.blueprint = kind->read({"app", *fields.node(way), fields}, out.problems);
  fields.finish();
  return out;
}

}  // namespace understudy::source
