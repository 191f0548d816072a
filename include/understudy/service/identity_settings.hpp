#pragma once

#include <string>
#include <vector>

#include "understudy/base/node.hpp"

namespace understudy::service {

/// What the configuration says of the identity document's signatures.
struct IdentitySettings {
  std::string keys;  ///< The folder that keeps keys and certificates; empty: new ones in each process.

  bool operator==(const IdentitySettings&) const = default;
};

/// Reads the map behind `identity`: `{keys: /var/lib/understudy/identity}`.
[[nodiscard]] IdentitySettings read_identity_settings(const Node& node, std::vector<Problem>& problems);

}  // namespace understudy::service
