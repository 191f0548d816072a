#include "understudy/source/shared_files.hpp"

#include "understudy/base/files.hpp"

namespace understudy::source {
namespace {

Result<std::string> read_or_empty(const FileReader& read, const std::string& path) {
  auto text = read(path);
  return !text && text.error().kind == Error::Kind::kNotFound ? Result<std::string>(std::string()) : text;
}

}  // namespace

std::string selected_profile(const Environment& environment) {
  return std::string(
      environment.get("AWS_PROFILE").value_or(environment.get("AWS_DEFAULT_PROFILE").value_or("default")));
}

std::string path_in(const Environment& environment, std::string_view variable, std::string_view otherwise) {
  std::string path(environment.get(variable).value_or(otherwise));
  const auto home = environment.get("HOME");
  if (home && path.starts_with("~/")) {
    path.replace(0, 1, *home);
  }
  return path;
}

SharedFilePaths shared_file_paths(const Environment& environment) {
  return {path_in(environment, "AWS_CONFIG_FILE", "~/.aws/config"),
          path_in(environment, "AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials")};
}

Result<aws::SharedConfig> read_shared_config(const Environment& environment, const FileReader& read) {
  const auto paths = shared_file_paths(environment);
  const auto config = read_or_empty(read, paths.config);
  if (!config) {
    return config.error();
  }
  const auto credentials = read_or_empty(read, paths.credentials);
  if (!credentials) {
    return credentials.error();
  }
  return aws::SharedConfig::parse({*config, paths.config}, {*credentials, paths.credentials});
}

Result<aws::SharedConfig> read_shared_config(const Environment& environment) {
  return read_shared_config(environment, [](const std::filesystem::path& path) { return read_file(path); });
}

}  // namespace understudy::source
