#include "understudy/base/node.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "understudy/base/text.hpp"
#include "understudy/base/time_text.hpp"

namespace understudy {
namespace {

std::string_view kind_name(const Node& node) {
  switch (node.kind) {
    case Node::Kind::kNull:
      return "nothing";
    case Node::Kind::kScalar:
      return "a single value";
    case Node::Kind::kList:
      return "a list";
    case Node::Kind::kMap:
      return "a map";
  }
  return "something else";
}

}  // namespace

const Node* Node::find(std::string_view key) const {
  const auto found = std::ranges::find(members, key, &Node::Member::first);
  return found == members.end() ? nullptr : &found->second;
}

Fields::Fields(const Node& node, std::vector<Problem>& problems) : node_(node), problems_(problems) {
  if (node.kind != Node::Kind::kMap) {
    problem("", fmt::format("expected a map of settings (key: value), found {}", kind_name(node)));
  }
}

const Node* Fields::node(std::string_view key) {
  known_.emplace(key);
  return node_.find(key);
}

const Node* Fields::scalar(std::string_view key, std::string_view expected) {
  const Node* found = node(key);
  if (found == nullptr || (found->kind == Node::Kind::kScalar)) {
    return found;
  }
  problem(key, fmt::format("expected {}, found {}", expected, kind_name(*found)));
  return nullptr;
}

std::optional<std::string> Fields::text(std::string_view key) {
  const Node* found = scalar(key, "a text");
  return found != nullptr ? std::optional(found->scalar) : std::nullopt;
}

std::string Fields::required_text(std::string_view key) {
  const Node* found = scalar(key, "a text");
  if (found != nullptr && !found->scalar.empty()) {
    return found->scalar;
  }
  const bool already_reported = node_.kind != Node::Kind::kMap || (found == nullptr && node_.find(key) != nullptr);
  if (!already_reported) {
    problem(found != nullptr ? key : "", fmt::format("\"{}\" is required here and is missing or empty", key));
  }
  return {};
}

std::optional<Secret> Fields::secret(std::string_view key) {
  const Node* found = scalar(key, "a text");
  return found != nullptr ? std::optional(Secret(std::string_view(found->scalar))) : std::nullopt;
}

std::optional<std::uint64_t> Fields::number(std::string_view key, std::uint64_t least, std::uint64_t most) {
  const Node* found = scalar(key, "a number");
  if (found == nullptr) {
    return std::nullopt;
  }
  const auto value = parse_decimal(found->scalar);
  const bool leading_zero = found->scalar.size() > 1 && found->scalar.starts_with('0');
  if (!value || found->quoted || leading_zero || *value < least || *value > most) {
    problem(key, fmt::format("expected a whole number from {} to {}, found \"{}\"", least, most,
                             escape_for_log(found->scalar, 40)));
    return std::nullopt;
  }
  return value;
}

std::optional<bool> Fields::flag(std::string_view key) {
  const Node* found = scalar(key, "true or false");
  if (found == nullptr) {
    return std::nullopt;
  }
  if (found->quoted || (found->scalar != "true" && found->scalar != "false")) {
    problem(key, fmt::format("expected true or false, found \"{}\"", escape_for_log(found->scalar, 40)));
    return std::nullopt;
  }
  return found->scalar == "true";
}

std::optional<std::chrono::seconds> Fields::duration(std::string_view key) {
  const Node* found = scalar(key, "a duration");
  if (found == nullptr) {
    return std::nullopt;
  }
  const auto value = parse_duration(found->scalar);
  if (!value) {
    problem(key, fmt::format("expected a duration such as 15m, 1h or 3600, found \"{}\"",
                             escape_for_log(found->scalar, 40)));
  }
  return value;
}

std::optional<std::string> Fields::choice(std::string_view key, std::initializer_list<std::string_view> choices) {
  const Node* found = scalar(key, fmt::format("one of {}", fmt::join(choices, ", ")));
  if (found == nullptr) {
    return std::nullopt;
  }
  if (std::ranges::find(choices, found->scalar) == choices.end()) {
    const auto near = nearest(found->scalar, {choices.begin(), choices.end()});
    problem(key, fmt::format("expected one of {}, found \"{}\"{}", fmt::join(choices, ", "),
                             escape_for_log(found->scalar, 40), near ? "; did you mean " + *near + "?" : ""));
    return std::nullopt;
  }
  return found->scalar;
}

std::vector<std::string> Fields::texts(std::string_view key) {
  const Node* found = node(key);
  if (found == nullptr) {
    return {};
  }
  if (found->kind == Node::Kind::kScalar) {
    return {found->scalar};
  }
  std::vector<std::string> out;
  const bool all_scalars = found->kind == Node::Kind::kList && std::ranges::all_of(found->items, [](const Node& n) {
                             return n.kind == Node::Kind::kScalar;
                           });
  if (!all_scalars) {
    problem(key, fmt::format("expected a list of texts, found {}",
                             found->kind == Node::Kind::kList ? "a list with other things in it" : kind_name(*found)));
    return {};
  }
  for (const auto& item : found->items) {
    out.push_back(item.scalar);
  }
  return out;
}

std::vector<std::pair<std::string, std::string>> Fields::pairs(std::string_view key) {
  const Node* found = node(key);
  if (found == nullptr) {
    return {};
  }
  std::vector<std::pair<std::string, std::string>> out;
  if (found->kind != Node::Kind::kMap) {
    problem(key, fmt::format("expected a map of texts, found {}", kind_name(*found)));
    return {};
  }
  for (const auto& [name, value] : found->members) {
    if (value.kind == Node::Kind::kScalar) {
      out.emplace_back(name, value.scalar);
    } else {
      problems_.push_back({value.path, value.line, fmt::format("expected a text, found {}", kind_name(value))});
    }
  }
  return out;
}

void Fields::finish() {
  const std::vector<std::string> known(known_.begin(), known_.end());
  for (const auto& [key, value] : node_.members) {
    if (!known_.contains(key)) {
      const auto near = nearest(key, known);
      problem(key, near ? fmt::format("unknown key; did you mean \"{}\"?", *near)
                        : fmt::format("unknown key; known here: {}", fmt::join(known, ", ")));
    }
  }
}

void Fields::problem(std::string_view key, std::string message) {
  const Node* found = key.empty() ? nullptr : node_.find(key);
  if (found != nullptr) {
    problems_.push_back({found->path, found->line, std::move(message)});
    return;
  }
  auto path = node_.path;
  if (!key.empty()) {
    path += (path.empty() ? "" : ".") + std::string(key);
  }
  problems_.push_back({std::move(path), node_.line, std::move(message)});
}

}  // namespace understudy
