#pragma once

#include <string>
#include <utility>
#include <vector>

#include "understudy/base/address_range.hpp"
#include "understudy/base/node.hpp"

namespace understudy::service {

/// What `containers.callers` says: that there is a path where a container gets its own role, and which that is.
struct CallersSettings {
  std::string path = "/creds";
  bool labels = false;                                            ///< By the container's label `understudy.role`.
  std::vector<std::pair<std::string, std::string>> services{};    ///< Roles by `web` or, of one project, `shop/web`.
  std::vector<std::pair<AddressRange, std::string>> addresses{};  ///< Roles by address; no range twice.

  bool operator==(const CallersSettings&) const = default;
};

/// Reads the map behind `containers.callers`:
///
///     callers:
///       path: /creds
///       labels: true
///       services: {web: app, shop/worker: audit}
///       addresses: {172.18.0.5: app, 10.1.0.0/16: audit}
///
/// Whether the roles exist, and whether another entry has the path, is for the caller to check.
[[nodiscard]] CallersSettings read_callers_settings(const Node& node, std::vector<Problem>& problems);

}  // namespace understudy::service
