#include "understudy/aws/shared_config.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "understudy/base/text.hpp"

namespace understudy::aws {
namespace {

/// A name as it may be written in a header, quotes taken off; nullopt where the section does not count.
std::optional<std::string> read_name(std::string_view text) {
  const bool quoted = text.size() > 2 && (text.front() == '"' || text.front() == '\'') && text.back() == text.front();
  if (!quoted) {
    return is_config_name(text) ? std::optional(std::string(text)) : std::nullopt;
  }
  const auto inner = text.substr(1, text.size() - 2);
  return inner.find(text.front()) == std::string_view::npos ? std::optional(std::string(inner)) : std::nullopt;
}

struct Header {
  std::string_view kind;  ///< `profile`, `sso-session`, `services`; empty for a bare name.
  std::string name;
};

std::optional<Header> read_header(std::string_view text) {
  for (const std::string_view kind : {"profile", "sso-session", "services"}) {
    const bool matches =
        text.size() > kind.size() && text.starts_with(kind) && (text[kind.size()] == ' ' || text[kind.size()] == '\t');
    if (matches) {
      auto name = read_name(trim(text.substr(kind.size())));
      return name ? std::optional(Header{kind, std::move(*name)}) : std::nullopt;
    }
  }
  auto name = read_name(text);
  return name ? std::optional(Header{"", std::move(*name)}) : std::nullopt;
}

void merge(SharedConfig::Groups& groups, const std::string& name, const ConfigSection& section, std::string_view file) {
  auto& group = groups.try_emplace(name, ConfigGroup{name, std::string(file), section.line, {}}).first->second;
  for (const auto& [key, property] : section.properties) {
    group.properties.insert_or_assign(key, property);
  }
}

}  // namespace

std::optional<std::string_view> ConfigGroup::get(std::string_view key) const {
  const auto found = properties.find(key);
  if (found == properties.end() || found->second.value.empty()) {
    return std::nullopt;
  }
  return found->second.value;
}

std::optional<std::string_view> ConfigGroup::get(std::string_view key, std::string_view nested) const {
  const auto outer = properties.find(key);
  if (outer == properties.end()) {
    return std::nullopt;
  }
  const auto found = outer->second.nested.find(nested);
  if (found == outer->second.nested.end() || found->second.empty()) {
    return std::nullopt;
  }
  return found->second;
}

std::string ConfigGroup::place_of(std::string_view key) const {
  const auto found = properties.find(key);
  return found == properties.end() ? fmt::format("{}:{}", file, line)
                                   : fmt::format("{}:{}", found->second.file, found->second.line);
}

Result<SharedConfig> SharedConfig::parse(const File& config, const File& credentials) {
  SharedConfig out;
  const auto config_sections = parse_config_text(config.text, config.name);
  if (!config_sections) {
    return config_sections.error();
  }
  const auto credential_sections = parse_config_text(credentials.text, credentials.name);
  if (!credential_sections) {
    return credential_sections.error();
  }
  const bool has_profile_default = std::ranges::any_of(*config_sections, [](const ConfigSection& section) {
    const auto header = read_header(section.header);
    return header && header->kind == "profile" && header->name == "default";
  });
  for (const auto& section : *config_sections) {
    const auto header = read_header(section.header);
    if (!header) {
      continue;
    }
    const bool is_default = header->kind.empty() && header->name == "default" && !has_profile_default;
    if (header->kind == "profile" || is_default) {
      merge(out.profiles_, header->name, section, config.name);
    } else if (header->kind == "sso-session") {
      merge(out.sso_sessions_, header->name, section, config.name);
    } else if (header->kind == "services") {
      merge(out.services_, header->name, section, config.name);
    }
  }
  for (const auto& section : *credential_sections) {
    const auto header = read_header(section.header);
    if (header && header->kind.empty()) {
      merge(out.profiles_, header->name, section, credentials.name);
    }
  }
  return out;
}

const ConfigGroup* SharedConfig::find(const Groups& groups, std::string_view name) {
  const auto found = groups.find(name);
  return found == groups.end() ? nullptr : &found->second;
}

}  // namespace understudy::aws
