// YAML: a tree knows the path and the line of each value, a mistake its line, and a comment above moves both by one.

#include "fuzz/check.hpp"
#include "understudy/base/text.hpp"
#include "understudy/config/yaml.hpp"

namespace {

using understudy::Node;

struct Shape {
  int lines;
  int line_of_parent = 1;
};

void hold_for(const Node& node, const std::string& path, Shape shape) {
  require(node.path == path && node.line >= 1 && node.line <= shape.lines);
  require(understudy::is_utf8(node.scalar) && (node.kind == Node::Kind::kScalar || node.scalar.empty()));
  require(node.kind == Node::Kind::kList || node.items.empty());
  require(node.kind == Node::Kind::kMap || node.members.empty());
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    hold_for(node.items[i], path + "[" + std::to_string(i) + "]", shape);
  }
  for (const auto& [key, value] : node.members) {
    require(node.find(key) == &value);
    hold_for(value, path.empty() ? key : path + "." + key, shape);
  }
}

bool moved_by_one(const Node& node, const Node& moved) {
  const auto same_item = [](const Node& left, const Node& right) { return moved_by_one(left, right); };
  const auto same_member = [](const Node::Member& left, const Node::Member& right) {
    return left.first == right.first && moved_by_one(left.second, right.second);
  };
  return node.kind == moved.kind && node.scalar == moved.scalar && node.quoted == moved.quoted &&
         std::ranges::equal(node.items, moved.items, same_item) &&
         std::ranges::equal(node.members, moved.members, same_member);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = as_text(data, size);
  const auto lines = static_cast<int>(understudy::split(text, '\n').size());
  const auto tree = understudy::config::parse_yaml(text);
  if (!tree) {
    require(!tree.error().empty());
    for (const auto& problem : tree.error()) {
      require(!problem.message.empty() && is_showable(problem.message) && problem.line >= 0 &&
              problem.line <= lines + 1);
    }
    return 0;
  }
  hold_for(*tree, "", {lines + 1});
  const auto moved = understudy::config::parse_yaml("# a comment\n" + std::string(text));
  const bool has_preamble = text.starts_with('%') || text.starts_with("\xEF\xBB\xBF");
  require(has_preamble || (moved && moved_by_one(*tree, *moved)));
  return 0;
}
