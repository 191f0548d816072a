#include "understudy/config/process_settings.hpp"

#include <fmt/format.h>

#include <utility>

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
  settings.groups = fields.texts("groups");
  settings.home = read_name(fields, "home", "expected a folder, such as /home/understudy");
  for (const auto& [key, is_there] :
       {std::pair("group", settings.group.has_value()), std::pair("groups", !settings.groups.empty()),
        std::pair("home", settings.home.has_value())}) {
    if (is_there && !settings.user) {
      fields.problem(key, fmt::format("expected a user beside it: process: {{user: NAME, {}: ..}}", key));
    }
  }
  fields.finish();
  return settings;
}

}  // namespace understudy::config
