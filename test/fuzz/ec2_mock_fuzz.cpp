// Configuration of amazon-ec2-metadata-mock: what is read is written as it was said, and what is taken is a
// configuration of ours or a mistake that is told.

#include "fakes/fake_clock.hpp"
#include "fuzz/check.hpp"
#include "understudy/app/ec2_mock_config.hpp"
#include "understudy/config/load.hpp"

namespace {

namespace app = understudy::app;

void hold_for_translated(const app::MockSettings& settings) {
  const auto now = understudy::fakes::FakeClock().wall();
  auto translated = app::translate_mock(settings, app::MockPlay::kEverything, now);
  if (!translated) {
    require(!translated.error().empty());
    hold_for_lines(translated.error());
    return;
  }
  hold_for_lines(translated->notes);
  const auto loaded = understudy::config::load_config_tree(std::move(translated->tree), "mock.json", {}, {});
  if (!loaded) {
    hold_for_lines(loaded.error());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto keys = app::read_mock_file(as_text(data, size));
  if (!keys) {
    require(keys.error().code == "BadFile" && is_showable(keys.error().message));
    return 0;
  }
  const app::MockSettings settings({}, {}, *keys);
  hold_for_lines(settings.odd());
  const auto saved = settings.to_json();
  const auto again = app::read_mock_file(saved);
  require(again && app::MockSettings({}, {}, *again).to_json() == saved);
  hold_for_translated(settings);
  return 0;
}
