#pragma once

#include <string>
#include <vector>

#include "understudy/base/node.hpp"

namespace understudy::config {

/// Whom listeners at link-local addresses serve beside this host and its containers.
struct LinkLocalSettings {
  std::vector<std::string> interfaces;  ///< Names, by which connections may come in from outside: `wg0`.

  bool operator==(const LinkLocalSettings&) const = default;
};

/// Reads the map behind `link_local`: `{interfaces: [wg0]}`. An interface need not be there yet.
[[nodiscard]] LinkLocalSettings read_link_local_settings(const Node& node, std::vector<Problem>& problems);

}  // namespace understudy::config
