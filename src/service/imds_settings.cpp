#include "understudy/service/imds_settings.hpp"

#include <algorithm>

#include "understudy/aws/arn.hpp"
#include "understudy/base/ascii.hpp"
#include "understudy/base/text.hpp"

namespace understudy::service {
namespace {

/// Which also has to be one segment of a path.
bool is_role_name(std::string_view name) { return aws::is_role_name(name) && name != "." && name != ".."; }

/// Below a version, each segment something that a normalised request can hold.
bool is_path(std::string_view path) {
  const auto segments = split(path, '/');
  const bool is_known = segments.front() == "meta-data" || segments.front() == "dynamic" || path == "user-data";
  return is_known && (segments.size() > 1 || path == "user-data") &&
         std::ranges::all_of(segments, [](std::string_view segment) {
           return !segment.empty() && segment != "." && segment != ".." && is_visible(segment);
         });
}

}  // namespace

metadata::PathOverrides read_paths(const Node* node, std::vector<Problem>& problems) {
  metadata::PathOverrides out;
  if (node == nullptr) {
    return out;
  }
  if (node->kind != Node::Kind::kMap) {
    problems.push_back({node->path, node->line, "expected a map of paths and their texts, null for one to take away"});
    return out;
  }
  for (const auto& [path, value] : node->members) {
    if (!is_path(path)) {
      problems.push_back({value.path, value.line, "expected a path without a version, such as meta-data/kernel-id"});
    } else if (value.kind == Node::Kind::kNull) {
      out.emplace_back(path, std::nullopt);
    } else if (value.kind == Node::Kind::kScalar) {
      out.emplace_back(path, value.scalar);
    } else {
      problems.push_back({value.path, value.line, "expected a text, or null to take the path away"});
    }
  }
  return out;
}

ImdsSettings read_imds_settings(const Node& node, std::vector<Problem>& problems) {
  ImdsSettings settings;
  Fields fields(node, problems);
  settings.role = fields.text("role").value_or("");
  settings.tokens_required = fields.choice("tokens", {"required", "optional"}).value_or("required") == "required";
  settings.role_name = fields.text("role_name");
  if (settings.role_name && !is_role_name(*settings.role_name)) {
    fields.problem("role_name", "expected a role's name: up to 64 letters, digits and + = , . @ - _");
    settings.role_name.reset();
  }
  settings.is_enabled = fields.flag("enabled").value_or(true);
  settings.extended_credentials = fields.flag("extended_credentials").value_or(false);
  settings.hop_limit = static_cast<int>(fields.number("hop_limit", 1, 64).value_or(1));
  if (const auto* const instance = fields.node("instance")) {
    settings.instance = metadata::read_instance_settings(*instance, problems);
  }
  settings.paths = read_paths(fields.node("paths"), problems);
  fields.finish();
  return settings;
}

}  // namespace understudy::service
