#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string>

#include "understudy/base/node.hpp"

namespace understudy::service {

/// JSON as the readers of settings take it, so that what the configuration says can be said over HTTP too. A text may
/// stand for a number or a word. Paths are as in the configuration: `clients.addresses[0]`. Pure.
[[nodiscard]] Node node_of(const nlohmann::json& json, const std::string& path = "");

}  // namespace understudy::service
