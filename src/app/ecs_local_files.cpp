#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string_view>

#include "understudy/app/ecs_local_config.hpp"
#include "understudy/base/files.hpp"
#include "understudy/docker/socket_engine.hpp"

namespace understudy::app {
namespace {

/// Of the images: nobody's number.
constexpr uid_t kNobody = 65532;

std::optional<struct stat> stat_of(const std::string& path) {
  struct stat status{};
  return !path.empty() && ::stat(path.c_str(), &status) == 0 ? std::optional(status) : std::nullopt;
}

FileUser owner_of_files(const Environment& environment) {
  const auto folder = std::string(environment.get("HOME").value_or("/")) + "/.aws";
  for (const auto& path : {std::string(environment.get("AWS_SHARED_CREDENTIALS_FILE").value_or("")),
                           std::string(environment.get("AWS_CONFIG_FILE").value_or("")), folder + "/credentials",
                           folder + "/config", folder}) {
    if (const auto status = stat_of(path)) {
      return {status->st_uid, status->st_gid, {}};
    }
  }
  return {kNobody, kNobody, {}};
}

/// What `find_socket` found.
using Socket = Result<std::filesystem::path>;

std::optional<FileUser> user_to_become(const Environment& environment, const Socket& socket) {
  if (::geteuid() != 0) {
    return std::nullopt;
  }
  auto user = owner_of_files(environment);
  if (user.user == 0) {
    return std::nullopt;
  }
  if (const auto status = socket ? stat_of(socket->string()) : std::nullopt) {
    user.socket_group = status->st_gid;
  }
  return user;
}

std::string text_behind(std::string_view variable, const Environment& environment, std::vector<std::string>& notes) {
  const auto path = environment.get(variable);
  if (!path) {
    return {};
  }
  auto text = read_file(std::string(*path));
  if (!text) {
    notes.push_back(fmt::format("{}: {}; nothing is laid over the metadata", variable, text.error().message));
    return {};
  }
  return *std::move(text);
}

}  // namespace

LocalFiles find_local_files(const Environment& environment) {
  LocalFiles files;
  files.task_metadata = text_behind("TASK_METADATA_PATH", environment, files.notes);
  files.container_metadata = text_behind("CONTAINER_METADATA_PATH", environment, files.notes);
  const auto socket = docker::find_socket(environment);
  if (!socket && socket.error().kind == Error::Kind::kInvalid) {
    files.has_engine = false;
    files.notes.push_back(fmt::format("no task metadata, and credentials alone: {}", socket.error().message));
  }
  files.user = user_to_become(environment, socket);
  return files;
}

}  // namespace understudy::app
