#include <fmt/format.h>
#include <unistd.h>

#include <system_error>
#include <vector>

#include "understudy/docker/socket_engine.hpp"

namespace understudy::docker {
namespace {

constexpr std::string_view kScheme = "unix://";

Result<std::filesystem::path> socket_in(std::string_view docker_host) {
  if (!docker_host.starts_with(kScheme) || !docker_host.substr(kScheme.size()).starts_with('/')) {
    return Error{Error::Kind::kInvalid, "BadDockerHost",
                 "DOCKER_HOST does not name a Unix socket: containers can only be told apart by the engine of this "
                 "machine; write unix:///path/of/docker.sock, or unset it"};
  }
  return std::filesystem::path(docker_host.substr(kScheme.size()));
}

std::vector<std::filesystem::path> usual_sockets(const Environment& environment, const SystemSockets& system) {
  std::vector<std::filesystem::path> paths{system.docker};
  if (const auto runtime = environment.get("XDG_RUNTIME_DIR")) {
    paths.push_back(std::filesystem::path(*runtime) / "docker.sock");
    paths.push_back(std::filesystem::path(*runtime) / "podman" / "podman.sock");
  }
  paths.push_back(system.podman);
  return paths;
}

bool is_there(const std::filesystem::path& path) {
  std::error_code ignored;
  return std::filesystem::is_socket(path, ignored);
}

}  // namespace

Result<std::filesystem::path> find_socket(const Environment& environment, const SystemSockets& system) {
  if (const auto docker_host = environment.get("DOCKER_HOST")) {
    return socket_in(*docker_host);
  }
  std::optional<std::filesystem::path> closed;
  std::string looked;
  for (const auto& path : usual_sockets(environment, system)) {
    looked += fmt::format("{}{}", looked.empty() ? "" : ", ", path.string());
    if (is_there(path) && ::access(path.c_str(), R_OK | W_OK) == 0) {
      return path;
    }
    if (!closed && is_there(path)) {
      closed = path;
    }
  }
  if (closed) {
    return *closed;
  }
  return Error{
      Error::Kind::kNotFound, "NoSocket",
      fmt::format("there is no socket of a container engine (looked for {}): start Docker or Podman, mount the "
                  "socket where this runs in a container, or name it in DOCKER_HOST=unix:///path",
                  looked)};
}

}  // namespace understudy::docker
