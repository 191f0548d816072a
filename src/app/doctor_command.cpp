#include "understudy/app/doctor_command.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "understudy/app/commands.hpp"
#include "understudy/app/doctor.hpp"
#include "understudy/app/doctor_served.hpp"
#include "understudy/app/standard_streams.hpp"
#include "understudy/app/tls_wiring.hpp"
#include "understudy/base/files.hpp"
#include "understudy/http/client.hpp"

namespace understudy::app {
namespace {

std::string trust_note(const config::Config& config) {
  const auto authority = own_authority(config);
  return authority ? fmt::format("\nClients have to trust {}; how, says: understudy tls-ca {}\n", authority->string(),
                                 shell_word(authority->parent_path().string()))
                   : std::string();
}

}  // namespace

std::string_view DoctorCommand::purpose() const {
  return "say which credentials an SDK would take in this shell, and why";
}

std::string_view DoctorCommand::lesson() const {
  return R"(Run it where the client runs: in the same shell, or in the same container; with the server's --config, so that it
knows what is served. Exit status: 0 where understudy's role is what a
client takes, 1 where it is not; then it says what to type.)";
}

void DoctorCommand::add_options(CLI::App& app) { add_config_file(app, config); }

int DoctorCommand::run(const Environment& environment) {
  const auto loaded = load_or_complain(config, environment);
  if (!loaded) {
    return kUsage;
  }
  const auto file = config::chosen_file(named_file(config), environment).value_or("");
  http::NetworkClient network({.ca_bundle = own_authority(*loaded)});
  const auto diagnosis = diagnose({environment, [](const std::filesystem::path& path) { return read_file(path); },
                                   network, served_by(*loaded, file)});
  const bool told = print_out(render(diagnosis) + trust_note(*loaded));
  return told && diagnosis.ours_wins() ? kSuccess : kFailure;
}

}  // namespace understudy::app
