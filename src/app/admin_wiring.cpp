#include "understudy/app/admin_wiring.hpp"

#include <unistd.h>

#include "understudy/service/token_file.hpp"

namespace understudy::app {

std::filesystem::path default_admin_token_file(const Environment& environment, bool is_root) {
  const std::filesystem::path name = "understudy/admin.token";
  if (const auto runtime = environment.get("XDG_RUNTIME_DIR")) {
    return *runtime / name;
  }
  if (is_root) {
    return "/run" / name;
  }
  if (const auto cache = environment.get("XDG_CACHE_HOME")) {
    return *cache / name;
  }
  return std::filesystem::path(environment.get("HOME").value_or("/")) / ".cache" / name;
}

std::filesystem::path admin_token_file(const service::AdminSettings& settings, const Environment& environment) {
  return settings.token_file ? std::filesystem::path(*settings.token_file)
                             : default_admin_token_file(environment, geteuid() == 0);
}

Result<Secret> admin_token(const service::AdminSettings& settings, const Environment& environment) {
  return service::ensure_token_file(admin_token_file(settings, environment), 0600);
}

}  // namespace understudy::app
