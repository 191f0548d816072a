#include "understudy/app/health_command.hpp"

#include <CLI/CLI.hpp>

#include "understudy/app/commands.hpp"
#include "understudy/app/health.hpp"
#include "understudy/app/standard_streams.hpp"
#include "understudy/app/tls_wiring.hpp"
#include "understudy/http/client.hpp"

namespace understudy::app {
namespace {

/// With the reason complained of.
Result<std::string> ask(const HealthCommand& command, const Environment& environment) {
  // Without the environment: what is asked is here, and no proxy's business.
  if (!command.url.empty()) {
    http::NetworkClient http{http::ClientSettings{}};
    const auto url = parse_url(command.url);
    return url ? health_at(http, *url) : url.error();
  }
  const auto config = load_quietly(command.config, environment);
  if (!config) {
    return Error{Error::Kind::kInvalid, "BadConfiguration", "the configuration is wrong, as said above"};
  }
  auto listeners = askable_listeners(*config);
  const auto found = acquaintance_with(*config);
  if (!found) {
    listeners.containers.reset();  // Others can be asked without its certificate, if there are any.
  }
  const auto containers = found ? *found : Acquaintance();
  http::NetworkClient http{containers.client};
  auto health = health_of(http, listeners, containers.name);
  if (!found && !health && health.error().code == "NoAddress") {
    return found.error();
  }
  return health;
}

}  // namespace

int tell_health(const Result<std::string>& health) {
  if (!health) {
    complain(health.error().message);
    return kFailure;
  }
  return print_out(*health + "\n") ? kSuccess : kFailure;
}

std::string_view HealthCommand::purpose() const { return "tell by the exit status whether a running server is ready"; }

std::string_view HealthCommand::lesson() const {
  return R"(Ready means that every role which is to be played has credentials, and that containers can be told apart where they get
theirs so. It asks the first listener of the
configuration that is open: admin, containers, Pod Identity, imds (as a client would), STS. No token is needed:

  HEALTHCHECK CMD ["understudy", "health", "--config", "/etc/understudy.yaml"]

By --url https://.. it trusts what the system does, or the file that SSL_CERT_FILE names, such as an authority's ca.pem.

Exit status: 0 where the server is ready, 1 for everything else, as container engines want it.)";
}

void HealthCommand::add_options(CLI::App& app) {
  add_config_file(app, config);
  app.add_option("--url", url, "ask there, such as http://127.0.0.1:1340 (/readyz where it has no path; or an IMDS)")
      ->type_name("URL");
}

int HealthCommand::run(const Environment& environment) { return tell_health(ask(*this, environment)); }

}  // namespace understudy::app
