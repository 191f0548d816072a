#pragma once

#include <string_view>

#include "understudy/base/node.hpp"

namespace understudy::config {

/// Whether `node`, at `key`, is one that a section's reader would have to complain of: it is no map. Then that is a
/// problem of `fields`, with an example of how the section is written. False also where there is none for `key`. Pure.
[[nodiscard]] bool is_no_section(Fields& fields, std::string_view key, const Node& node);

}  // namespace understudy::config
