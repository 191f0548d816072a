#include <fmt/format.h>

#include "understudy/app/application.hpp"
#include "understudy/app/commands.hpp"
#include "understudy/app/standard_streams.hpp"
#include "understudy/aws/credential_documents.hpp"
#include "understudy/base/clock.hpp"
#include "understudy/base/log.hpp"

namespace understudy::app {

int credentials(const CredentialsOptions& options, const Environment& environment) {
  auto config = load_or_complain(options.config, environment);
  if (!config) {
    return kUsage;
  }
  const auto key = choose_role(*config, options.role);
  if (key.empty()) {
    return kUsage;
  }
  // No listener opens here, so no file of one is made either.
  config->containers.credentials.clear();
  const SystemClock clock;
  const auto log = log_to_stderr(options.config.flags.log_level ? config->log_level : LogLevel::kWarning);
  auto application = Application::build(*config, with_chosen_profile(options.config, environment), clock, *log);
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
