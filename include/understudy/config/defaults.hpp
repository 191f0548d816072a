#pragma once

#include <string_view>

#include "understudy/base/node.hpp"

/// Small steps on a tree, shared by what lays something over it. Pure.
namespace understudy::config {

/// Where listeners open that nothing is said about.
inline constexpr std::string_view kDefaultImds = "127.0.0.1:1338";
inline constexpr std::string_view kDefaultContainers = "127.0.0.1:1339";
inline constexpr std::string_view kDefaultAdmin = "127.0.0.1:1340";
inline constexpr std::string_view kDefaultSts = "127.0.0.1:1341";

/// The member, or nullptr.
[[nodiscard]] Node* find_member(Node& map, std::string_view key);
/// The member, made as an empty map (line 0) where it is missing or null.
Node& map_member(Node& map, std::string_view key);
/// Sets a member to an unquoted scalar of line 0; `origin`, where given, goes into its path.
void set_scalar(Node& map, std::string_view key, std::string_view value, std::string_view origin = "");
/// Whether `sts.endpoint` is `embedded`.
[[nodiscard]] bool has_embedded_sts(const Node& tree);
/// The map behind `listen` where the configuration has none.
[[nodiscard]] Node default_listen(const Node& tree);

}  // namespace understudy::config
