#include "understudy/service/imds_settings.hpp"

#include <algorithm>

namespace understudy::service {
namespace {

/// IAM's rule for role names, which also keeps the name one segment of a path.
bool is_role_name(std::string_view name) {
  constexpr std::string_view kExtra = "+=,.@-_";
  return !name.empty() && name.size() <= 64 && name != "." && name != ".." && std::ranges::all_of(name, [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || kExtra.find(c) != kExtra.npos;
  });
}

}  // namespace

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
  settings.hop_limit = static_cast<int>(fields.number("hop_limit", 1, 64).value_or(1));
  if (const auto* const instance = fields.node("instance")) {
    settings.instance = metadata::read_instance_settings(*instance, problems);
  }
  fields.finish();
  return settings;
}

}  // namespace understudy::service
