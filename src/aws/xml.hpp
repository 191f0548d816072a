#pragma once

#include <pugixml.hpp>

#include <string>
#include <string_view>

/// XML as others send it: elements go by their local names, whatever prefix they carry.
namespace understudy::aws::xml {

/// `saml:Issuer` -> `Issuer`.
[[nodiscard]] std::string_view local_name(const pugi::xml_node& node);
/// The first child element of that local name; the null node where there is none, or where `node` is null.
[[nodiscard]] pugi::xml_node child(const pugi::xml_node& node, std::string_view name);
/// An element's text, trimmed; empty for the null node.
[[nodiscard]] std::string text(const pugi::xml_node& node);

/// Appends `text` with & < > " ' and line ends escaped. What XML 1.0 can not carry is replaced: control characters by
/// `?`, bytes that are not UTF-8 by U+FFFD.
void append_escaped(std::string& out, std::string_view text);

}  // namespace understudy::aws::xml
