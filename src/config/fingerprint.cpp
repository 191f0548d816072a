#include "understudy/config/fingerprint.hpp"

#include <fmt/format.h>

#include <string_view>

#include "understudy/base/crypto.hpp"
#include "understudy/base/secret.hpp"

namespace understudy::config {
namespace {

/// Each part with its length before it, so that no two values have one text.
void spell(const Node& node, std::string& out) {
  const auto add = [&out](std::string_view part) { out += fmt::format("{}:{}", part.size(), part); };
  out += fmt::format("{}{}[", static_cast<int>(node.kind), node.quoted ? "q" : "");
  add(node.scalar);
  for (const auto& item : node.items) {
    spell(item, out);
  }
  for (const auto& [key, value] : node.members) {
    add(key);
    spell(value, out);
  }
  out += ']';
}

}  // namespace

std::string fingerprint_of(const Node& node) {
  std::string text;
  spell(node, text);
  auto fingerprint = hex(bytes_of(sha256(text)));
  wipe(text);
  return fingerprint;
}

}  // namespace understudy::config
