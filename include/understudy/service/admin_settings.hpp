#pragma once

#include <optional>
#include <string>
#include <vector>

#include "understudy/base/node.hpp"

namespace understudy::service {

/// What the configuration says of the operator's endpoint.
struct AdminSettings {
  std::optional<std::string> token_file;  ///< Absent: a place of the user's own (app::default_admin_token_file).
  bool operator==(const AdminSettings&) const = default;
};

/// Reads the map behind `admin`: `{token_file: /run/understudy/admin.token}`.
[[nodiscard]] AdminSettings read_admin_settings(const Node& node, std::vector<Problem>& problems);

}  // namespace understudy::service
