#include "understudy/service/agent_api.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "task_route.hpp"
#include "understudy/base/json.hpp"
#include "understudy/base/result.hpp"
#include "understudy/base/text.hpp"
#include "understudy/base/time_text.hpp"

namespace understudy::service {
namespace {

constexpr std::int64_t kMostMinutes = 2880;
constexpr std::chrono::minutes kUsual{120};
constexpr std::string_view kBadBody = "UpdateTaskProtection: failed to decode request";

/// What a PUT asks for; without `lasts` the protection ends.
struct Wish {
  std::optional<std::chrono::minutes> lasts;
};

/// Names in any letter case, as Go's decoder takes them, and no others.
Result<Wish> read_wish(std::string_view body) {
  const auto invalid = [](std::string_view message) {
    return Error{Error::Kind::kInvalid, "InvalidParameterException", std::string(message)};
  };
  const auto json = parse_json(body);
  if (!json.is_object()) {
    return invalid(kBadBody);
  }
  std::optional<bool> is_wanted;
  std::int64_t minutes = kUsual.count();
  for (const auto& [key, value] : json.items()) {
    if (equal_ignoring_case(key, "ProtectionEnabled") && (value.is_boolean() || value.is_null())) {
      is_wanted = value.is_boolean() ? std::optional(value.get<bool>()) : is_wanted;
    } else if (equal_ignoring_case(key, "ExpiresInMinutes") && (value.is_number_integer() || value.is_null())) {
      minutes = value.is_null() ? minutes : value.get<std::int64_t>();
    } else {
      return invalid(kBadBody);
    }
  }
  if (!is_wanted) {
    return invalid("Invalid request: does not contain 'ProtectionEnabled' field");
  }
  if (minutes < 1 || minutes > kMostMinutes) {
    return invalid(fmt::format("Invalid request: ExpiresInMinutes has to be 1 to {}", kMostMinutes));
  }
  return *is_wanted ? Wish{std::chrono::minutes(minutes)} : Wish{};
}

Response failure(int status, std::string_view arn, std::string_view code, std::string_view message) {
  const auto whose = arn.empty() ? std::string() : fmt::format(R"("Arn":{},)", json_string(arn));
  return task_json(status, fmt::format(R"({{"error":{{{}"Code":{},"Message":{}}}}})", whose, json_string(code),
                                       json_string(message)));
}

Response not_allowed() {
  Response response;
  response.status = 405;
  return response;
}

bool is_fault(std::string_view type, std::string_view action) {
  constexpr std::array<std::string_view, 3> kTypes{"network-blackhole-port", "network-latency", "network-packet-loss"};
  constexpr std::array<std::string_view, 3> kActions{"start", "stop", "status"};
  return std::ranges::find(kTypes, type) != kTypes.end() && std::ranges::find(kActions, action) != kActions.end();
}

}  // namespace

std::optional<Response> AgentApi::answer(const Request& request, std::string_view path) {
  if (!path.starts_with("api/")) {
    return std::nullopt;
  }
  const auto parts = split(path, '/');
  if (parts.size() == 5 && parts[2] == "task-protection" && parts[3] == "v1" && parts[4] == "state") {
    return protection(request, parts[1]);
  }
  if (parts.size() == 6 && parts[2] == "fault" && parts[3] == "v1" && is_fault(parts[4], parts[5])) {
    return fault(request, parts[1]);
  }
  return std::nullopt;
}

Response AgentApi::protection(const Request& request, std::string_view id) {
  const bool is_put = request.method == "PUT";
  if (!is_put && request.method != "GET") {
    return not_allowed();
  }
  const auto arn = task_arn(request, id);
  if (!arn) {
    return failure(404, "", "ResourceNotFoundException", "Failed to find a task for the request");
  }
  return is_put ? protect(*arn, request.body) : tell_protection(*arn);
}

Response AgentApi::protect(const std::string& arn, std::string_view body) {
  const auto wish = read_wish(body);
  if (!wish) {
    return failure(400, arn, wish.error().code, wish.error().message);
  }
  {
    const std::scoped_lock lock(mutex_);
    const auto now = clock_.wall();
    forget_ended(now);
    protected_until_.erase(arn);
    if (wish->lasts) {
      protected_until_.emplace(arn, now + *wish->lasts);
    }
  }
  return tell_protection(arn);
}

/// While the engine does not tell of all containers, a task that is missing may run.
void AgentApi::forget_ended(WallTime now) {
  const auto book = tasks_.book();
  const bool is_complete = book->set()->is_current() && !book->set()->error();
  std::erase_if(protected_until_,
                [&](const auto& one) { return one.second <= now || (is_complete && !book->has_task(one.first)); });
}

Response AgentApi::tell_protection(const std::string& arn) {
  const std::scoped_lock lock(mutex_);
  const auto found = protected_until_.find(arn);
  const bool is_protected = found != protected_until_.end() && found->second > clock_.wall();
  const auto until = is_protected ? json_string(format_iso8601(found->second)) : "null";
  return task_json(200, fmt::format(R"({{"protection":{{"ExpirationDate":{},"ProtectionEnabled":{},"TaskArn":{}}}}})",
                                    until, is_protected, json_string(arn)));
}

Response AgentApi::fault(const Request& request, std::string_view id) {
  if (request.method != "POST") {
    return not_allowed();
  }
  const auto told = [](int status, const std::string& text) {
    return task_json(status, fmt::format(R"({{"Error":{}}})", json_string(text)));
  };
  const auto arn = task_arn(request, id);
  return arn ? told(400, "enableFaultInjection is not enabled for task: " + *arn)
             : told(404, fmt::format("unable to lookup container: {}", id));
}

std::optional<std::string> AgentApi::task_arn(const Request& request, std::string_view id) {
  const auto book = tasks_.book();
  const auto place = place_of(*book, id, request.peer.address);
  return place ? std::optional(place->task.arn) : std::nullopt;
}

}  // namespace understudy::service
