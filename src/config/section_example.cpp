#include "section_example.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace understudy::config {
namespace {

/// How a section is written, for whoever wrote something else there.
std::string_view example_of(std::string_view section) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kExamples{{
      {"config", "{strict: true}"},
      {"listen", "{imds: \"127.0.0.1:1338\", containers: \"127.0.0.1:1339\"}"},
      {"sts", "{endpoint: embedded}"},
      {"imds", "{role: app}"},
      {"containers", "{credentials: {app: {role: app}}}"},
      {"admin", "{token_file: /run/understudy/admin.token}"},
      {"process", "{user: understudy}"},
  }};
  const auto* const found = std::ranges::find(kExamples, section, [](const auto& each) { return each.first; });
  return found == kExamples.end() ? std::string_view() : found->second;
}

}  // namespace

bool is_no_section(Fields& fields, std::string_view key, const Node& node) {
  const auto example = example_of(key);
  if (node.kind == Node::Kind::kMap || example.empty()) {
    return false;
  }
  fields.problem(key, fmt::format("expected a map of settings, such as {}: {}", key, example));
  return true;
}

}  // namespace understudy::config
