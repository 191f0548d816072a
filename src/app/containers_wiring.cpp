#include "understudy/app/containers_wiring.hpp"

#include <utility>

#include "understudy/service/token_file.hpp"

namespace understudy::app {

Result<std::vector<service::ContainerCredential>> container_credentials(const service::ContainersSettings& settings,
                                                                        source::Roles& roles) {
  std::vector<service::ContainerCredential> out;
  for (const auto& entry : settings.credentials) {
    service::ContainerCredential credential{entry.id, entry.path.value_or(""), roles.find(entry.role), {}};
    if (entry.token_file) {
      auto token = service::ensure_token_file(*entry.token_file, entry.mode);
      if (!token) {
        return token.error();
      }
      credential.token = *std::move(token);
    }
    out.push_back(std::move(credential));
  }
  return out;
}

}  // namespace understudy::app
