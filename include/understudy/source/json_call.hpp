#pragma once

#include <nlohmann/json.hpp>

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "understudy/base/clock.hpp"
#include "understudy/base/http_client.hpp"
#include "understudy/source/kind.hpp"

/// Calls of AWS's services that speak JSON and not STS's query protocol: IAM Identity Center, sign-in, Roles Anywhere.
namespace understudy::source {

struct JsonAnswer {
  int status = 0;
  nlohmann::json body;  ///< `{}` where the answer is no JSON object, which a 2xx never is.
  std::string
      code;  ///< Of an answer other than 2xx: `X-Amzn-ErrorType`, `__type`, `code` or `error`, bare; may be empty.
  std::string message;  ///< Likewise `message`, `Message` or `error_description`; cut at 300 characters.

  std::optional<std::chrono::milliseconds> skew{};  ///< As skew_of has it.
  WallTime received{};  ///< As received_at has it: what credentials in the answer were `obtained` at.

  /// The member's text; empty where there is none, or it is no text.
  [[nodiscard]] std::string text(std::string_view key) const;
};

/// Makes a request; called for each attempt, because signatures and proofs hold the time.
using RequestMaker = std::function<Request()>;

/// Sends to `origin` what `make` gives, with `Host` and `User-Agent` added, and tries transient failures again as
/// `surroundings.retry` says. Blocks. Thread-safe. An answer of another status is an answer, for the caller to judge.
/// Errors, after the last attempt: those of HttpClient; kThrottled for 429 and kUnavailable for 5xx (code of the
/// answer, or `Http503`); kUnavailable `BadAnswer` for a 2xx that is no JSON object. Messages name `what` and no
/// secret.
Result<JsonAnswer> call_json(const Surroundings& surroundings, std::string_view what, const Url& origin,
                             const RequestMaker& make);

/// `POST target` with `body` as application/json.
[[nodiscard]] Request json_post(std::string target, const nlohmann::json& body);

/// Where a service is: where configured_endpoint says, with the profile that is played, else `https://{host}`.
/// `service` as in AWS_ENDPOINT_URL_<service>. Errors: configured_endpoint's and parse_url's.
Result<Url> service_url(const Surroundings& surroundings, std::string_view service, std::string_view host);

/// For the services that a profile starts from: lets service_url and call_json go by what it says.
void go_by_profile(Surroundings& surroundings, const aws::ProfileStsSettings& profile);

/// A call's target at an endpoint that may have a path of its own: `/base/v1/token` for `http://host/base` and
/// `/v1/token`.
[[nodiscard]] std::string target_below(const Url& endpoint, std::string_view path);

}  // namespace understudy::source
