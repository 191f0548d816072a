#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "understudy/base/clock.hpp"
#include "understudy/base/handler.hpp"
#include "understudy/base/message.hpp"
#include "understudy/service/task_lookup.hpp"

namespace understudy::service {

/// What a container may ask of ECS's agent at `ECS_AGENT_URI`, which is `/api/<id>` (`<id>` as in TaskMetadata): a part
/// of the container endpoint, which looks after the guard. Facts of amazon-ecs-agent 1.105 (ecs-agent/tmds/handlers,
/// taskprotection/v1 and fault/v1) and of the ECS Developer Guide, "Amazon ECS task scale-in protection endpoint".
///
/// `GET` and `PUT /api/<id>/task-protection/v1/state`, the latter with
/// `{"ProtectionEnabled":true,"ExpiresInMinutes":60}` (1 to 2880, else 120): 200 with
/// `{"protection":{"ExpirationDate":"2026-11-20T23:37:24Z","ProtectionEnabled":true, "TaskArn":".."}}`, without
/// protection null and false. Nothing scales in here: it is kept until it, or the task, ends, and told. A task ends
/// when none runs any more of the containers that it had when somebody last asked, also where others of its name start.
/// Errors are
/// `{"error":{"Arn":"..","Code":"..","Message":".."}}`, in this order; the first two have no `Arn`:
///
/// | case | status | code |
/// |---|---|---|
/// | PUT with no JSON of that form | 400 | InvalidParameterException |
/// | nobody has the id | 404 | ResourceNotFoundException |
/// | PUT without ProtectionEnabled | 400 | InvalidParameterException |
/// | PUT of true with ExpiresInMinutes out of range (ECS refuses it; the message is ours) | 400 | same |
///
/// The agent itself looks at no minutes, and ECS's API Reference gives them a range for `true` alone.
///
/// `POST /api/<id>/fault/v1/<network-blackhole-port|network-latency|network-packet-loss>/<start|stop|status>` answers
/// as for a task that did not enable fault injection: 400 `{"Error":"enableFaultInjection is not enabled for task:
/// <arn>"}`, or 404 where nobody has the id. Another method on these paths: an empty 405.
///
/// Who asks for `self` and is not known yet waits for the next news of containers first.
///
/// Thread-safe.
class AgentApi {
 public:
  /// REQUIRES: both outlive this.
  AgentApi(TaskLookup& tasks, const Clock& clock)
      : tasks_(tasks), clock_(clock), protections_(std::make_shared<Protections>()) {}

  /// What is protected in `before` is so here, and what either is asked for from now on holds for both. REQUIRES: this
  /// is not asked yet.
  void continue_from(const AgentApi& before) { protections_ = before.protections_; }

  /// `path` is the target's normalise_path. nullopt where the API has no such path.
  [[nodiscard]] std::optional<Answer> answer(const Request& request, std::string_view path, Patience patience);

 private:
  /// A container's id, and when it was started: one that was started again is another.
  using Run = std::pair<std::string, std::optional<WallTime>>;
  using Runs = std::set<Run>;
  struct Protection {
    WallTime until;
    Runs runs;  ///< Of the task: those that were there when somebody asked, and run still.
  };
  struct Protections {
    std::mutex mutex;
    /// By the task's ARN. Who asks for one takes out what has ended and what belongs to tasks that are gone, so there
    /// are no more than tasks.
    std::map<std::string, Protection> by_task;
  };
  /// A task, and the book that it is of.
  struct Found {
    std::shared_ptr<const metadata::TaskBook> book;
    const metadata::Task& task;
  };

  [[nodiscard]] Response protection(const Request& request, std::string_view id);
  [[nodiscard]] Response update_protection(const Request& request, std::string_view id);
  /// Without a duration it ends.
  [[nodiscard]] Response protect(const Found& found, std::optional<std::chrono::minutes> duration);
  [[nodiscard]] Response tell_protection(const Found& found);
  /// REQUIRES: the lock is held.
  void forget_ended();
  static Runs runs_of(const metadata::Task& task);
  [[nodiscard]] Response fault(const Request& request, std::string_view id);
  /// The task with a container of that id; nullopt where nobody has it.
  [[nodiscard]] std::optional<Found> find(const Request& request, std::string_view id);

  TaskLookup& tasks_;
  const Clock& clock_;
  std::shared_ptr<Protections> protections_;
};

}  // namespace understudy::service
