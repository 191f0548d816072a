#pragma once

#include <optional>
#include <string>
#include <vector>

#include "understudy/base/listen_address.hpp"
#include "understudy/base/log.hpp"
#include "understudy/base/node.hpp"
#include "understudy/config/link_local_settings.hpp"
#include "understudy/config/process_settings.hpp"
#include "understudy/service/admin_settings.hpp"
#include "understudy/service/containers_settings.hpp"
#include "understudy/service/events_settings.hpp"
#include "understudy/service/identity_settings.hpp"
#include "understudy/service/imds_settings.hpp"
#include "understudy/service/pod_identity_settings.hpp"
#include "understudy/service/sts_settings.hpp"
#include "understudy/source/role_registry.hpp"

namespace understudy::config {

/// Which listeners open, and where.
struct Listeners {
  std::optional<ListenAddress> imds;
  std::optional<ListenAddress> containers;
  std::optional<ListenAddress> pod_identity;
  std::optional<ListenAddress> sts;
  std::optional<ListenAddress> admin;

  bool operator==(const Listeners&) const = default;
};

/// Everything that the configuration says, checked as a whole. A plain value.
struct Config {
  std::string region;  ///< Empty: the profile's, else AWS's default for the purpose.
  LogLevel log_level = LogLevel::kInfo;
  std::vector<std::string> hosts;  ///< Names that clients may call us by, beside those always answered.
  Listeners listen;
  service::StsSettings sts;
  service::ImdsSettings imds;
  service::IdentitySettings identity;
  service::ContainersSettings containers;
  std::optional<service::PodIdentitySettings> pod_identity;  ///< Absent: Pod Identity is not served.
  service::AdminSettings admin;
  ProcessSettings process;
  LinkLocalSettings link_local;
  bool strict = false;  ///< A file whose mode lets others in is refused where it would be warned about.
  bool watch = true;    ///< A server reads the configuration anew when its file changes.
  std::vector<service::Cue> events;
  std::string events_fingerprint;       ///< fingerprint_of what `events` says; empty where it is not there.
  std::vector<source::RolePlan> roles;  ///< In the file's order; each has its blueprint and, where named, its base.
};

/// Reads the tree of:
///
///     region: us-east-1
///     config: {strict: true}                            # false: loose modes of the file are warned about
///     log_level: info                                   # debug, info, warning, error
///     hosts: [understudy.internal]
///     listen: {imds: 127.0.0.1:1338, containers: 127.0.0.1:1339, sts: 127.0.0.1:1341, admin: 127.0.0.1:1340}
///     sts: {endpoint: embedded}                         # service/sts_settings.hpp
///     roles:
///       base: {static: {access_key_id: .., secret_access_key: ..}}
///       app: {assume_role: arn:aws:iam::111122223333:role/app, source: base, duration: 1h}
///     imds: {role: app, tokens: required}               # service/imds_settings.hpp
///     identity: {keys: /var/lib/understudy/identity}    # service/identity_settings.hpp
///     containers: {credentials: {app: {role: app}}}     # service/containers_settings.hpp
///     pod_identity: {associations: [..]}                # service/pod_identity_settings.hpp
///     admin: {token_file: /run/understudy/admin.token}  # service/admin_settings.hpp
///     process: {user: understudy}                       # config/process_settings.hpp
///     link_local: {interfaces: [wg0]}                   # config/link_local_settings.hpp
///     watch: false                                      # true: a server follows the file's changes
///     events: [{after: 30s, spot_interruption: true}]   # service/events_settings.hpp
///
/// Each section is read by the room that it is for; here they are checked against each other: roles that are named but
/// not there, bases that are missing, superfluous or go in a circle, permanent keys that an endpoint would have to
/// serve, listeners at one address or with nothing that could be behind them.
/// Without `listen`, IMDS, containers, admin and an embedded STS open on 127.0.0.1 at 1338 to 1341; with it, what it
/// names. Everything that is wrong goes to `problems` (then the result is not to be used), what is only odd to
/// `warnings`. Pure.
[[nodiscard]] Config read_config(const Node& tree, std::vector<Problem>& problems, std::vector<Problem>& warnings);

}  // namespace understudy::config
