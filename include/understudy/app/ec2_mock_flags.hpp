#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "understudy/app/ec2_mock_settings.hpp"
#include "understudy/base/result.hpp"

/// The command line of amazon-ec2-metadata-mock (AEMM), read as its own parser (spf13/pflag) reads it.
/// Source: the project's pkg/cmd/{root,spot,events,asglifecycle}, and pflag's documentation of its syntax.
namespace understudy::app {

/// Which of its commands: what it plays beside the metadata that is always there.
enum class MockPlay { kEverything, kSpot, kEvents, kAutoScaling };

/// A command line that was understood.
struct MockOrder {
  MockPlay play = MockPlay::kEverything;
  MockKeys keys{};           ///< What flags say, by the configuration's keys: `spot.action` -> `stop`.
  std::string ready_file{};  ///< `--ready-file`, ours: as `understudy serve` has it; empty: none.
  bool wants_help = false;
};

/// Reads `spot --port 1700 -a stop`. Long flags are `--name value`, `--name=value`, and `--name` alone for those that
/// are true or false; short ones `-a stop`, `-a=stop`, `-astop`, and several of true and false in one: `-Is`. Flags of
/// a command come behind its name, the others anywhere. Pure. Errors: kInvalid `BadFlag` for an unknown flag or
/// command, a value that is missing, or one that is no number.
[[nodiscard]] Result<MockOrder> parse_mock_flags(const std::vector<std::string>& arguments);

/// Every flag, a line each, for help.
[[nodiscard]] std::string describe_mock_flags();

}  // namespace understudy::app
