#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "understudy/base/node.hpp"

namespace understudy::service {

/// `path` as the form of normalise_path with a slash before it: `/creds`. A problem, and absent, where it is none, or
/// lies below a path that means something on ECS.
std::optional<std::string> read_own_path(Fields& fields);

/// Empty for the root and for what names nothing.
[[nodiscard]] std::string normalised(std::string_view path);
/// Without what ends a path, or would be decoded.
[[nodiscard]] bool is_plain(std::string_view text);

}  // namespace understudy::service
