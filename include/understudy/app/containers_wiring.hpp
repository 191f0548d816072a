#pragma once

#include <vector>

#include "understudy/base/result.hpp"
#include "understudy/service/containers.hpp"
#include "understudy/service/containers_settings.hpp"
#include "understudy/source/role.hpp"

namespace understudy::app {

/// What the container endpoint serves, with its roles and tokens; token files that are missing are made. Errors:
/// service::ensure_token_file's. REQUIRES: every role is there.
Result<std::vector<service::ContainerCredential>> container_credentials(const service::ContainersSettings& settings,
                                                                        source::Roles& roles);

}  // namespace understudy::app
