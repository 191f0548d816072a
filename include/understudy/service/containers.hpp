#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "understudy/base/clock.hpp"
#include "understudy/base/handler.hpp"
#include "understudy/base/log.hpp"
#include "understudy/service/agent_api.hpp"
#include "understudy/service/caller_roles.hpp"
#include "understudy/service/compat_roles.hpp"
#include "understudy/service/container_credential.hpp"
#include "understudy/service/guard.hpp"
#include "understudy/service/refusal_log.hpp"
#include "understudy/service/task_metadata.hpp"
#include "understudy/source/role.hpp"

namespace understudy::service {

/// What a container endpoint has beside credentials by id; each is absent where the configuration does not ask for it.
struct ContainerExtras {
  std::optional<CompatRoles> compat{};
  TaskMetadata* tasks = nullptr;
  AgentApi* agent = nullptr;
  const CallerRoles* callers = nullptr;
};

/// The ECS container credential endpoint, with ECS's bodies and errors (amazon-ecs-agent 1.105).
///
/// `/v2/credentials/<id>`, `/v1/credentials?id=<id>` and the paths of the entries, each with or without a slash at its
/// end; any method, as the agent does. 200: the role's document. Errors are
/// `{"code":"..","message":"..","HTTPErrorCode":400}`:
///
/// | case | status | code |
/// |---|---|---|
/// | the guard refuses | 403 | Forbidden |
/// | no id | 400 | NoIdInRequest |
/// | an id that is not there | 400 | InvalidIdInRequest |
/// | Authorization missing, wrong or twice, where the entry has a token | 401 | AuthorizationFailed |
/// | nothing yet, and the caller can not wait; ended; failing | 503 | CredentialsUninitialized, with the reason |
/// | the same, and a person has to act | 503 | the error's own: MfaRequired, SsoLoginRequired, LoginRequired |
/// | STS refused | 403 | STS's code and message |
///
/// Any other path: 404, plain text. Clients retry 5xx and give up at 4xx.
///
/// With `tasks` also the paths of TaskMetadata, with `agent` those of AgentApi. With `compat` also the paths of
/// CompatRoles, whose errors are 400 and 403 with their code, 503 `TooManyRoles` and 429 `TooManyNewRoles`, and
/// CredentialsUninitialized as above while it is not known which role is meant. A role that entries serve with tokens
/// alone is served there, too, to who has one of those.
///
/// With `callers` also its path, where who names nothing gets its own role: that of the entry whose token it sends as
/// Authorization, and 401 where it sends another; without one, the role of CallerRoles, whose errors are 403 and 503
/// with their codes, and 403 Forbidden with X-Forwarded-For, for the address is a proxy's. A caller whom nobody knows
/// waits for the next news of containers first.
class Containers final : public Handler {
 public:
  /// REQUIRES: no id and no path twice; what `extras.compat` knows as open and guarded are the open_roles and
  /// guarded_roles; the roles, what `extras` points to, `clock` and `log` outlive this.
  Containers(std::vector<ContainerCredential> credentials, GuardRules rules, const Clock& clock, Log& log,
             ContainerExtras extras = {});

  [[nodiscard]] Answer answer(const Request& request, Patience patience) override;
  [[nodiscard]] const RefusalLog& refusals() const { return refusals_; }
  /// For who refuses requests before they come here.
  [[nodiscard]] RefusalLog& refusals() { return refusals_; }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  using Index = std::unordered_map<std::string, std::size_t, Hash, std::equal_to<>>;

  [[nodiscard]] Answer serve_id(const Request& request, std::string_view prefix, std::string_view id,
                                Patience patience);
  [[nodiscard]] Answer serve(const Request& request, std::string_view prefix, const ContainerCredential& credential,
                             Patience patience);
  [[nodiscard]] Answer serve_caller(const Request& request, Patience patience);
  /// A role that was found without an entry. Where entries serve it with tokens alone, it takes one of those.
  [[nodiscard]] Answer serve_found(const Request& request, const Result<std::shared_ptr<source::Role>>& role,
                                   Patience patience);
  /// By a path of CompatRoles.
  [[nodiscard]] Answer serve_named(const Request& request, CompatFound found, Patience patience);
  [[nodiscard]] Answer serve_role(std::string_view prefix, const std::shared_ptr<source::Role>& role,
                                  Patience patience) const;
  /// The entry whose token it takes and `request` does not have; nullptr where it may have the role.
  [[nodiscard]] const ContainerCredential* guard_of(const source::Role& role, const Request& request) const;
  /// Until the caller is known, and the role that it then gets is cold no more.
  [[nodiscard]] std::shared_ptr<Deferred> until_known(const std::string& address) const;
  [[nodiscard]] Response refuse_forwarded(const Request& request);
  /// Of who asks for its own role.
  [[nodiscard]] Response refuse_token(const Request& request);
  [[nodiscard]] Response refuse_authorization(const Request& request, std::string_view id);

  std::vector<ContainerCredential> credentials_;
  ContainerExtras extras_;
  Index by_id_;
  Index by_path_;
  const Clock& clock_;
  Log& log_;
  RefusalLog refusals_;
  Guard guard_;
};

}  // namespace understudy::service
