// A whole configuration: what is wrong is told in lines that a terminal may show, and what is right is right again and
// holds together.

#include "fuzz/check.hpp"
#include "understudy/config/load.hpp"

namespace {

namespace config = understudy::config;

void hold_for(const config::Config& read) {
  const auto is_there = [&](std::string_view key) {
    return std::ranges::any_of(read.roles, [&](const auto& role) { return role.key == key; });
  };
  for (const auto& role : read.roles) {
    require(!role.key.empty() && role.blueprint != nullptr && (role.base.empty() || is_there(role.base)));
  }
  for (const auto& event : read.events) {
    require(!event.name.empty() && event.act && (!event.every || event.every->count() > 0));
    require(event.role.empty() || is_there(event.role));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = as_text(data, size);
  const auto loaded = config::load_config_text(text, "seed.yaml", {}, {});
  const auto again = config::load_config_text(text, "seed.yaml", {}, {});
  require(loaded.has_value() == again.has_value());
  if (!loaded) {
    require(!loaded.error().empty() && loaded.error() == again.error());
    hold_for_lines(loaded.error());
    return 0;
  }
  require(loaded->warnings == again->warnings && loaded->config.listen == again->config.listen);
  hold_for_lines(loaded->warnings);
  hold_for(loaded->config);
  return 0;
}
