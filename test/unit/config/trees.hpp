#pragma once

#include <string>
#include <string_view>

#include "understudy/base/node.hpp"
#include "understudy/base/text.hpp"
#include "understudy/config/yaml.hpp"

namespace understudy::config {

/// The tree of a YAML text that is known to be good.
inline Node tree_of(std::string_view text) { return parse_yaml(text).value(); }

/// The value at `roles.app.assume_role`, or nullptr.
inline const Node* at(const Node& tree, std::string_view path) {
  const Node* node = &tree;
  for (const auto key : split(path, '.')) {
    node = node != nullptr ? node->find(key) : nullptr;
  }
  return node;
}

/// The scalar there; `(none)` where there is none.
inline std::string text_at(const Node& tree, std::string_view path) {
  const Node* node = at(tree, path);
  return node != nullptr && node->kind == Node::Kind::kScalar ? node->scalar : "(none)";
}

}  // namespace understudy::config
