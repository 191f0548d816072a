#pragma once

#include <string>

#include "understudy/base/node.hpp"

namespace understudy::config {

/// Tells whether two parts of a configuration say the same, where comments and places do not count but every key, value
/// and order does: 64 hexadecimal digits, from which nothing can be read. Pure.
[[nodiscard]] std::string fingerprint_of(const Node& node);

}  // namespace understudy::config
