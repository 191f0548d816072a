#include "understudy/app/serve_command.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "understudy/app/commands.hpp"
#include "understudy/app/serve.hpp"
#include "understudy/app/standard_streams.hpp"
#include "understudy/app/tls_wiring.hpp"
#include "understudy/base/clock.hpp"
#include "understudy/config/openness.hpp"

namespace understudy::app {
namespace {

/// Every role that would fail as the files are now, by the configuration's places: the server starts all the same. And
/// every certificate with which it would not.
bool complain_of_files(const config::Config& config, const std::string& file, const Environment& environment) {
  std::vector<Problem> problems;
  std::vector<Problem> warnings;
  for (const auto& role : config.roles) {
    role.blueprint->look_ahead(environment, problems);
  }
  check_tls(config, SystemClock().wall(), problems, warnings);
  for (const auto& warning : warnings) {
    print_error("warning: " + config::line_of(warning, file) + "\n");
  }
  for (const auto& line : config::open_listeners(config)) {
    warn(line);
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

FileWatch::Mark mark_of_file(const ConfigOptions& options, const Environment& environment) {
  const auto file = config::chosen_file(named_file(options), environment);
  return file ? FileWatch::mark_of(*file) : std::nullopt;
}

ServeOrder order_of(const ConfigOptions& options, const std::string& ready_file, const Environment& environment) {
  ServeOrder order;
  order.ready_file = ready_file;
  const auto file = config::chosen_file(named_file(options), environment);
  std::error_code error;
  if (file && !std::filesystem::is_regular_file(*file, error)) {
    // What is left in a pipe is not the configuration.
    order.read_again = [line = *file + ": can be read but once: start understudy anew to change the configuration"]()
        -> Result<config::Loaded, std::vector<std::string>> { return std::vector{line}; };
    return order;
  }
  order.read_again = [&options, &environment, file]() -> Result<config::Loaded, std::vector<std::string>> {
    auto loaded = load_as_asked(options, environment);
    // As at the start it would mean the default role, for everybody on this machine, in place of what is served.
    if (file && loaded && loaded->says_nothing) {
      return std::vector{*file + ": is empty; if the default role alone is to be served, write {} into it"};
    }
    return loaded;
  };
  order.watched_file = file;
  return order;
}

}  // namespace

std::string_view ServeCommand::purpose() const { return "serve credentials and metadata until SIGTERM or Ctrl-C"; }

std::string_view ServeCommand::lesson() const {
  return R"(The start prints what to type in the client's shell. With the default addresses and without --config, either of:
  export AWS_EC2_METADATA_SERVICE_ENDPOINT=http://127.0.0.1:1338/
  export AWS_CONTAINER_CREDENTIALS_FULL_URI=http://127.0.0.1:1339/creds
and then any SDK or tool finds the role by itself: aws sts get-caller-identity

--role-arn is assumed with the credentials of --profile, else of the role base of the file, else with what the AWS CLI
would take here: keys or a web identity in the environment, the profile of AWS_PROFILE or default, a container's or an
instance's role; without --role-arn those are served as they are, if they are temporary ones. A file with roles needs
neither flag.
A flag wins over the environment, and that over the file: listen.imds there is UNDERSTUDY_LISTEN_IMDS.
A role whose profile or sso-session is missing or broken fails alone and when it is fetched; --check tells every one
(exit status 2).
When the configuration file changes, or by SIGHUP, it is read anew and served in place of the one before, listeners and
credentials staying where they can; one with mistakes is refused as a whole.
SIGTERM and Ctrl-C let requests under way be answered and end the server within 3 seconds, with status 0.)";
}

void ServeCommand::add_options(CLI::App& app) {
  config.becomes_user = true;
  add_config_options(app, config);
  app.add_option("--imds", config.flags.imds, "the EC2 instance metadata service listens here")->type_name("ADDR:PORT");
  app.add_option("--containers", config.flags.containers, "the ECS container credential endpoint listens here")
      ->type_name("ADDR:PORT");
  app.add_option("--admin", config.flags.admin,
                 "the operator's endpoint listens here, for understudy status, mfa and play")
      ->type_name("ADDR:PORT");
  app.add_flag("--no-watch", no_watch, "do not follow the configuration file's changes; SIGHUP alone reads it anew");
  app.add_flag("--check", check, "only validate the configuration and the profiles it names; says each role's way");
  add_process_options(app, config.flags, ready_file);
}

int ServeCommand::run(const Environment& environment) {
  const auto read = mark_of_file(config, environment);
  const auto loaded = load_or_complain(config, environment);
  if (!loaded) {
    return kUsage;
  }
  if (!check) {
    auto order = order_of(config, ready_file, environment);
    order.mfa_token = config.mfa_token;
    order.read = read;
    if (no_watch) {
      order.watched_file.reset();
    }
    return serve(*loaded, order, with_chosen_profile(config, environment));
  }
  const auto file = config::chosen_file(named_file(config), environment).value_or("");
  return complain_of_files(*loaded, file, environment) ? kUsage : explain(*loaded);
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
  config.becomes_user = true;
  add_config_options(app, config);
  app.add_option("--listen", config.flags.sts, "listen here (default: listen.sts, else 127.0.0.1:1341)")
      ->type_name("ADDR:PORT");
  add_process_options(app, config.flags, ready_file);
}

int StsCommand::run(const Environment& environment) {
  const auto read = mark_of_file(config, environment);
  const auto loaded = load_or_complain(config, environment);
  if (!loaded) {
    return kUsage;
  }
  auto order = order_of(config, ready_file, environment);
  order.read = read;
  return serve(*loaded, order, with_chosen_profile(config, environment));
}

}  // namespace understudy::app
