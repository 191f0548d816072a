#include "understudy/config/process_settings.hpp"

namespace understudy::config {
namespace {

std::optional<std::string> read_name(Fields& fields, std::string_view key, std::string expected) {
  auto name = fields.text(key);
  if (name && name->empty()) {
    fields.problem(key, std::move(expected));
  }
  return name;
}

}  // namespace

ProcessSettings read_process_settings(const Node& node, std::vector<Problem>& problems) {
  Fields fields(node, problems);
  ProcessSettings settings;
  settings.user = read_name(fields, "user", "expected a user's name or number, such as nobody");
  settings.group = read_name(fields, "group", "expected a group's name or number, such as nogroup");
  settings.no_new_privs = fields.flag("no_new_privs").value_or(settings.no_new_privs);
  if (settings.group && !settings.user) {
    fields.problem("group", "expected a user beside the group: process: {user: NAME, group: NAME}");
  }
  fields.finish();
  return settings;
}

}  // namespace understudy::config
