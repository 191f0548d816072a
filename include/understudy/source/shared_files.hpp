#pragma once

#include <string>

#include "understudy/aws/shared_config.hpp"
#include "understudy/base/environment.hpp"

namespace understudy::source {

/// AWS_PROFILE, AWS_DEFAULT_PROFILE, else `default`.
[[nodiscard]] std::string selected_profile(const Environment& environment);

/// Reads AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE, else `~/.aws/config` and `~/.aws/credentials`, as they are
/// now; `~/` is HOME. A file that is not there is an empty one. Thread-safe.
/// Errors: parse_config_text's and read_file's.
Result<aws::SharedConfig> read_shared_config(const Environment& environment);

}  // namespace understudy::source
