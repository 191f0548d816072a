#pragma once

#include <functional>
#include <string>
#include <vector>

#include "understudy/base/clock.hpp"
#include "understudy/base/metrics.hpp"
#include "understudy/http/traffic.hpp"
#include "understudy/service/admin.hpp"
#include "understudy/service/config_record.hpp"
#include "understudy/service/refusal_log.hpp"
#include "understudy/source/role_registry.hpp"
#include "understudy/source/sts_client.hpp"

namespace understudy::app {

/// What a running server counts. The parts count for themselves; this only reads them. Everything that is referred to
/// outlives it, and the functions can be called from any thread.
struct Measured {
  source::RoleRegistry& fetched;    ///< The roles as they are.
  source::Roles& shown;             ///< As endpoints show them.
  std::vector<std::string> served;  ///< The keys of those that are to have credentials.
  const source::StsClient& sts;
  std::function<std::vector<http::Traffic>()> traffic;
  std::function<std::vector<const service::RefusalLog*>()> refusals;
  const service::ConfigRecord& record;
  WallTime started{};  ///< The process.
  const Clock& clock;
};

/// Every metric of the program; docs/metrics.md is their list. Labels hold the configuration's names and words of ours,
/// never what a client sends, so that there are no more series than the configuration makes.
[[nodiscard]] Metrics metrics_of(const Measured& measured);

/// What the operator reads of that, for the admin listener, with its token: the names of roles and what is done with
/// them are nobody else's business. Prometheus sends it by `authorization: {credentials_file: ..}`.
///
///     GET /metrics       metrics_of's text
///     GET /v1/figures    {"requests": 12, "failed_requests": 0, "refused_requests": 1, "open_connections": 2,
///                        "refreshes": 3, "failed_refreshes": 0, "sts_calls": 3, "failed_sts_calls": 0}: since the
///                        start, all endpoints and roles together; failed requests are those answered by 5xx
[[nodiscard]] std::vector<service::AdminRoute> metrics_routes(const Measured& measured);

}  // namespace understudy::app
