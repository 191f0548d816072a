#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "understudy/base/node.hpp"
#include "understudy/metadata/task.hpp"
#include "understudy/service/callers_settings.hpp"
#include "understudy/service/tls_settings.hpp"

namespace understudy::service {

/// One entry of `containers.credentials`.
struct ContainerCredentialSettings {
  std::string id;                         ///< `app` in `/v2/credentials/app`; may hold slashes.
  std::string role;                       ///< A role's key.
  std::optional<std::string> token_file;  ///< Where the Authorization token is; absent: none is asked for.
  mode_t mode = 0600;                     ///< Of a token file that has to be made.
  std::optional<std::string> path;        ///< A further path of its own, for FULL_URI: `/creds`.

  bool operator==(const ContainerCredentialSettings&) const = default;
};

/// What `containers.compat` says: roles by the paths of amazon-ecs-local-container-endpoints and aws-vault.
struct CompatSettings {
  std::string source;  ///< The role from which any other is played on demand; empty: the configuration's roles alone.
  std::string session_prefix = "understudy-";  ///< Before the role's name, in the session names of those.

  bool operator==(const CompatSettings&) const = default;
};

/// What `containers.docker` says: that the machine's container engine is asked which containers run.
struct ContainerEngineSettings {
  std::string socket;  ///< Empty: where engines usually have it.

  bool operator==(const ContainerEngineSettings&) const = default;
};

/// What `containers.rate_limit` says: how often one caller may ask for one path. The defaults are the agent's.
struct RateLimitSettings {
  std::uint32_t per_second = 40;
  std::uint32_t burst = 60;  ///< So many at once after a rest.

  bool operator==(const RateLimitSettings&) const = default;
};

/// What the configuration says of the container credential endpoints.
struct ContainersSettings {
  /// In the file's order; no id and no path twice, and with `callers` no token file for two roles.
  std::vector<ContainerCredentialSettings> credentials;
  std::optional<CompatSettings> compat{};           ///< Absent: those paths are not there.
  std::optional<ContainerEngineSettings> docker{};  ///< Absent: no engine is asked.
  std::optional<CallersSettings> callers{};         ///< Absent: every caller has to name what it wants.
  metadata::TaskSettings tasks{};
  std::optional<RateLimitSettings> rate_limit{};  ///< Absent: nobody is held back.
  bool audit_log = false;                         ///< Whether each request for credentials is logged as the agent does.
  std::optional<TlsSettings> tls{};               ///< Absent: listen.containers speaks plain HTTP.

  /// Whether it matters which containers run.
  [[nodiscard]] bool has_containers() const { return has_tasks() || callers; }
  /// Whether there is task metadata: with an engine, or with containers that stand in the configuration.
  [[nodiscard]] bool has_tasks() const { return docker || !tasks.tasks.empty(); }
  bool operator==(const ContainersSettings&) const = default;
};

/// Reads the map behind `containers`:
///
///     containers:
///       credentials:
///         app:   {role: app}
///         audit: {role: audit, token_file: /run/understudy/audit.token, mode: "0640", path: /audit}
///       compat: {source: base}          # or true
///       docker: true                    # or the path of a socket
///       callers: {labels: true}         # service/callers_settings.hpp
///       rate_limit: {per_second: 40, burst: 60}
///       audit_log: true
///       tls: {ca: /var/lib/understudy/ca}  # service/tls_settings.hpp
///       ecs: ..                         # and tasks: metadata/task_settings.hpp
///
/// Whether the roles exist is for the caller to check.
[[nodiscard]] ContainersSettings read_containers_settings(const Node& node, std::vector<Problem>& problems);

/// What is served where nothing is configured: `role` at `/v2/credentials/<role>` and `/creds`.
[[nodiscard]] ContainersSettings default_containers_settings(const std::string& role);

}  // namespace understudy::service
