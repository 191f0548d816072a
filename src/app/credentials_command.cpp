#include "understudy/app/credentials_command.hpp"

#include <CLI/CLI.hpp>

#include "understudy/app/commands.hpp"
#include "understudy/app/credential_formats.hpp"
#include "understudy/app/one_role.hpp"
#include "understudy/app/standard_streams.hpp"

namespace understudy::app {

std::string_view CredentialsCommand::purpose() const {
  return "print a role's credentials, for a profile, a shell or a file";
}

std::string_view CredentialsCommand::lesson() const {
  return R"~(A profile of ~/.aws/config can start from it:
  [profile app]
  credential_process = understudy credentials app --config /etc/understudy.yaml
A shell can take them, and what it starts (some SDKs prefer a profile: unset AWS_PROFILE):
  eval "$(understudy credentials app --format env)"
--format is process (JSON of a credential_process, the default), env (export lines for a POSIX shell), env-no-export,
profile (a section to append to ~/.aws/credentials) or json (a container endpoint's answer, for tests).

It prints secrets, and fetches new ones each time: mind where the output goes, and prefer serve for many clients.)~";
}

void CredentialsCommand::add_options(CLI::App& app) {
  add_config_options(app, config);
  add_role(app, "role", role);
  app.add_option("--format", format, "process, env, env-no-export, profile or json")
      ->type_name("FORMAT")
      ->capture_default_str()
      ->check(CLI::IsMember(credential_formats()).description(""));
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
  const auto text = render_credentials(format, {*got, one->key(), one->region()});
  if (!text) {
    complain(text.error().message);
    return kFailure;
  }
  if (!print_out(*text)) {
    complain("standard output can not be written");
    return kFailure;
  }
  return kSuccess;
}

}  // namespace understudy::app
