// The command line of amazon-ec2-metadata-mock, an argument a line: what is understood sets keys that there are, what
// is not is told.

#include "fuzz/check.hpp"
#include "understudy/app/ec2_mock_flags.hpp"
#include "understudy/base/text.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace app = understudy::app;
  std::vector<std::string> arguments;
  for (const auto line : understudy::split(as_text(data, size), '\n')) {
    arguments.emplace_back(line);
  }
  const auto order = app::parse_mock_flags(arguments);
  if (!order) {
    require(order.error().code == "BadFlag" && is_showable(order.error().message));
    return 0;
  }
  for (const auto& [key, value] : order->keys) {
    require(app::mock_defaults().contains(key));
  }
  // A flag wins over a file that says the same key.
  const app::MockSettings settings(order->keys, {}, {});
  require(std::ranges::all_of(order->keys, [&](const auto& one) { return settings.text(one.first) == one.second; }));
  return 0;
}
