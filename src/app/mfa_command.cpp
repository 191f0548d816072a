#include "understudy/app/mfa_command.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include <iostream>

#include "understudy/app/commands.hpp"
#include "understudy/app/standard_streams.hpp"
#include "understudy/base/text.hpp"

namespace understudy::app {

std::string_view MfaCommand::purpose() const { return "give a running server the MFA code that a role waits for"; }

std::string_view MfaCommand::lesson() const {
  return R"(A role with an MFA device answers 503 MfaRequired until it has a code:
  understudy mfa app 123456
  understudy mfa app < code.txt                     the code from standard input
The server tries the role again at once; understudy status tells which roles wait. Each code is good for one call.
Exit status: 0 where the server took the code, 1 where it did not or does not run.)";
}

void MfaCommand::add_options(CLI::App& app) {
  app.add_option("role", role, "the role's key under roles")->type_name("ROLE")->required();
  app.add_option("code", code, "the six digits (default: read from standard input)")->type_name("CODE");
  add_admin_options(app, admin);
}

std::string_view MfaCommand::what_is_missing() const {
  return "mfa needs the role that waits for a code: understudy mfa ROLE [CODE]";
}

int MfaCommand::run(const Environment& environment) {
  int status = kSuccess;
  const auto server = AdminClient::open(admin, environment, status);
  if (!server) {
    return status;
  }
  if (code.empty()) {
    if (isatty(STDIN_FILENO) == 1) {
      print_error(fmt::format("MFA code for {}: ", role));
    }
    std::getline(std::cin, code);
  }
  return server->call("POST", "/v1/mfa", {{"role", role}, {"code", std::string(trim(code))}}) ? kSuccess : kFailure;
}

}  // namespace understudy::app
