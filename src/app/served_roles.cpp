#include <algorithm>

#include "understudy/app/application.hpp"

namespace understudy::app {
namespace {

void add_once(std::vector<std::string>& keys, const std::string& key) {
  if (!key.empty() && std::ranges::find(keys, key) == keys.end()) {
    keys.push_back(key);
  }
}

}  // namespace

std::vector<std::string> served_roles(const config::Config& config) {
  std::vector<std::string> keys;
  if (config.listen.imds) {
    add_once(keys, config.imds.role);
  }
  if (config.listen.containers) {
    for (const auto& credential : config.containers.credentials) {
      add_once(keys, credential.role);
    }
    const auto callers = config.containers.callers.value_or(service::CallersSettings());
    for (const auto& [service, role] : callers.services) {
      add_once(keys, role);
    }
    for (const auto& [range, role] : callers.addresses) {
      add_once(keys, role);
    }
  }
  if (config.pod_identity && (config.listen.pod_identity || config.listen.containers)) {
    for (const auto& association : config.pod_identity->associations) {
      add_once(keys, association.role);
    }
  }
  return keys;
}

}  // namespace understudy::app
