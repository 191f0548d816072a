#pragma once

#include <vector>

#include "understudy/base/node.hpp"
#include "understudy/config/config.hpp"

namespace understudy::config {

/// What is odd of `containers.callers`: that other paths go round it, or that nobody can be told apart. Pure.
void check_callers(const Node& tree, const Config& config, std::vector<Problem>& warnings);

}  // namespace understudy::config
