#include "understudy/config/link_local_settings.hpp"

#include <fmt/format.h>

#include <string_view>

#include "understudy/base/ascii.hpp"
#include "understudy/base/text.hpp"

namespace understudy::config {
namespace {

/// As Linux has it (dev_valid_name in net/core/dev.c). It takes every other byte, too, but nobody names one so.
bool is_interface_name(std::string_view name) {
  constexpr std::size_t kLongest = 15;
  return !name.empty() && name.size() <= kLongest && name != "." && name != ".." && is_visible(name) &&
         name.find_first_of("/:") == std::string_view::npos;
}

}  // namespace

LinkLocalSettings read_link_local_settings(const Node& node, std::vector<Problem>& problems) {
  Fields fields(node, problems);
  LinkLocalSettings settings;
  settings.interfaces = fields.texts("interfaces");
  for (const auto& name : settings.interfaces) {
    if (!is_interface_name(name)) {
      fields.problem(
          "interfaces",
          fmt::format("expected names of network interfaces such as wg0 (`ip link` lists them), found \"{}\"",
                      escape_for_log(name, 40)));
    }
  }
  fields.finish();
  return settings;
}

}  // namespace understudy::config
