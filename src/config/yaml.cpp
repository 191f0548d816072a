#include "understudy/config/yaml.hpp"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <optional>
#include <sstream>
#include <string>
#include <unordered_map>
#include <utility>

#include "understudy/base/text.hpp"

namespace understudy::config {
namespace {

constexpr std::size_t kMaxBytes = 1024 * 1024;
constexpr std::size_t kMaxDepth = 64;
constexpr std::size_t kMaxProblems = 20;

/// Whether the quote at `at` has its counterpart: yaml-cpp takes the end of the text for one.
bool is_closed(std::string_view text, std::size_t at) {
  const char quote = text[at];
  for (std::size_t i = at + 1; i < text.size(); ++i) {
    if (quote == '"' && text[i] == '\\') {
      ++i;
    } else if (text[i] == quote) {
      const bool is_doubled = quote == '\'' && i + 1 < text.size() && text[i + 1] == quote;
      if (!is_doubled) {
        return true;
      }
      ++i;
    }
  }
  return false;
}

int line_at(const YAML::Mark& mark) { return mark.is_null() ? 0 : mark.line + 1; }

/// Builds the tree from yaml-cpp's events. Its own node tree is of no use here: it resolves aliases silently, keeps the
/// first of two equal keys and forgets which scalars were quoted.
class TreeBuilder final : public YAML::EventHandler {
 public:
  explicit TreeBuilder(std::string_view text) : text_(text) {}

  void OnDocumentStart(const YAML::Mark& /*mark*/) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    refuse_anchor(mark, anchor);
    add(leaf(Node::Kind::kNull, mark));
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override {
    report(mark, "expected the value itself; aliases (*name) are not supported, and text that begins with * is quoted");
    add(leaf(Node::Kind::kNull, mark));
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    refuse_anchor(mark, anchor);
    const bool quoted = tag == "!";
    if (quoted) {
      refuse_open_quote(mark);
    } else {
      refuse_tag(mark, tag);
    }
    auto node = leaf(Node::Kind::kScalar, mark);
    node.scalar = value;
    node.quoted = quoted;
    add(std::move(node));
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value /*style*/) override {
    open(Node::Kind::kList, mark, tag, anchor);
  }
  void OnSequenceEnd() override { close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value /*style*/) override {
    open(Node::Kind::kMap, mark, tag, anchor);
  }
  void OnMapEnd() override { close(); }

  [[nodiscard]] Node take_root() { return std::move(root_); }
  [[nodiscard]] std::vector<Problem>& problems() { return problems_; }

 private:
  /// A list or map that is still being read.
  struct Open {
    Node node;
    std::optional<std::string> key{};              ///< In a map, the key whose value comes next.
    bool drop_value = false;                       ///< That value has no place to go: its key was refused.
    std::unordered_map<std::string, int> lines{};  ///< Of the keys so far; a search per key would be quadratic.
  };

  [[nodiscard]] std::string next_path() const {
    if (open_.empty()) {
      return {};
    }
    const auto& [node, key, dropped, lines] = open_.back();
    if (node.kind == Node::Kind::kList) {
      return fmt::format("{}[{}]", node.path, node.items.size());
    }
    return key ? node.path + (node.path.empty() ? "" : ".") + *key : node.path;
  }

  [[nodiscard]] Node leaf(Node::Kind kind, const YAML::Mark& mark) const {
    Node node;
    node.kind = kind;
    node.line = line_at(mark);
    node.path = next_path();
    return node;
  }

  void open(Node::Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    refuse_anchor(mark, anchor);
    refuse_tag(mark, tag);
    if (too_deep_ > 0 || open_.size() == kMaxDepth) {
      if (too_deep_++ == 0) {
        report(mark, fmt::format("expected at most {} levels of lists and maps in each other", kMaxDepth));
      }
      return;
    }
    open_.push_back({.node = leaf(kind, mark)});
  }

  void close() {
    if (too_deep_ > 0) {
      if (--too_deep_ == 0) {
        add(Node{});
      }
      return;
    }
    Node done = std::move(open_.back().node);
    open_.pop_back();
    add(std::move(done));
  }

  void add(Node node) {
    if (too_deep_ > 0) {
      return;
    }
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    auto& parent = open_.back();
    if (parent.node.kind == Node::Kind::kList) {
      parent.node.items.push_back(std::move(node));
    } else if (!parent.key) {
      take_key(parent, std::move(node));
    } else {
      if (!parent.drop_value) {
        if (node.kind != Node::Kind::kScalar) {
          // yaml-cpp notices a missing value only at what follows it, and gives a map or list the place of what is
          // first in it; who is told of one looks for its key.
          node.line = parent.lines.at(*parent.key);
        }
        parent.node.members.emplace_back(std::move(*parent.key), std::move(node));
      }
      parent.key.reset();
    }
  }

