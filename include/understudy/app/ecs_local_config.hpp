#pragma once

#include <nlohmann/json.hpp>
#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "understudy/base/environment.hpp"
#include "understudy/base/node.hpp"

/// amazon-ecs-local-container-endpoints (ELCE) as a configuration of ours. Its environment is all that it reads: docs/
/// configuration.md and docs/features.md of awslabs/amazon-ecs-local-container-endpoints, and what its main.go,
/// local-container-endpoints/config/config.go and handlers/{credentials_handler,metadata_handler,metadata}.go make of
/// it.
namespace understudy::app {

/// Who has the files that a server started as root reads, and so whom it may become.
struct FileUser {
  uid_t user = 0;
  gid_t group = 0;
  std::optional<gid_t> socket_group{};  ///< Of the container engine's socket; absent: none is there.
  bool operator==(const FileUser&) const = default;
};

/// What ELCE reads beside its environment.
struct LocalFiles {
  std::string task_metadata{};       ///< The text behind TASK_METADATA_PATH; empty: none.
  std::string container_metadata{};  ///< The same of CONTAINER_METADATA_PATH.
  std::vector<std::string> notes{};  ///< Why one of them could not be read, or the engine can not be asked.
  bool has_engine = true;            ///< False: DOCKER_HOST names none of this machine, which ELCE would ask.
  std::optional<FileUser> user{};    ///< Absent: it stays who it is.
};

struct LocalConfig {
  nlohmann::json config;           ///< What a file for `understudy serve` would say, as JSON, which is YAML.
  std::vector<std::string> notes;  ///< What can not be honoured, a line each.

  /// For load_translated; values that a variable gave have its name in their path.
  [[nodiscard]] Node tree() const;
};

/// | ELCE | here |
/// |---|---|
/// | ECS_LOCAL_METADATA_PORT, 80 | `listen.containers`, every IPv4 interface |
/// | the SDK's chain | the role `base`, a `default_chain` |
/// | `/creds` | the role `creds`: GetSessionToken for an hour, or the base's session as it is |
/// | `/role/<name>`, `/role-arn/<ARN>` | `containers.compat`, sessions called `ecs-local-<name>` |
/// | STS_ENDPOINT | `sts.endpoint` |
/// | the Docker socket | `containers.docker`, but for a DOCKER_HOST that is none, of which a note tells |
/// | CLUSTER_ARN, CONTAINER_INSTANCE_TAGS | `containers.ecs` |
/// | TASK_ARN, TASK_DEFINITION_FAMILY, TASK_DEFINITION_REVISION, TASK_TAGS_VAR | `containers.tasks."*"` |
/// | TASK_METADATA_PATH, CONTAINER_METADATA_PATH | `containers.ecs.task_overlay` and `container_overlay` |
///
/// IAM_ENDPOINT and SHARED_TOKEN_EXPIRATION are told in a note; so are tags and files that it would not understand
/// either. Pure.
[[nodiscard]] LocalConfig translate_ecs_local(const Environment& environment, const LocalFiles& files);

/// Reads the files, and looks who has those of the AWS tools (AWS_SHARED_CREDENTIALS_FILE, AWS_CONFIG_FILE, those in
/// `$HOME/.aws`, the folder itself: the first that is there). A process that is not root, or whose files are root's,
/// stays who it is; one for which no file is there becomes 65532.
[[nodiscard]] LocalFiles find_local_files(const Environment& environment);

}  // namespace understudy::app
