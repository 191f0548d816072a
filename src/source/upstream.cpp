#include "understudy/source/upstream.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <utility>

#include "understudy/aws/json_keys.hpp"
#include "understudy/base/text.hpp"
#include "understudy/base/time_text.hpp"
#include "understudy/source/server_time.hpp"

namespace understudy::source {
namespace {

using nlohmann::json;

const CallLimits kLimits{.connect = std::chrono::seconds(1), .total = std::chrono::seconds(5)};

std::string text_in(const json& document, const char* key, const char* other) {
  auto text = aws::json_text(document, key);
  return text.empty() ? aws::json_text(document, other) : text;
}

std::optional<Error> fault_in(const Response& response, const Surroundings& surroundings, std::string_view what) {
  if (response.status == kLoopStatus && response.headers.get(kViaHeader) == surroundings.via) {
    return Error{Error::Kind::kInvalid, "LoopToItself",
                 fmt::format("{} is this very server: name another endpoint, or another way to get credentials", what)};
  }
  if (response.status == 429 || response.status >= 500) {
    return Error{response.status == 429 ? Error::Kind::kThrottled : Error::Kind::kUnavailable,
                 fmt::format("Http{}", response.status), fmt::format("{} answered {}", what, response.status)};
  }
  return std::nullopt;
}

Result<UpstreamAnswer> attempt(const Surroundings& surroundings, std::string_view what, const Url& endpoint,
                               const Request& request) {
  const auto sent = surroundings.clock.wall();
  auto response = surroundings.http.send(endpoint, request, kLimits);
  const auto received = surroundings.clock.wall();
  if (!response) {
    return std::move(response).error();
  }
  if (auto fault = fault_in(*response, surroundings, what)) {
    return *std::move(fault);
  }
  const auto at = received_at(received, skew_of(*response, sent, received));
  return UpstreamAnswer{*std::move(response), at};
}

}  // namespace

Result<UpstreamAnswer> ask_upstream(const Surroundings& surroundings, std::string_view what, const Url& endpoint,
                                    Request request) {
  request.headers.set("Host", endpoint.authority());
  request.headers.set("User-Agent", "understudy/" UNDERSTUDY_VERSION);
  request.headers.set(kViaHeader, surroundings.via);
  for (int number = 1;; ++number) {
    auto answer = attempt(surroundings, what, endpoint, request);
    if (answer || !surroundings.retry.again_after(number, answer.error())) {
      return answer;
    }
  }
}

Result<aws::Credentials> parse_endpoint_document(std::string_view text, std::string_view what) {
  const auto bad = [&](std::string_view why) {
    return Error{Error::Kind::kUnavailable, "BadAnswer", fmt::format("{} answered {}", what, why)};
  };
  const auto document = aws::json_object(text);
  aws::Credentials credentials;
  credentials.access_key_id = aws::json_text(document, "AccessKeyId");
  credentials.secret_access_key = Secret(aws::json_text(document, "SecretAccessKey"));
  const auto token = aws::json_text(document, "Token");
  if (credentials.access_key_id.empty() || credentials.secret_access_key.empty() || token.empty()) {
    return bad("without AccessKeyId, SecretAccessKey and Token");
  }
  credentials.session_token = Secret(token);
  credentials.expiration = parse_iso8601(aws::json_text(document, "Expiration"));
  if (!credentials.expiration) {
    return bad("without an Expiration such as 2026-11-20T23:37:24Z");
  }
  credentials.account_id = aws::json_text(document, "AccountId");
  credentials.role_arn = aws::json_text(document, "RoleArn");
  return credentials;
}

Error upstream_refusal(const Response& response, std::string_view what) {
  constexpr std::size_t kLongestMessage = 300;
  const auto document = aws::json_object(response.body.view());
  const auto code = text_in(document, "code", "Code");
  const auto message = text_in(document, "message", "Message");
  const bool is_denied = response.status == 401 || response.status == 403;
  return {is_denied                ? Error::Kind::kDenied
          : response.status == 404 ? Error::Kind::kNotFound
                                   : Error::Kind::kInvalid,
          code.empty() ? fmt::format("Http{}", response.status) : escape_for_log(code, 80),
          fmt::format("{} answered {}{}{}", what, response.status, message.empty() ? "" : ": ",
                      escape_for_log(message, kLongestMessage))};
}

}  // namespace understudy::source
