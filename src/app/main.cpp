#include <exception>
#include <string>
#include <variant>
#include <vector>

#include "understudy/app/command_line.hpp"
#include "understudy/app/commands.hpp"
#include "understudy/app/standard_streams.hpp"
#include "understudy/base/environment.hpp"

namespace {

using namespace understudy;

int dispatch(const app::CommandLine& line, const Environment& environment) {
  struct Command {
    const Environment& environment;
    int operator()(const app::ServeOptions& options) const { return app::serve(options, environment); }
    int operator()(const app::ExecOptions& options) const { return app::exec(options, environment); }
    int operator()(const app::CredentialsOptions& options) const { return app::credentials(options, environment); }
    int operator()(const app::StsOptions& options) const { return app::sts(options, environment); }
    int operator()(const app::DoctorOptions& options) const { return app::doctor(options, environment); }
    int operator()(const app::Talk& talk) const {
      if (talk.exit_status == 0) {
        return app::print_out(talk.text) ? app::kSuccess : app::kFailure;
      }
      app::print_error(talk.text);
      return talk.exit_status;
    }
  };
  return std::visit(Command{environment}, line);
}

}  // namespace

int main(int argc, char** argv) {
  app::fill_standard_streams();
  try {
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    return dispatch(app::parse_command_line(arguments), Environment::of_process());
  } catch (const std::exception& fault) {
    app::complain(std::string("internal error: ") + fault.what());
    return app::kFailure;
  }
}
