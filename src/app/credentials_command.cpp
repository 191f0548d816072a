#include "understudy/app/credentials_command.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "understudy/app/application.hpp"
#include "understudy/app/commands.hpp"
#include "understudy/app/standard_streams.hpp"
#include "understudy/aws/credential_documents.hpp"
#include "understudy/base/clock.hpp"
#include "understudy/base/log.hpp"

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
  auto loaded = load_or_complain(config, environment);
  if (!loaded) {
    return kUsage;
  }
  const auto key = choose_role(*loaded, role);
  if (key.empty()) {
    return kUsage;
  }
  // No listener opens here, so no file of one is made either.
  loaded->containers.credentials.clear();
  const SystemClock clock;
  const auto log = log_to_stderr(config.flags.log_level ? loaded->log_level : LogLevel::kWarning);
  auto application = Application::build(*loaded, with_chosen_profile(config, environment), clock, *log);
  if (!application) {
    complain(application.error().message);
    return kFailure;
  }
  const auto got = (*application)->role(key)->get(source::Freshness::kCached);
  if (!got) {
    complain(fmt::format("{}: {}", got.error().code, got.error().message));
    return kFailure;
  }
  if (!print_out(aws::render_process_document(*got) + "\n")) {
    complain("standard output can not be written");
    return kFailure;
  }
  return kSuccess;
}

}  // namespace understudy::app
