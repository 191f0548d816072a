#include "understudy/aws/config_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "understudy/base/ascii.hpp"
#include "understudy/base/text.hpp"

namespace understudy::aws {
namespace {

constexpr std::string_view kNamePunctuation = "_-/.%@:+";

bool is_blank(char c) { return c == ' ' || c == '\t'; }
bool is_comment_sign(char c) { return c == '#' || c == ';'; }

/// Without the comment at the end of a property's line, which needs white space before its sign.
std::string_view without_comment(std::string_view line) {
  for (std::size_t i = 1; i < line.size(); ++i) {
    if (is_comment_sign(line[i]) && is_blank(line[i - 1])) {
      return line.substr(0, i);
    }
  }
  return line;
}

struct Assignment {
  std::string key;
  std::string_view value;
};

/// nullopt where there is no `=` or nothing before it.
std::optional<Assignment> read_assignment(std::string_view text) {
  const auto equals = text.find('=');
  if (equals == std::string_view::npos || trim(text.substr(0, equals)).empty()) {
    return std::nullopt;
  }
  return Assignment{to_lower(trim(text.substr(0, equals))), trim(text.substr(equals + 1))};
}

class Parser {
 public:
  explicit Parser(std::string_view file) : file_(file) {}

  Result<void> read(std::string_view line) {
    ++line_;
    if (trim(line).empty() || is_comment_sign(line.front())) {
      return {};
    }
    if (line.front() == '[') {
      return section(line);
    }
    return is_blank(line.front()) ? continuation(trim(line)) : property(without_comment(line));
  }

  std::vector<ConfigSection> take() { return std::move(sections_); }

 private:
  /// What the next continuation line belongs to.
  enum class Above { kNothing, kIgnored, kValue, kNested };

  Error error(std::string_view expected) const {
    return {Error::Kind::kInvalid, "ConfigSyntax", fmt::format("{}:{}: expected {}", file_, line_, expected)};
  }

  Result<void> section(std::string_view line) {
    const auto end = line.find(']');
    const auto comment = std::ranges::find_if(line, is_comment_sign) - line.begin();
    if (end == std::string_view::npos || static_cast<std::size_t>(comment) < end) {
      return error("a \"]\" at the end of the section's name");
    }
    const auto rest = trim(line.substr(end + 1));
    if (!rest.empty() && !is_comment_sign(rest.front())) {
      return error("nothing but a comment behind the \"]\"");
    }
    sections_.push_back({std::string(trim(line.substr(1, end - 1))), line_, {}});
    above_ = Above::kNothing;
    return {};
  }

  Result<void> property(std::string_view line) {
    if (sections_.empty()) {
      return error("a section such as [default] before the first property");
    }
    auto assignment = read_assignment(line);
    if (!assignment) {
      return error("a property: key = value");
    }
    if (!is_config_name(assignment->key)) {
      above_ = Above::kIgnored;
      return {};
    }
    above_ = assignment->value.empty() ? Above::kNested : Above::kValue;
    key_ = assignment->key;
    sections_.back().properties.insert_or_assign(
        key_, ConfigProperty{std::string(assignment->value), {}, std::string(file_), line_});
    return {};
  }

  Result<void> continuation(std::string_view text) {
    if (above_ == Above::kNothing) {
      return error("a property above this indented line, or no white space before it");
    }
    if (above_ == Above::kIgnored) {
      return {};
    }
    auto& property = sections_.back().properties.at(key_);
    if (above_ == Above::kValue) {
      property.value.append("\n").append(text);
      return {};
    }
    auto assignment = read_assignment(text);
    if (!assignment) {
      return error("a sub-property: key = value");
    }
    if (is_config_name(assignment->key)) {
      property.nested.insert_or_assign(std::move(assignment->key), std::string(assignment->value));
    }
    return {};
  }

  std::string_view file_;
  int line_ = 0;
  std::vector<ConfigSection> sections_;
  Above above_ = Above::kNothing;
  std::string key_;
};

}  // namespace

bool is_config_name(std::string_view name) { return is_word(name, kNamePunctuation); }

Result<std::vector<ConfigSection>> parse_config_text(std::string_view text, std::string_view file) {
  Parser parser(file);
  for (auto line : split(text, '\n')) {
    if (line.ends_with('\r')) {
      line.remove_suffix(1);
    }
    if (auto read = parser.read(line); !read) {
      return read.error();
    }
  }
  return parser.take();
}

}  // namespace understudy::aws
