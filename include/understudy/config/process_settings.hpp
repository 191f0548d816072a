#pragma once

#include <optional>
#include <string>
#include <vector>

#include "understudy/base/node.hpp"

namespace understudy::config {

/// What the configuration says of the process that serves it.
struct ProcessSettings {
  std::optional<std::string> user;   ///< A name or a number. Absent: it stays who it is.
  std::optional<std::string> group;  ///< A name or a number. Absent: the user's own.
  /// Neither the server nor a command that it starts can win privileges, as by sudo.
  bool no_new_privs = true;
  std::vector<std::string> groups{};  ///< Further ones, beside those that the machine gives the user.
  std::optional<std::string> home{};  ///< HOME. Absent: the user's own.

  bool operator==(const ProcessSettings&) const = default;
};

/// Reads the map behind `process`: `{user: understudy, group: understudy, groups: [docker], home: /srv/understudy,
/// no_new_privs: true}`. Whether they exist is for the machine to say on which it starts.
[[nodiscard]] ProcessSettings read_process_settings(const Node& node, std::vector<Problem>& problems);

}  // namespace understudy::config
