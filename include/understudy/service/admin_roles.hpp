#pragma once

#include <vector>

#include "understudy/service/admin.hpp"
#include "understudy/service/config_record.hpp"
#include "understudy/source/mfa_desk.hpp"
#include "understudy/source/role.hpp"

namespace understudy::service {

/// What the operator asks of the roles:
///
///     GET  /v1/status   {"version", "started", "configuration": {"read", "refused": {"at", "messages"}}, "roles":
///     [{"role", "arn", "state", "access_key_id", "expires", "code",
///                       "message"}], "mfa": [{"role", "device", "waiting"}]}; the key id is masked, what is empty is
///                       left out; `read` is when what is served was, `refused` what was read last in vain; `state` is
///                       good, cold, refused, absent, or permanent: keys without a session token, for others to start
///                       from
///     POST /v1/mfa      {"role": "app", "code": "123456"}: 202; 400 BadMfaCode, 404 NoSuchRole or NoMfaDevice, 409
///                       MfaCodeSpent. The roles that wait are tried again at once.
///     POST /v1/refresh  {"role": "app"}: 202, new credentials are fetched whatever is held; 404 NoSuchRole
///     POST /v1/retry    202: the roles that wait for a person are tried again
///
/// REQUIRES: what is referred to outlives the routes.
[[nodiscard]] std::vector<AdminRoute> role_routes(source::Roles& roles, source::MfaDesk& mfa,
                                                  const ConfigRecord& record, WallTime started, const Clock& clock);

}  // namespace understudy::service
