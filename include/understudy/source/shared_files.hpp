#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "understudy/aws/shared_config.hpp"
#include "understudy/base/environment.hpp"

namespace understudy::source {

/// AWS_PROFILE, AWS_DEFAULT_PROFILE, else `default`.
[[nodiscard]] std::string selected_profile(const Environment& environment);

/// The path in that variable, else `otherwise`; `~/` at its start is HOME.
[[nodiscard]] std::string path_in(const Environment& environment, std::string_view variable,
                                  std::string_view otherwise);

struct SharedFilePaths {
  std::string config;
  std::string credentials;
};
/// AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE, else `~/.aws/config` and `~/.aws/credentials`; `~/` is HOME.
[[nodiscard]] SharedFilePaths shared_file_paths(const Environment& environment);

/// The text of a file; kNotFound where there is none.
using FileReader = std::function<Result<std::string>(const std::filesystem::path&)>;

/// Reads both files as they are now. A file that is not there is an empty one. Thread-safe, if `read` is.
/// Errors: parse_config_text's and those of `read`.
Result<aws::SharedConfig> read_shared_config(const Environment& environment, const FileReader& read);
/// By read_file.
Result<aws::SharedConfig> read_shared_config(const Environment& environment);

}  // namespace understudy::source
