#include "understudy/app/serve_command.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <string>

#include "understudy/app/application.hpp"
#include "understudy/app/commands.hpp"
#include "understudy/app/launch.hpp"
#include "understudy/app/ready.hpp"
#include "understudy/app/service_manager.hpp"
#include "understudy/app/signals.hpp"
#include "understudy/app/standard_streams.hpp"
#include "understudy/app/terminal.hpp"
#include "understudy/base/clock.hpp"
#include "understudy/base/files.hpp"
#include "understudy/base/log.hpp"

namespace understudy::app {
namespace {

/// Within the 3 s after which the process ends come what may.
constexpr std::chrono::milliseconds kDrain{2500};
constexpr unsigned kLastResort = 3;
/// A worker that needs longer for its turn is stuck.
constexpr std::chrono::seconds kWellWithin{2};

/// Every role that would fail as the files are now, by the configuration's places. The server starts all the same.
bool complain_of_roles(const config::Config& config, const std::string& file, const Environment& environment) {
  std::vector<Problem> problems;
  for (const auto& role : config.roles) {
    role.blueprint->look_ahead(environment, problems);
  }
  for (const auto& problem : problems) {
    print_error(config::line_of(problem, file) + "\n");
  }
  return !problems.empty();
}

int explain(const config::Config& config) {
  std::string text;
  for (const auto& role : config.roles) {
    const auto base = role.base.empty() ? std::string() : ", with the credentials of " + role.base;
    text += fmt::format("{}: {}{}\n", role.key, role.blueprint->describe(), base);
  }
  return print_out(text + "The configuration is valid.\n") ? kSuccess : kFailure;
}

void add_process_options(CLI::App& app, config::Flags& flags, std::string& ready_file) {
  app.add_option("--user", flags.user, "become this user once the listeners are open (needs root)")->type_name("NAME");
  app.add_option("--ready-file", ready_file, "once ready, write the real addresses here, as JSON")->type_name("FILE");
}

bool announce(const config::Config& config, const Addresses& addresses, const std::string& ready_file,
              const ServiceManager& manager, Log& log) {
  if (!print_out(ready_text(config, addresses))) {
    log.warn("standard output can not be written; serving all the same");
  }
  if (!ready_file.empty()) {
    if (const auto written = write_file_atomically(ready_file, ready_json(addresses, getpid()), 0644); !written) {
      complain(written.error().message);
      return false;
    }
  }
  if (const auto told = manager.tell(ready_note(status_line(addresses))); !told) {
    log.warn("the service manager can not be told (NOTIFY_SOCKET): {}", told.error().message);
  }
  return true;
}

/// A code that somebody typed; without a role it is for whichever waits.
void take_code(Application& application, std::string_view line) {
  using Posting = source::MfaDesk::Posting;
  const auto typed = read_typed_code(line);
  if (!typed) {
    return;
  }
  auto& mfa = application.mfa();
  auto role = typed->role;
  for (const auto& device : mfa.devices()) {
    role = role.empty() && device.waiting ? device.role : role;
  }
  const auto posting = mfa.post(role, typed->code);
  if (posting == Posting::kTaken) {
    application.retry_waiting();
  } else {
    complain(posting == Posting::kSpent ? "that code was used before: wait for the device's next one"
                                        : "no role waits for that code; type ROLE CODE");
  }
}

}  // namespace

int serve(const config::Config& config, const std::string& ready_file, const std::string& mfa_token,
          const Environment& environment) {
  hold_back_signals();
  auto launched = launch(config, environment, getpid());
  if (!launched) {
    complain(launched.error().message);
    return kFailure;
  }
  const ServiceManager manager(environment);
  const SystemClock clock;
  const auto log = log_to_stderr(config.log_level);
  auto application = Application::build(launched->config, launched->environment, clock, *log, {mfa_token, {}});
  if (!application) {
    complain(application.error().message);
    return kFailure;
  }
  // Also while it starts, which may wait longer for an STS than an end may take.
  EndSignal end([&application] {
    end_process_after(kLastResort);
    (*application)->give_up();
  });
  const auto addresses = (*application)->start(launched->sockets);
  if (!addresses) {
    complain(addresses.error().message);
    return kFailure;
  }
  // Else clients would still wait there when nobody accepts any more.
  launched->sockets.clear();
  if (!end.has_come() && !announce(config, *addresses, ready_file, manager, *log)) {
    return kFailure;
  }
  const Watchdog watchdog(manager, watchdog_interval(environment, getpid()),
                          [&application] { return (*application)->responds(kWellWithin); });
  const TypedLines typed([&](std::string_view line) { take_code(**application, line); });
  end.wait();
  log->info("ending: answering what is under way");
  manager.mention(stopping_note("answering what is under way"));
  (*application)->stop(kDrain);
  return kSuccess;
}

std::string_view ServeCommand::purpose() const { return "serve credentials and metadata until SIGTERM or Ctrl-C"; }

std::string_view ServeCommand::lesson() const {
  return R"(The start prints what to type in the client's shell. With the default addresses and without --config, either of:
  export AWS_EC2_METADATA_SERVICE_ENDPOINT=http://127.0.0.1:1338/
  export AWS_CONTAINER_CREDENTIALS_FULL_URI=http://127.0.0.1:1339/creds
and then any SDK or tool finds the role by itself: aws sts get-caller-identity

The role is assumed with the credentials of --profile, else with the keys in the environment, else with the default
profile's; without --role-arn those are served as they are, if they are temporary ones.
A flag wins over the environment, and that over the file: listen.imds there is UNDERSTUDY_LISTEN_IMDS.
A role whose profile is missing or broken fails alone and when it is fetched; --check tells every one (exit status 2).
SIGTERM and Ctrl-C let requests under way be answered and end the server within 3 seconds, with status 0.)";
}

