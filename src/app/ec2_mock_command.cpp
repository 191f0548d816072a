#include "understudy/app/ec2_mock_command.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <filesystem>
#include <optional>

#include "understudy/app/commands.hpp"
#include "understudy/app/ec2_mock_config.hpp"
#include "understudy/app/ec2_mock_flags.hpp"
#include "understudy/app/ec2_mock_settings.hpp"
#include "understudy/app/serve.hpp"
#include "understudy/app/standard_streams.hpp"
#include "understudy/base/clock.hpp"
#include "understudy/base/files.hpp"
#include "understudy/config/load.hpp"

namespace understudy::app {
namespace {

std::string home_of(const Environment& environment) { return std::string(environment.get("HOME").value_or(".")); }

/// A flag's, else the variable's, else the default one, which need not be there. nullopt: it was complained of.
std::optional<MockKeys> read_file_of(const MockKeys& flags, const Environment& environment) {
  const auto flag = flags.find("config-file");
  const auto variable = environment.get("AEMM_CONFIG_FILE");
  const bool is_named = flag != flags.end() || variable.has_value();
  const auto path = flag != flags.end() ? flag->second
                    : variable          ? std::string(*variable)
                                        : home_of(environment) + "/aemm-config.json";
  const auto text = read_file(path);
  if (!text && !is_named && text.error().kind == Error::Kind::kNotFound) {
    return MockKeys{};
  }
  if (!text) {
    complain(text.error().message);
    return std::nullopt;
  }
  auto keys = read_mock_file(*text);
  if (!keys) {
    complain(path + ": " + keys.error().message);
    return std::nullopt;
  }
  return *std::move(keys);
}

/// As AEMM, goes on where it can not.
void save(const MockSettings& settings, const Environment& environment) {
  const auto folder = std::filesystem::path(home_of(environment)) / ".ec2-metadata-mock";
  const auto file = folder / ".aemm-config-used.json";
  auto done = make_directories(folder, 0755);
  if (done) {
    done = write_file_atomically(file, settings.to_json(), 0600);
  }
  if (!done) {
    warn("the configuration is not saved: " + done.error().message);
    return;
  }
  static_cast<void>(print_out("Successfully saved final configuration to local file  " + file.string() + "\n"));
}

std::optional<config::Config> load(const MockSettings& settings, MockPlay play, const Environment& environment) {
  auto mock = translate_mock(settings, play, SystemClock().wall());
  if (!mock) {
    for (const auto& line : mock.error()) {
      complain(line);
    }
    return std::nullopt;
  }
  auto config = load_translated(std::move(mock->tree), mock->notes, "ec2-mock", environment);
  if (config) {
    config->imds.manners = std::move(mock->manners);
    config->imds.instance.user_data = std::move(mock->user_data);
  }
  return config;
}

}  // namespace

std::string_view Ec2MockCommand::purpose() const { return "stand in for amazon-ec2-metadata-mock, with its flags"; }

std::string_view Ec2MockCommand::lesson() const {
  static const auto text =
      std::string(R"(Takes amazon-ec2-metadata-mock's command line, AEMM_ variables and JSON configuration:
  understudy ec2-mock                              everything: spot, events, Auto Scaling
  understudy ec2-mock spot -d 5 --action stop      a spot interruption in 5 seconds
  understudy ec2-mock events -o instance-stop      a scheduled event
  understudy ec2-mock asglifecycle                 Auto Scaling's target state
docs/migrating.md tells what differs. The role gives out AEMM's fake keys; UNDERSTUDY_ROLE_ARN or UNDERSTUDY_PROFILE
makes it a real one. Whatever of AEMM can not be had is told at the start.

)") + describe_mock_flags();
  return text;
}

void Ec2MockCommand::add_options(CLI::App& app) {
  // Its syntax is not CLI11's (-x=1), so all of it is read by parse_mock_flags.
  app.prefix_command();
  app.allow_extras();
  app.parse_complete_callback([this, &app] { arguments_ = app.remaining(); });
}

int Ec2MockCommand::run(const Environment& environment) {
  const auto order = parse_mock_flags(arguments_);
  if (!order) {
    complain(order.error().message + "\nSee: understudy ec2-mock --help");
    return kUsage;
  }
  if (order->wants_help) {
    return print_out(std::string(lesson())) ? kSuccess : kFailure;
  }
  const auto file = read_file_of(order->keys, environment);
  if (!file) {
    return kUsage;
  }
  const MockSettings settings(order->keys, environment, *file);
  for (const auto& line : settings.odd()) {
    warn(line);
  }
  if (settings.text("save-config-to-file") == "true") {
    save(settings, environment);
  }
  const auto config = load(settings, order->play, environment);
  return config ? serve(*config, {order->ready_file}, with_chosen_profile({}, environment)) : kUsage;
}

}  // namespace understudy::app
