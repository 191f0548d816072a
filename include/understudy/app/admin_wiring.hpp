#pragma once

#include <filesystem>

#include "understudy/base/environment.hpp"
#include "understudy/base/result.hpp"
#include "understudy/base/secret.hpp"
#include "understudy/service/admin_settings.hpp"

namespace understudy::app {

/// Where the admin token is unless the configuration says: `understudy/admin.token` below $XDG_RUNTIME_DIR, else below
/// /run for root, else below $XDG_CACHE_HOME or ~/.cache. Server and commands of one user so agree on it.
[[nodiscard]] std::filesystem::path default_admin_token_file(const Environment& environment, bool is_root);

/// The file that `settings` names, or the default one.
[[nodiscard]] std::filesystem::path admin_token_file(const service::AdminSettings& settings,
                                                     const Environment& environment);

/// The token in it, made (0600) where there is none. Errors: service::ensure_token_file's.
Result<Secret> admin_token(const service::AdminSettings& settings, const Environment& environment);

}  // namespace understudy::app
