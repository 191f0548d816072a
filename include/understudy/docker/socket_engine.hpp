#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>

#include "understudy/base/environment.hpp"
#include "understudy/base/http_client.hpp"
#include "understudy/docker/engine.hpp"
#include "understudy/http/unix_client.hpp"

namespace understudy::docker {

/// Where the engines of the whole machine listen: Docker's, and root's Podman.
struct SystemSockets {
  std::filesystem::path docker = "/var/run/docker.sock";
  std::filesystem::path podman = "/run/podman/podman.sock";
};

/// The engine's socket: that of `DOCKER_HOST=unix:///path`, else the first of the machine's Docker,
/// `$XDG_RUNTIME_DIR/docker.sock`, `$XDG_RUNTIME_DIR/podman/podman.sock` and the machine's Podman that this process may
/// open, else the first that is there.
/// kInvalid (code `BadDockerHost`) for another DOCKER_HOST, such as tcp://; kNotFound (`NoSocket`) where none is there.
/// The messages say what to do.
Result<std::filesystem::path> find_socket(const Environment& environment, const SystemSockets& system = {});

struct SocketEngineSettings {
  std::filesystem::path socket;
  /// Of every question but statistics. A short total, because questions wait for one another.
  CallLimits call{std::chrono::milliseconds(1000), std::chrono::milliseconds(2000), std::size_t{4} * 1024 * 1024};
  CallLimits stats{std::chrono::milliseconds(1000), std::chrono::milliseconds(5000), std::size_t{1} * 1024 * 1024};
  http::StreamLimits stream{std::chrono::milliseconds(2000), std::size_t{256} * 1024};
};

/// The Docker Engine API over its Unix socket (https://docs.docker.com/reference/api/engine/): GET only; `/version`,
/// `/containers/json`, `/containers/{id}/json`, `/containers/{id}/stats?stream=false`, `/images/{id}/json`, `/events`.
///
/// The API's version is the engine's own or 1.47, whichever is older, asked for with the first question and each time
/// events are followed; an engine that has no version for us is asked without one.
///
/// Errors beside Engine's: those of http::UnixClient, in whose messages stands what a person can do about a socket that
/// is not there or not ours to open; kUnavailable with `BadAnswer` for one that makes no sense, and with `Http500` for
/// that status.
class SocketEngine final : public Engine {
 public:
  explicit SocketEngine(SocketEngineSettings settings);

  Result<std::vector<std::string>> list() override;
  Result<metadata::Container> inspect(std::string_view id) override;
  Result<Labels> image_labels(std::string_view id) override;
  Result<std::string> stats(std::string_view id) override;
  Result<void> follow(WallTime since, const EventReader& reader) override;
  void stop_all() override { client_.stop_all(); }

 private:
  /// The body of the 200 to `GET path`.
  Result<std::string> get(std::string_view path, const CallLimits& limits);
  /// `/v1.41`, or nothing.
  Result<std::string> version_prefix();
  Result<std::string> negotiate();
  [[nodiscard]] Error explained(Error error) const;

  SocketEngineSettings settings_;
  http::UnixClient client_;
  std::mutex mutex_;
  std::optional<std::string> prefix_;
};

}  // namespace understudy::docker
