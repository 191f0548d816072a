#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "understudy/base/clock.hpp"
#include "understudy/base/handler.hpp"
#include "understudy/service/admin.hpp"
#include "understudy/service/caller_roles.hpp"
#include "understudy/source/role.hpp"

namespace understudy::service {

/// What orchestrators ask of a server, as plain text:
///
///     GET /healthz    200 `ok`: the process answers
///     GET /readyz     200 `ready`: every role that is to be played has credentials; else 503 and a line for each that
///                     has none: `role app has no credentials: MfaRequired: this role needs a code ..`; and one while
///                     containers can not get their own: `callers can not be told apart: ..`
///
/// Neither asks for a token: who probes is a kubelet, a Docker daemon or a load balancer, which has none and should get
/// none, and the answers hold nothing that a token protects: the configuration's names of roles, and words that the
/// endpoints themselves answer with. No secret is among them.
///
/// Thread-safe; no answer waits for anything.
class Probes {
 public:
  /// `played` are the keys of the roles that are to have credentials, `callers` who is to be told apart; nullptr:
  /// nobody. REQUIRES: the others outlive this.
  Probes(source::Roles& roles, std::vector<std::string> played, const Clock& clock,
         const CallerRoles* callers = nullptr)
      : roles_(roles), played_(std::move(played)), clock_(clock), callers_(callers) {}

  [[nodiscard]] Response alive() const;
  [[nodiscard]] Response ready() const;

  /// Both, open, for the admin listener. REQUIRES: this outlives them.
  [[nodiscard]] std::vector<AdminRoute> routes() const;

 private:
  source::Roles& roles_;
  std::vector<std::string> played_;
  const Clock& clock_;
  const CallerRoles* callers_;
};

/// Another endpoint that answers probes, too, where it has nothing of its own at their paths: what it answers by 404
/// alone is looked at, so that its guard and its configured paths go first and its clients wait for nothing.
class Probed final : public Handler {
 public:
  /// REQUIRES: both outlive this.
  Probed(Handler& endpoint, const Probes& probes) : endpoint_(endpoint), probes_(probes) {}

  [[nodiscard]] Answer answer(const Request& request, Patience patience) override;

 private:
  Handler& endpoint_;
  const Probes& probes_;
};

}  // namespace understudy::service
