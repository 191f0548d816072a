#pragma once

#include <optional>
#include <string>
#include <vector>

#include "understudy/base/environment.hpp"
#include "understudy/base/node.hpp"

namespace understudy::config {

/// What the command line says of the configuration; each as written there.
struct Flags {
  std::optional<std::string> role_arn{};    ///< `--role-arn`: the role `default` assumes it.
  std::optional<std::string> profile{};     ///< `--profile`: where the role `default` starts from.
  std::optional<std::string> region{};      ///< `--region`
  std::optional<std::string> imds{};        ///< `--imds ADDR:PORT`
  std::optional<std::string> containers{};  ///< `--containers ADDR:PORT`
  std::optional<std::string> sts{};         ///< `--listen ADDR:PORT` of `understudy sts`
  std::optional<std::string> admin{};       ///< `--admin ADDR:PORT`
  std::optional<std::string> log_level{};   ///< `--log-level`
  std::optional<std::string> user{};        ///< `--user`: process.user
  bool sts_alone = false;                   ///< `understudy sts`: the embedded STS, and no other listener.
};

/// Lays the environment and the flags over what the file says: flag > environment > file. Pure.
///
/// A variable is the value's path in upper case, its parts joined by `_`: `UNDERSTUDY_REGION`,
/// `UNDERSTUDY_LISTEN_IMDS`, `UNDERSTUDY_IMDS_TOKENS`, `UNDERSTUDY_ROLES_APP_ASSUME_ROLE_EXTERNAL_ID`, for single
/// values only. Roles are set this way where the configuration has them. `UNDERSTUDY_ROLE_ARN` and `UNDERSTUDY_PROFILE`
/// are those flags; `UNDERSTUDY_CONFIG` names the file and is not for this function; `UNDERSTUDY_SERVICE_*` and
/// `UNDERSTUDY_PORT*` are what Kubernetes sets for a service of our name, and are left alone.
///
/// A laid-over value has line 0 and its origin in its path, `region (UNDERSTUDY_REGION)`, so that a complaint about it
/// names it; an unknown key is the reader's complaint, as in the file. Setting `listen.*` where the file has no
/// `listen` moves that listener and leaves the others at their defaults, but for admin, which then opens only where it
/// is named (a second server must not collide there). With `sts_alone`, `sts.endpoint` is `embedded`
/// and `listen` holds `sts` alone: the flag's address, else the file's, else the default. Problems: a variable for a
/// value that is a map or a list, or for a role that there is not.
[[nodiscard]] Node apply_overrides(Node tree, const Environment& environment, const Flags& flags,
                                   std::vector<Problem>& problems);

}  // namespace understudy::config
