#include "understudy/service/container_credential.hpp"

#include <unordered_set>

namespace understudy::service {

std::vector<source::Role*> open_roles(const std::vector<ContainerCredential>& credentials) {
  std::vector<source::Role*> out;
  for (const auto& entry : credentials) {
    if (!entry.token) {
      out.push_back(entry.role);
    }
  }
  return out;
}

std::vector<source::Role*> guarded_roles(const std::vector<ContainerCredential>& credentials) {
  const auto open = open_roles(credentials);
  std::unordered_set<source::Role*> passed_over(open.begin(), open.end());
  std::vector<source::Role*> out;
  for (const auto& entry : credentials) {
    if (passed_over.insert(entry.role).second) {
      out.push_back(entry.role);
    }
  }
  return out;
}

}  // namespace understudy::service
