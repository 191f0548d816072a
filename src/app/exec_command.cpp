#include <fmt/format.h>

#include "understudy/app/application.hpp"
#include "understudy/app/child_process.hpp"
#include "understudy/app/commands.hpp"
#include "understudy/app/exec.hpp"
#include "understudy/app/private_folder.hpp"
#include "understudy/app/ready.hpp"
#include "understudy/base/clock.hpp"
#include "understudy/base/files.hpp"
#include "understudy/base/log.hpp"
#include "understudy/service/token_file.hpp"

namespace understudy::app {
namespace {

constexpr std::chrono::milliseconds kDrain{500};
constexpr int kNotFoundStatus = 127;
constexpr int kNotRunnableStatus = 126;

const ListenAddress kAnyPort{"127.0.0.1", 0};

/// The configuration, turned to serving one role to one command.
config::Config for_one_command(config::Config config, const std::string& role, const std::string& token_file) {
  config.imds.role = role;
  config.imds.role_name.reset();
  config.containers.credentials = {{role, role, token_file, 0600, {}}};
  config.listen.imds = kAnyPort;
  config.listen.containers = kAnyPort;
  config.listen.sts = config.sts.embedded ? std::optional(kAnyPort) : std::nullopt;
  return config;
}

Result<ExecEndpoints> endpoints(const config::Config& config, const Addresses& addresses,
                                const std::filesystem::path& folder) {
  const auto& entry = config.containers.credentials.front();
  auto token = service::ensure_token_file(*entry.token_file, entry.mode);
  if (!token) {
    return token.error();
  }
  ExecEndpoints out;
  out.credentials_url = url_of(addresses, "containers") + "/v2/credentials/" + entry.id;
  out.token = *std::move(token);
  out.token_file = *entry.token_file;
  out.imds_url = url_of(addresses, "imds");
  out.sts_url = url_of(addresses, "sts");
  out.region = config.region;
  out.shared_file = folder / "config";
  if (auto written = write_file_atomically(out.shared_file, shared_file_text(out.region), 0600); !written) {
    return written.error();
  }
  return out;
}

/// A role that is refused now would be refused to the command too, with less to read.
bool is_refused(Application& application, const std::string& role) {
  const auto state = application.role(role)->state();
  if (!state->error || state->error->is_transient()) {
    return false;
  }
  complain(fmt::format("role {}: {}: {}", role, state->error->code, state->error->message));
  return true;
}

int run_command(ChildProcess& child, const ExecOptions& options, const config::Config& config,
                const Environment& environment, Log& log, const std::filesystem::path& folder) {
  const SystemClock clock;
  auto application = Application::build(config, environment, clock, log);
  if (!application) {
    complain(application.error().message);
    return kFailure;
  }
  const auto addresses = (*application)->start();
  if (!addresses) {
    complain(addresses.error().message);
    return kFailure;
  }
  if (is_refused(**application, config.imds.role)) {
    return kFailure;
  }
  const auto where = endpoints(config, *addresses, folder);
  if (!where) {
    complain(where.error().message);
    return kFailure;
  }
  const auto status = child.run(options.command, child_environment(environment, *where));
  (*application)->stop(kDrain);
  if (!status) {
    complain(status.error().message);
    return status.error().kind == Error::Kind::kNotFound ? kNotFoundStatus : kNotRunnableStatus;
  }
  return *status;
}

}  // namespace

int exec(const ExecOptions& options, const Environment& environment) {
  const auto config = load_or_complain(options.config, environment);
  if (!config) {
    return kUsage;
  }
  const auto role = choose_role(*config, options.role);
  if (role.empty()) {
    return kUsage;
  }
  const auto folder = PrivateFolder::make(environment);
  if (!folder) {
    complain(folder.error().message);
    return kFailure;
  }
  const auto level = options.config.flags.log_level ? config->log_level : LogLevel::kWarning;
  const auto narrowed = for_one_command(*config, role, folder->path() / "token");
  // Before any thread starts, so that all of them hold its signals back.
  ChildProcess child;
  const auto log = log_to_stderr(level);
  return run_command(child, options, narrowed, with_chosen_profile(options.config, environment), *log, folder->path());
}

}  // namespace understudy::app
