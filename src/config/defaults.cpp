#include "understudy/config/defaults.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

namespace understudy::config {
namespace {

Node& member(Node& map, std::string_view key) {
  if (Node* found = find_member(map, key)) {
    return *found;
  }
  Node added;
  added.path = map.path.empty() ? std::string(key) : fmt::format("{}.{}", map.path, key);
  map.members.push_back({std::string(key), std::move(added)});
  return map.members.back().second;
}

}  // namespace

Node* find_member(Node& map, std::string_view key) {
  const auto found = std::ranges::find(map.members, key, &Node::Member::first);
  return found == map.members.end() ? nullptr : &found->second;
}

Node& map_member(Node& map, std::string_view key) {
  Node& found = member(map, key);
  if (found.kind == Node::Kind::kNull) {
    found.kind = Node::Kind::kMap;
  }
  return found;
}

void set_scalar(Node& map, std::string_view key, std::string_view value, std::string_view origin) {
  Node& target = member(map, key);
  Node scalar;
  scalar.kind = Node::Kind::kScalar;
  scalar.scalar = value;
  scalar.path = map.path.empty() ? std::string(key) : fmt::format("{}.{}", map.path, key);
  if (!origin.empty()) {
    scalar.path += fmt::format(" ({})", origin);
  }
  target = std::move(scalar);
}

bool has_embedded_sts(const Node& tree) {
  const Node* sts = tree.find("sts");
  const Node* endpoint = sts != nullptr ? sts->find("endpoint") : nullptr;
  return endpoint != nullptr && endpoint->scalar == "embedded";
}

Node default_listen(const Node& tree) {
  Node listen;
  listen.kind = Node::Kind::kMap;
  listen.path = "listen";
  set_scalar(listen, "imds", kDefaultImds);
  set_scalar(listen, "containers", kDefaultContainers);
  set_scalar(listen, "admin", kDefaultAdmin);
  if (has_embedded_sts(tree)) {
    set_scalar(listen, "sts", kDefaultSts);
  }
  return listen;
}

}  // namespace understudy::config
