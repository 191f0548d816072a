#pragma once

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "understudy/app/command.hpp"

namespace understudy::app {

/// The text was asked for (`--help`, `--version`), or the command line is wrong and the text says how to mend it.
struct Talk {
  std::string text;
  int exit_status = 0;
};

/// The command that was chosen, with its options read; never null.
using CommandLine = std::variant<std::unique_ptr<Command>, Talk>;

/// Reads the arguments behind the program's name. A mistyped command or option is answered with the nearest one.
/// `help [COMMAND]` is `[COMMAND] --help`.
[[nodiscard]] CommandLine parse_command_line(const std::vector<std::string>& arguments);

}  // namespace understudy::app
