#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "understudy/base/secret.hpp"

namespace understudy {

/// A configuration value with its place in the file: what config/yaml reads and each part of the program takes its own
/// settings from. A plain value; no part of it knows YAML.
struct Node {
  enum class Kind { kNull, kScalar, kList, kMap };
  struct Member;

  Kind kind = Kind::kNull;
  std::string scalar;           ///< The text as written, quotes taken off.
  bool quoted = false;          ///< Quoted scalars are strings: never null, true or a number.
  std::vector<Node> items;      ///< kList.
  std::vector<Member> members;  ///< kMap, in the file's order, no key twice.
  std::string path;             ///< Where it is: `roles.app.assume_role.arn`, `listen[0]`.
  int line = 0;                 ///< 1-based; 0 where the value came from a flag or a variable.

  [[nodiscard]] const Node* find(std::string_view key) const;
};

/// Key and value, named as in std::pair, which clang can not complete while Node is incomplete.
struct Node::Member {
  std::string first;
  Node second;
};

/// One thing wrong in the configuration.
struct Problem {
  std::string path;     ///< The key, as in Node::path.
  int line = 0;         ///< As in Node::line.
  std::string message;  ///< What was expected, and what to write instead.
  bool operator==(const Problem&) const = default;
};

/// Reads the members of a map: each getter takes a key, checks the form of its value and remembers the key as known.
/// Whatever is wrong is added to `problems`, and reading goes on, so that one run reports everything.
///
///     Fields fields(node, problems);
///     auto arn = fields.required_text("arn");
///     auto duration = fields.duration("duration");
///     fields.finish();                      // unknown keys, with the nearest known one
class Fields {
 public:
  /// A node that is no map is one problem, and every key is then absent without further ones.
  Fields(const Node& node, std::vector<Problem>& problems);

  std::optional<std::string> text(std::string_view key);
  std::string required_text(std::string_view key);
  std::optional<Secret> secret(std::string_view key);
  std::optional<std::uint64_t> number(std::string_view key, std::uint64_t least, std::uint64_t most);
  /// `true` or `false`, unquoted.
  std::optional<bool> flag(std::string_view key);
  /// `15m`, `1h`, `3600`.
  std::optional<std::chrono::seconds> duration(std::string_view key);
  /// One of `choices`; another word is a problem that lists them.
  std::optional<std::string> choice(std::string_view key, std::initializer_list<std::string_view> choices);
  /// A list of scalars; a single scalar is a list of one.
  std::vector<std::string> texts(std::string_view key);
  /// A map of scalars, in the file's order.
  std::vector<std::pair<std::string, std::string>> pairs(std::string_view key);
  /// Any value, for the caller to read further. nullptr where absent.
  const Node* node(std::string_view key);

  /// Reports every key that no getter asked for.
  void finish();

  /// Adds a problem about `key`, or about the map itself where `key` is empty.
  void problem(std::string_view key, std::string message);

 private:
  const Node* scalar(std::string_view key, std::string_view expected);

  const Node& node_;
  std::vector<Problem>& problems_;
  std::set<std::string, std::less<>> known_;
};

}  // namespace understudy
