#pragma once

#include <functional>
#include <string>

#include "understudy/base/clock.hpp"
#include "understudy/base/handler.hpp"
#include "understudy/base/log.hpp"

namespace understudy::service {

/// The audit log of ECS's agent in front of the container endpoint (amazon-ecs-agent 1.105, agent/logger/audit): a line
/// at level info for each request for credentials that was answered, whatever with, and for each request that a
/// RateLimited behind this refused, whatever it asked for (ecs-agent/tmds/server.go). Its members, with spaces between:
///
///     audit: 2026-11-20T23:37:24Z 200 172.18.0.2:4711 "/v2/credentials" "aws-cli/2.15" arn:aws:ecs:..:task/dev/0f1e..
///            GetCredentials 2 dev -
///
/// Time, status, caller, path without the id, User-Agent, task, event, version of the format, cluster, and the
/// container instance, which we have none of. `-` stands for what is empty. The task is that of the container that has
/// the caller's address; where credentials were refused it is `-`, and the event GetCredentialsInvalidRoleType, as in
/// the agent; of what the limit refused `-` is both, and the path `/` where normalise_path has none. Text of the client
/// is escaped. Thread-safe.
class Audited final : public Handler {
 public:
  struct Surroundings {
    std::string cluster;
    /// The ARN of the task whose container has that address; empty: none is known.
    std::function<std::string(const std::string& address)> task_of;
    const Clock& clock;
    Log& log;
  };

  /// REQUIRES: `inner` and what `surroundings` refers to outlive this.
  Audited(Handler& inner, Surroundings surroundings) : inner_(inner), surroundings_(std::move(surroundings)) {}

  [[nodiscard]] Answer answer(const Request& request, Patience patience) override;

 private:
  Handler& inner_;
  Surroundings surroundings_;
};

}  // namespace understudy::service
