#include <exception>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "understudy/app/command_line.hpp"
#include "understudy/app/commands.hpp"
#include "understudy/app/process_guard.hpp"
#include "understudy/app/standard_streams.hpp"
#include "understudy/base/environment.hpp"

namespace {

using namespace understudy;

int run(const app::CommandLine& line, const Environment& environment) {
  if (const auto* command = std::get_if<std::unique_ptr<app::Command>>(&line)) {
    return (*command)->run(environment);
  }
  const auto& talk = std::get<app::Talk>(line);
  if (talk.exit_status == app::kSuccess) {
    return app::print_out(talk.text) ? app::kSuccess : app::kFailure;
  }
  app::print_error(talk.text);
  return talk.exit_status;
}

}  // namespace

int main(int argc, char** argv) {
  app::fill_standard_streams();
  app::keep_memory_private();
  try {
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    return run(app::parse_command_line(arguments), Environment::of_process());
  } catch (const std::exception& fault) {
    app::complain(std::string("internal error: ") + fault.what());
    return app::kFailure;
  }
}