  void take_key(Open& parent, Node node) {
    parent.key = std::move(node.scalar);
    parent.drop_value = true;
    if (node.kind != Node::Kind::kScalar) {
      report_line(node.line, "expected a text as key");
    } else if (const auto [first, is_new] = parent.lines.emplace(*parent.key, node.line); !is_new) {
      report_line(node.line,
                  fmt::format("this key stands here for the second time; the first is in line {}", first->second));
    } else {
      parent.drop_value = false;
    }
  }

  void refuse_anchor(const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (anchor != YAML::NullAnchor) {
      report(mark,
             "expected the value itself; anchors (&name) are not supported, and text that begins with & is quoted");
    }
  }

  void refuse_tag(const YAML::Mark& mark, const std::string& tag) {
    if (!tag.empty() && tag != "?") {
      report(mark, "expected the value itself; tags (!name) are not supported, and text that begins with ! is quoted");
    }
  }

  void refuse_open_quote(const YAML::Mark& mark) {
    const auto at = static_cast<std::size_t>(std::max(mark.pos, 0));
    const bool is_quote = at < text_.size() && (text_[at] == '"' || text_[at] == '\'');
    if (is_quote && !is_closed(text_, at)) {
      report(mark, fmt::format("expected YAML: the text that begins here has no closing {}", text_[at]));
    }
  }

  void report(const YAML::Mark& mark, std::string message) { report_line(line_at(mark), std::move(message)); }

  void report_line(int line, std::string message) {
    if (problems_.size() < kMaxProblems) {
      problems_.push_back({next_path(), line, std::move(message)});
    }
  }

  std::string_view text_;
  Node root_;
  std::vector<Open> open_;
  std::size_t too_deep_ = 0;  ///< How many levels below the deepest allowed one the reader is.
  std::vector<Problem> problems_;
};

std::optional<Problem> unreadable_text(std::string_view text) {
  if (text.size() > kMaxBytes) {
    return Problem{"", 0, fmt::format("expected at most 1 MiB, found {} bytes", text.size())};
  }
  const auto control = std::ranges::find_if(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t' && c != '\n' && c != '\r') || byte == 0x7F;
  });
  if (control != text.end()) {
    return Problem{"", static_cast<int>(std::count(text.begin(), control, '\n')) + 1,
                   "expected text without control characters"};
  }
  int line = 1;
  for (const auto part : split(text, '\n')) {
    if (!is_utf8(part)) {
      return Problem{"", line, "expected text in UTF-8"};
    }
    ++line;
  }
  return std::nullopt;
}

/// What to do about the mistakes that people make here; empty: it is none of those.
std::string_view hint_for(const YAML::Exception& fault, std::string_view line) {
  if (line.find("]:") != std::string_view::npos) {
    return R"(; an IPv6 address has to be quoted: "[::1]:1338")";
  }
  if (line.starts_with('\t')) {
    return "; indent with spaces, not with tabs";
  }
  if (fault.msg != YAML::ErrorMsg::MAP_VALUE) {
    return "";
  }
  const auto key_end = line.find(": ");
  const auto value = key_end == std::string_view::npos ? std::string_view() : trim(line.substr(key_end + 1));
  return value.find(": ") != std::string_view::npos || value.ends_with(':')
             ? R"(; a value that holds ": " has to be quoted, or to stand below >- in lines of its own)"
             : "; the key above has a value already, so nothing can stand indented below it";
}

Problem explain(const YAML::Exception& fault, std::string_view text) {
  const int line = line_at(fault.mark);
  const auto lines = split(text, '\n');
  const auto at = line > 0 && static_cast<std::size_t>(line) <= lines.size() ? static_cast<std::size_t>(line) - 1 : 0;
  // It may end in what yaml-cpp reads behind the last byte, which is a control character.
  return {"", line, fmt::format("expected YAML: {}{}", escape_for_log(fault.msg), hint_for(fault, lines[at]))};
}

}  // namespace

Result<Node, std::vector<Problem>> parse_yaml(std::string_view text) {
  if (auto problem = unreadable_text(text)) {
    return std::vector{*std::move(problem)};
  }
  // yaml-cpp does not count a byte order mark.
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  const auto content = text.starts_with(kByteOrderMark) ? text.substr(kByteOrderMark.size()) : text;
  TreeBuilder builder(content);
  try {
    std::istringstream stream{std::string(content)};
    YAML::Parser parser(stream);
    const bool found = parser.HandleNextDocument(builder);
    TreeBuilder second(content);
    if (found && parser.HandleNextDocument(second)) {
      builder.problems().push_back({"", second.take_root().line, "expected one document, found a second one (---)"});
    }
  } catch (const YAML::Exception& fault) {
    builder.problems().push_back(explain(fault, text));
  }
  if (!builder.problems().empty()) {
    return std::move(builder.problems());
  }
  Node root = builder.take_root();
  if (root.kind == Node::Kind::kNull) {
    root.kind = Node::Kind::kMap;
    root.line = 1;
  }
  return root;
}

}  // namespace understudy::config
