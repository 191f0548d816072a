#pragma once

#include <string>
#include <utility>
#include <vector>

#include "understudy/base/node.hpp"

namespace understudy::fakes {

/// Configuration values as a test writes them: map({{"arn", text("..")}}). Paths and lines as a reader of YAML would
/// give them are made by `placed`.
inline Node text(std::string value) {
  Node out;
  out.kind = Node::Kind::kScalar;
  out.scalar = std::move(value);
  return out;
}
inline Node list(std::vector<Node> items) {
  Node out;
  out.kind = Node::Kind::kList;
  out.items = std::move(items);
  return out;
}
inline Node map(std::vector<Node::Member> members) {
  Node out;
  out.kind = Node::Kind::kMap;
  out.members = std::move(members);
  return out;
}

/// The same value with paths below `path`, and line 1 throughout.
inline Node placed(Node node, const std::string& path) {
  node.path = path;
  node.line = 1;
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    node.items[i] = placed(std::move(node.items[i]), path + "[" + std::to_string(i) + "]");
  }
  for (auto& [key, value] : node.members) {
    value = placed(std::move(value), path + "." + key);
  }
  return node;
}

}  // namespace understudy::fakes
