#include "understudy/app/credentials_command.hpp"

#include <CLI/CLI.hpp>

#include "understudy/app/commands.hpp"
#include "understudy/app/one_role.hpp"
#include "understudy/app/standard_streams.hpp"
#include "understudy/aws/credential_documents.hpp"

namespace understudy::app {

std::string_view CredentialsCommand::purpose() const {
  return "print a role's credentials as JSON, as a credential_process does";
}

std::string_view CredentialsCommand::lesson() const {
  return R"(A profile of ~/.aws/config can start from it:
  [profile app]
  credential_process = understudy credentials app --config /etc/understudy.yaml

It prints secrets, and fetches new ones each time: mind where the output goes, and prefer serve for many clients.)";
}

void CredentialsCommand::add_options(CLI::App& app) {
  add_config_options(app, config);
  add_role(app, "role", role);
}

int CredentialsCommand::run(const Environment& environment) {
  int status = kSuccess;
  const auto one = OneRole::open(config, role, environment, status);
  if (!one) {
    return status;
  }
  const auto got = one->credentials();
  if (!got) {
    return kFailure;
  }
  if (!print_out(aws::render_process_document(*got) + "\n")) {
    complain("standard output can not be written");
    return kFailure;
  }
  return kSuccess;
}

}  // namespace understudy::app
