#include "understudy/app/doctor_command.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "understudy/app/commands.hpp"
#include "understudy/app/doctor.hpp"
#include "understudy/app/ready.hpp"
#include "understudy/app/standard_streams.hpp"
#include "understudy/app/tls_wiring.hpp"
#include "understudy/base/clock.hpp"
#include "understudy/base/files.hpp"
#include "understudy/http/client.hpp"
#include "understudy/http/tls.hpp"
#include "understudy/service/server_certificate.hpp"

namespace understudy::app {
namespace {

/// What `serve` would tell clients to use by this configuration.
struct Advice {
  std::string credentials_url;
  std::string token_file;
};

/// Where clients of this machine find the containers' endpoint.
std::string called(const config::Config& config) {
  auto address = config.listen.containers->reachable();
  if (const auto& tls = config.containers.tls) {
    const auto identity = service::server_certificate(*tls, *config.listen.containers, SystemClock().wall());
    address.address = identity ? http::name_among(identity->chain.front().names, address.address) : address.address;
  }
  return address.to_string();
}

Advice advice_for(const config::Config& config) {
  if (!config.listen.containers || config.containers.credentials.empty()) {
    return {"http://127.0.0.1:1339/creds", {}};
  }
  const auto& entry = config.containers.credentials.front();
  return {(config.containers.tls ? "https://" : "http://") + called(config) +
              entry.path.value_or("/v2/credentials/" + entry.id),
          entry.token_file.value_or("")};
}

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
  return R"(Run it where the client runs: in the same shell, or in the same container. Exit status: 0 where understudy's role is what a
client takes, 1 where it is not; then it says what to type.)";
}

void DoctorCommand::add_options(CLI::App& app) { add_config_file(app, config); }

int DoctorCommand::run(const Environment& environment) {
  const auto loaded = load_or_complain(config, environment);
  if (!loaded) {
    return kUsage;
  }
  const auto advice = advice_for(*loaded);
  http::NetworkClient network({.ca_bundle = own_authority(*loaded)});
  const auto diagnosis = diagnose({environment, [](const std::filesystem::path& path) { return read_file(path); },
                                   network, advice.credentials_url, advice.token_file});
  const bool told = print_out(render(diagnosis) + trust_note(*loaded));
  return told && diagnosis.ours_wins() ? kSuccess : kFailure;
}

}  // namespace understudy::app
