#include "understudy/app/exec_command.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <utility>

#include "understudy/app/application.hpp"
#include "understudy/app/child_process.hpp"
#include "understudy/app/commands.hpp"
#include "understudy/app/exec.hpp"
#include "understudy/app/private_folder.hpp"
#include "understudy/app/ready.hpp"
#include "understudy/app/terminal.hpp"
#include "understudy/base/clock.hpp"
#include "understudy/base/files.hpp"
#include "understudy/base/log.hpp"
#include "understudy/service/token_file.hpp"

namespace understudy::app {
namespace {

constexpr std::chrono::milliseconds kDrainAfterChild{500};
constexpr int kNotFoundStatus = 127;
constexpr int kNotRunnableStatus = 126;

const ListenAddress kAnyPort{"127.0.0.1", 0};

/// The configuration, turned to serving one role to one command.
config::Config for_one_command(config::Config config, const std::string& role, const std::string& token_file) {
  config.imds.role = role;
  config.imds.role_name.reset();
  // Nothing else of it: no other way leads to a role here, and SDKs take plain HTTP from loopback.
  service::ContainersSettings only;
  only.credentials = {{role, role, token_file, 0600, {}}};
  config.containers = std::move(only);
  config.listen.imds = kAnyPort;
  config.listen.containers = kAnyPort;
  // Its associations are for pods, and a server that is running may have its address.
  config.listen.pod_identity.reset();
  config.pod_identity.reset();
  config.listen.admin.reset();
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
  auto error = *state->error;
  error.code = fmt::format("role {}: {}", role, error.code);
  complain(error);
  return true;
}

int run_command(ChildProcess& child, const std::vector<std::string>& command, const config::Config& config,
                const Environment& environment, const std::string& mfa_token, Log& log,
                const std::filesystem::path& folder) {
  const SystemClock clock;
  auto application = Application::build(config, environment, clock, log, {mfa_token, ask_for_code});
  if (!application) {
    complain(application.error().message);
    return kFailure;
  }
  const auto addresses = (*application)->start();
  if (!addresses) {
    complain(addresses.error().message);
    return kFailure;
  }
  if ((*application)->mfa().is_asking()) {
    static_cast<void>((*application)->role(config.imds.role)->get(source::Freshness::kCached));
  }
  if (is_refused(**application, config.imds.role)) {
    return kFailure;
  }
  const auto where = endpoints(config, *addresses, folder);
  if (!where) {
    complain(where.error().message);
    return kFailure;
  }
  const auto status = child.run(command, child_environment(environment, *where));
  (*application)->stop(kDrainAfterChild);
  if (!status) {
    complain(status.error().message);
    return status.error().kind == Error::Kind::kNotFound ? kNotFoundStatus : kNotRunnableStatus;
  }
  return *status;
}

}  // namespace

std::string_view ExecCommand::purpose() const { return "run one command as a role"; }

std::string_view ExecCommand::lesson() const {
  return R"(Examples:
  understudy exec --config team.yaml --role app -- ./integration-tests
  understudy exec --role-arn arn:aws:iam::111122223333:role/app --profile dev -- python3 job.py

CMD finds the role through its SDK's normal provider chain: random ports and a token of its own, and whatever would win
over them (keys, profiles, web identity) is taken out of its environment. Signals are passed on; the exit status is
CMD's, 127 where there is no such program, 126 where it can not be run.)";
}

void ExecCommand::add_options(CLI::App& app) {
  add_config_options(app, config);
  add_role(app, "--role", role);
  app.add_option("command", command, "what to run, with its arguments, behind --")->type_name("CMD")->required();
  app.positionals_at_end();
}

std::string_view ExecCommand::what_is_missing() const {
  return "exec needs a command to run: understudy exec [OPTIONS] -- CMD ARGUMENTS..";
}

int ExecCommand::run(const Environment& environment) {
  const auto loaded = load_or_complain(config, environment);
  if (!loaded) {
    return kUsage;
  }
  const auto key = choose_role(*loaded, role);
  if (key.empty()) {
    return kUsage;
  }
  const auto folder = PrivateFolder::make(environment);
  if (!folder) {
    complain(folder.error().message);
    return kFailure;
  }
  const auto level = config.flags.log_level ? loaded->log_level : LogLevel::kWarning;
  const auto narrowed = for_one_command(*loaded, key, folder->path() / "token");
  // Before any thread starts, so that all of them hold its signals back.
  ChildProcess child;
  const auto log = log_to_stderr(level);
  return run_command(child, command, narrowed, with_chosen_profile(config, environment), config.mfa_token, *log,
                     folder->path());
}

}  // namespace understudy::app
