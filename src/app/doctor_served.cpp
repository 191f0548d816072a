#include "understudy/app/doctor_served.hpp"

#include <algorithm>
#include <utility>

#include "understudy/base/clock.hpp"
#include "understudy/http/tls.hpp"
#include "understudy/service/server_certificate.hpp"

namespace understudy::app {
namespace {

bool has_url(const std::optional<ListenAddress>& address) {
  return address && !address->is_unix() && address->port != 0;
}

/// Where clients of this machine find the containers' endpoint.
std::string containers_origin(const config::Config& config) {
  auto address = config.listen.containers->reachable();
  const auto& tls = config.containers.tls;
  if (tls) {
    const auto identity = service::server_certificate(*tls, *config.listen.containers, SystemClock().wall());
    address.address = identity ? http::name_among(identity->chain.front().names, address.address) : address.address;
  }
  return (tls ? "https://" : "http://") + address.to_string();
}

}  // namespace

Served served_by(const config::Config& config, std::string config_file) {
  Served served;
  served.config_file = std::move(config_file);
  if (has_url(config.listen.containers)) {
    const auto origin = containers_origin(config);
    for (const auto& entry : config.containers.credentials) {
      served.credentials.push_back(
          {origin + entry.path.value_or("/v2/credentials/" + entry.id), entry.token_file.value_or(""), entry.role});
    }
    if (const auto& callers = config.containers.callers) {
      served.credentials.push_back({origin + callers->path, {}, {}});
    }
  }
  if (has_url(config.listen.imds) && config.imds.is_enabled && !config.imds.role.empty()) {
    served.instance = "http://" + config.listen.imds->reachable().to_string();
    served.instance_role = config.imds.role;
  }
  return served;
}

const Served::Credentials* entry_at(const Served& served, const Url& url) {
  const auto found = std::ranges::find_if(served.credentials, [&](const Served::Credentials& entry) {
    const auto own = parse_url(entry.url);
    if (!own || own->target != url.target) {
      return false;
    }
    const bool is_same_host = own->host == url.host || url.host == "localhost";
    return url.host == "169.254.170.2" || (is_same_host && own->port == url.port);
  });
  return found == served.credentials.end() ? nullptr : &*found;
}

}  // namespace understudy::app
