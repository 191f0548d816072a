#include "understudy/service/json_node.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace understudy::service {

Node node_of(const nlohmann::json& json, const std::string& path) {
  Node node;
  node.path = path;
  if (json.is_object()) {
    node.kind = Node::Kind::kMap;
    for (const auto& [key, value] : json.items()) {
      node.members.push_back({key, node_of(value, path.empty() ? key : fmt::format("{}.{}", path, key))});
    }
  } else if (json.is_array()) {
    node.kind = Node::Kind::kList;
    for (std::size_t i = 0; i < json.size(); ++i) {
      node.items.push_back(node_of(json[i], fmt::format("{}[{}]", path, i)));
    }
  } else if (!json.is_null()) {
    node.kind = Node::Kind::kScalar;
    node.scalar = json.is_string() ? json.get<std::string>() : json.dump();
  }
  return node;
}

}  // namespace understudy::service
