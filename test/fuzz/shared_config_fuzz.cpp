// AWS's shared files: config, a line `%%`, credentials. Every complaint has its place, every property a line that is
// there, and no profile's way or report throws.

#include <nlohmann/json.hpp>

#include "fuzz/check.hpp"
#include "understudy/app/profile_report.hpp"
#include "understudy/base/text.hpp"

namespace {

namespace aws = understudy::aws;
namespace app = understudy::app;

constexpr std::string_view kBreak = "\n%%\n";

void hold_for_sections(std::string_view text) {
  const auto lines = static_cast<int>(understudy::split(text, '\n').size());
  const auto sections = aws::parse_config_text(text, "config");
  if (!sections) {
    require(sections.error().code == "ConfigSyntax" && sections.error().message.starts_with("config:"));
    return;
  }
  for (const auto& section : *sections) {
    require(section.line >= 1 && section.line <= lines);
    for (const auto& [key, property] : section.properties) {
      require(aws::is_config_name(key) && property.line > section.line && property.line <= lines);
      require(property.nested.empty() || property.value.empty());
    }
  }
}

void hold_for_report(const app::ProfileReport& report) {
  for (const auto& [name, profile] : report.shared.profiles()) {
    const auto way = app::way_of(report.shared, name);
    // A profile that is there may name a source that is not.
    require(way || (!way.error().message.empty() &&
                    (way.error().code != "NoSuchProfile" || way.error().message.find("source") != std::string::npos)));
    require(!app::profile_text(report, name).empty());
  }
  require(nlohmann::json::accept(app::profiles_json(report, std::nullopt)));
  const auto shown = app::profiles_text(report);
  require(is_showable(shown) &&
          std::ranges::none_of(shown, [](char c) { return static_cast<unsigned char>(c) > 0x7E; }));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = as_text(data, size);
  const auto end = std::min(text.find(kBreak), text.size());
  const auto config = text.substr(0, end);
  const auto credentials = text.substr(std::min(end + kBreak.size(), text.size()));
  hold_for_sections(config);
  auto shared = aws::SharedConfig::parse({config, "~/.aws/config"}, {credentials, "~/.aws/credentials"});
  if (shared) {
    app::ProfileReport report;
    report.selected = "default";
    report.shared = *std::move(shared);
    hold_for_report(report);
  }
  return 0;
}
