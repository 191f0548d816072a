#include "understudy/service/admin_settings.hpp"

namespace understudy::service {

AdminSettings read_admin_settings(const Node& node, std::vector<Problem>& problems) {
  Fields fields(node, problems);
  AdminSettings settings;
  settings.token_file = fields.text("token_file");
  if (settings.token_file && settings.token_file->empty()) {
    fields.problem("token_file", "expected a file's path");
  }
  fields.finish();
  return settings;
}

}  // namespace understudy::service
