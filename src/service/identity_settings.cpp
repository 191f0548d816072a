#include "understudy/service/identity_settings.hpp"

namespace understudy::service {

IdentitySettings read_identity_settings(const Node& node, std::vector<Problem>& problems) {
  Fields fields(node, problems);
  IdentitySettings settings;
  settings.keys = fields.text("keys").value_or("");
  fields.finish();
  return settings;
}

}  // namespace understudy::service