void ServeCommand::add_options(CLI::App& app) {
  add_config_options(app, config);
  app.add_option("--imds", config.flags.imds, "the EC2 instance metadata service listens here")->type_name("ADDR:PORT");
  app.add_option("--containers", config.flags.containers, "the ECS container credential endpoint listens here")
      ->type_name("ADDR:PORT");
  app.add_option("--admin", config.flags.admin, "the operator's endpoint listens here, for understudy status and mfa")
      ->type_name("ADDR:PORT");
  app.add_flag("--check", check, "only validate the configuration and the profiles it names; says each role's way");
  add_process_options(app, config.flags, ready_file);
}

int ServeCommand::run(const Environment& environment) {
  const auto loaded = load_or_complain(config, environment);
  if (!loaded) {
    return kUsage;
  }
  if (!check) {
    return serve(*loaded, ready_file, config.mfa_token, with_chosen_profile(config, environment));
  }
  const auto file = config::chosen_file(named_file(config), environment).value_or("");
  return complain_of_roles(*loaded, file, environment) ? kUsage : explain(*loaded);
}

std::string_view StsCommand::purpose() const { return "serve the embedded STS alone"; }

std::string_view StsCommand::lesson() const {
  return R"(Clients are pointed at it by:
  export AWS_ENDPOINT_URL_STS=http://127.0.0.1:1341

It knows the keys of sts.users and those that the configuration's roles start from; without a configuration, those in
the environment or else of the default profile. sts.trust says who may assume which role; a role that is not in it may
be assumed by every key that is known. Real AWS knows none of the credentials that it gives out.)";
}

void StsCommand::add_options(CLI::App& app) {
  config.flags.sts_alone = true;
  add_config_options(app, config);
  app.add_option("--listen", config.flags.sts, "listen here (default: listen.sts, else 127.0.0.1:1341)")
      ->type_name("ADDR:PORT");
  add_process_options(app, config.flags, ready_file);
}

int StsCommand::run(const Environment& environment) {
  const auto loaded = load_or_complain(config, environment);
  return loaded ? serve(*loaded, ready_file, {}, with_chosen_profile(config, environment)) : kUsage;
}

}  // namespace understudy::app
