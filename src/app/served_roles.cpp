#include <set>
#include <utility>

#include "understudy/app/application.hpp"

namespace understudy::app {
namespace {

/// Keys of roles, each once, as they come.
struct ServedKeys {
  std::vector<std::string> in_order{};
  std::set<std::string> seen{};

  void add(const std::string& key) {
    if (!key.empty() && seen.insert(key).second) {
      in_order.push_back(key);
    }
  }
};

}  // namespace

std::vector<std::string> served_roles(const config::Config& config) {
  ServedKeys keys;
  if (config.listen.imds) {
    keys.add(config.imds.role);
  }
  if (config.listen.containers) {
    for (const auto& credential : config.containers.credentials) {
      keys.add(credential.role);
    }
    const auto callers = config.containers.callers.value_or(service::CallersSettings());
    for (const auto& [service, role] : callers.services) {
      keys.add(role);
    }
    for (const auto& [range, role] : callers.addresses) {
      keys.add(role);
    }
  }
  if (config.pod_identity && (config.listen.pod_identity || config.listen.containers)) {
    for (const auto& association : config.pod_identity->associations) {
      keys.add(association.role);
    }
  }
  return std::move(keys.in_order);
}

}  // namespace understudy::app
