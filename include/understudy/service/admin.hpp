#pragma once

#include <nlohmann/json.hpp>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "understudy/base/clock.hpp"
#include "understudy/base/handler.hpp"
#include "understudy/base/log.hpp"
#include "understudy/base/secret.hpp"
#include "understudy/service/guard.hpp"
#include "understudy/service/refusal_log.hpp"

namespace understudy::service {

/// One thing that the operator can ask or do. `answer` gets the request's body, an object (`{}` where there is none);
/// it is called from many threads at once and does no input or output.
struct AdminRoute {
  std::string_view method;  ///< `GET`, `POST`
  std::string_view path;    ///< `v1/status`: as normalise_path gives it.
  std::function<Response(const nlohmann::json& body)> answer;
  bool is_open = false;  ///< Answered without the token: probes.
};

/// The operator's endpoint: JSON over HTTP for `understudy mfa`, `understudy status` and scripts.
///
/// Every request passes, in this order: the guard (403), the route (404, 405 with Allow), `Authorization: Bearer` and
/// the token (401), the body (400: no JSON object, or nested deeper than kMostJsonLevels). Errors are `{"code",
/// "message"}`.
class Admin final : public Handler {
 public:
  /// REQUIRES: `clock` and `log` outlive this, and so does what the routes refer to.
  Admin(const Secret& token, std::vector<AdminRoute> routes, GuardRules rules, const Clock& clock, Log& log);

  [[nodiscard]] Answer answer(const Request& request, Patience patience) override;
  [[nodiscard]] const RefusalLog& refusals() const { return refusals_; }

 private:
  [[nodiscard]] Response answer_route(const AdminRoute& route, const Request& request);
  [[nodiscard]] bool is_authorized(const Request& request);

  const std::string authorization_;
  const std::vector<AdminRoute> routes_;
  RefusalLog refusals_;
  Guard guard_;
};

/// `application/json` with a newline at the end, for people who read it by curl.
[[nodiscard]] Response admin_json(int status, const nlohmann::ordered_json& body);
/// `{"code": .., "message": ..}`
[[nodiscard]] Response admin_error(int status, std::string_view code, std::string_view message);

}  // namespace understudy::service
