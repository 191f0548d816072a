#pragma once

#include <vector>

#include "understudy/metadata/network.hpp"
#include "understudy/metadata/tree.hpp"

namespace understudy::metadata {

/// What the interfaces tell: `network/`, and the first one's addresses, names and groups at the top.
/// REQUIRES: there is one, and each has an IPv4 network.
void add_network_leaves(std::vector<Leaf>& leaves, const std::vector<NetworkInterface>& interfaces);

}  // namespace understudy::metadata
