#include "understudy/source/json_call.hpp"

#include <fmt/format.h>

#include <initializer_list>
#include <utility>

#include "understudy/aws/json_keys.hpp"
#include "understudy/aws/sts_endpoint.hpp"
#include "understudy/base/text.hpp"
#include "understudy/source/server_time.hpp"

namespace understudy::source {
namespace {

using nlohmann::json;

std::string first_text(const JsonAnswer& answer, std::initializer_list<std::string_view> keys) {
  for (const auto key : keys) {
    if (auto text = answer.text(key); !text.empty()) {
      return text;
    }
  }
  return {};
}

/// `AccessDeniedException:http://internal/` and `com.amazonaws#AccessDeniedException` are both `AccessDeniedException`.
std::string bare(std::string_view code) {
  code = code.substr(0, code.find(':'));
  const auto hash = code.rfind('#');
  return std::string(trim(hash == std::string_view::npos ? code : code.substr(hash + 1)));
}

JsonAnswer read_answer(const Response& response) {
  constexpr std::size_t kLongestMessage = 300;
  JsonAnswer answer{response.status, aws::json_object(response.body.view()), {}, {}, {}, {}};
  if (response.status / 100 != 2) {
    const auto header = response.headers.get("X-Amzn-ErrorType");
    answer.code = bare(header ? std::string(*header) : first_text(answer, {"__type", "code", "error"}));
    answer.message = escape_for_log(first_text(answer, {"message", "Message", "error_description"}), kLongestMessage);
  }
  return answer;
}

/// What may be tried again, and what is no answer at all.
std::optional<Error> fault_in(const JsonAnswer& answer, std::string_view what) {
  const bool is_throttled = answer.status == 429;
  if (is_throttled || answer.status >= 500) {
    return Error{
        is_throttled ? Error::Kind::kThrottled : Error::Kind::kUnavailable,
        answer.code.empty() ? fmt::format("Http{}", answer.status) : escape_for_log(answer.code, 80),
        fmt::format("{} answered {}{}{}", what, answer.status, answer.message.empty() ? "" : ": ", answer.message)};
  }
  if (answer.status / 100 == 2 && answer.body.empty()) {
    return Error{Error::Kind::kUnavailable, "BadAnswer", fmt::format("{} answered with no JSON object", what)};
  }
  return std::nullopt;
}

Result<JsonAnswer> attempt(const Surroundings& surroundings, std::string_view what, const Url& origin,
                           const RequestMaker& make) {
  auto request = make();
  request.headers.set("Host", origin.authority());
  request.headers.set("User-Agent", "understudy/" UNDERSTUDY_VERSION);
  const auto sent = surroundings.clock.wall();
  CallLimits limits;
  limits.ca_bundle = surroundings.ca_bundle;
  const auto response = surroundings.http.send(origin, request, limits);
  const auto received = surroundings.clock.wall();
  if (!response) {
    return response.error();
  }
  auto answer = read_answer(*response);
  answer.skew = skew_of(*response, sent, received);
  answer.received = received_at(received, answer.skew);
  if (auto fault = fault_in(answer, what)) {
    return *std::move(fault);
  }
  return answer;
}

}  // namespace

std::string JsonAnswer::text(std::string_view key) const { return aws::json_text(body, key); }

Result<JsonAnswer> call_json(const Surroundings& surroundings, std::string_view what, const Url& origin,
                             const RequestMaker& make) {
  for (int number = 1;; ++number) {
    auto answer = attempt(surroundings, what, origin, make);
    if (answer || !surroundings.retry.again_after(number, answer.error())) {
      return answer;
    }
    surroundings.log.debug("{}: attempt {} failed: {}", what, number, escape_for_log(answer.error().message));
  }
}

Request json_post(std::string target, const json& body) {
  Request request;
  request.method = "POST";
  request.target = std::move(target);
  request.headers.add("Content-Type", "application/json");
  request.body = body.dump(-1, ' ', false, json::error_handler_t::replace);
  return request;
}

Result<Url> service_url(const Surroundings& surroundings, std::string_view service, std::string_view host) {
  const auto configured = aws::configured_endpoint(surroundings.environment, surroundings.endpoints, service);
  if (!configured) {
    return configured.error();
  }
  return parse_url(*configured ? **configured : fmt::format("https://{}", host));
}

void go_by_profile(Surroundings& surroundings, const aws::ProfileStsSettings& profile) {
  surroundings.endpoints = profile.endpoints;
  if (!surroundings.environment.get("AWS_CA_BUNDLE")) {
    surroundings.ca_bundle = profile.ca_bundle;
  }
}

std::string target_below(const Url& endpoint, std::string_view path) {
  const std::string_view base = endpoint.target;
  return fmt::format("{}{}", base.ends_with('/') ? base.substr(0, base.size() - 1) : base, path);
}

}  // namespace understudy::source
