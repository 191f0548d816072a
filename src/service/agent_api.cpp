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
constexpr std::int64_t kUsualMinutes = 120;
constexpr std::string_view kInvalidParameter = "InvalidParameterException";

/// A PUT's members, as they were sent.
struct Wish {
  std::optional<bool> is_wanted;
  std::optional<std::int64_t> minutes;
};

/// Names in any letter case, as Go's decoder takes them, and no others.
std::optional<Wish> decode_wish(std::string_view body) {
  const auto json = parse_json(body);
  if (!json.is_object()) {
    return std::nullopt;
  }
  Wish wish;
  for (const auto& [key, value] : json.items()) {
    if (equal_ignoring_case(key, "ProtectionEnabled") && (value.is_boolean() || value.is_null())) {
      wish.is_wanted = value.is_boolean() ? std::optional(value.get<bool>()) : wish.is_wanted;
    } else if (equal_ignoring_case(key, "ExpiresInMinutes") && (value.is_number_integer() || value.is_null())) {
      wish.minutes = value.is_number() ? std::optional(value.get<std::int64_t>()) : wish.minutes;
    } else {
      return std::nullopt;
    }
  }
  return wish;
}

/// For how long; nullopt: the protection ends, and whatever minutes were sent say nothing.
Result<std::optional<std::chrono::minutes>> duration_of(const Wish& wish) {
  const auto invalid = [](std::string message) {
    return Error{Error::Kind::kInvalid, std::string(kInvalidParameter), std::move(message)};
  };
  if (!wish.is_wanted) {
    return invalid("Invalid request: does not contain 'ProtectionEnabled' field");
  }
  if (!*wish.is_wanted) {
    return std::optional<std::chrono::minutes>();
  }
  const auto minutes = wish.minutes.value_or(kUsualMinutes);
  if (minutes < 1 || minutes > kMostMinutes) {
    return invalid(fmt::format("Invalid request: ExpiresInMinutes has to be 1 to {}", kMostMinutes));
  }
  return std::optional(std::chrono::minutes(minutes));
}

Response failure(int status, std::string_view arn, std::string_view code, std::string_view message) {
  const auto whose = arn.empty() ? std::string() : fmt::format(R"("Arn":{},)", json_string(arn));
  return task_json(status, fmt::format(R"({{"error":{{{}"Code":{},"Message":{}}}}})", whose, json_string(code),
                                       json_string(message)));
}

Response no_task() { return failure(404, "", "ResourceNotFoundException", "Failed to find a task for the request"); }

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
  if (request.method == "PUT") {
    return update_protection(request, id);
  }
  if (request.method != "GET") {
    return not_allowed();
  }
  const auto arn = task_arn(request, id);
  return arn ? tell_protection(*arn) : no_task();
}

Response AgentApi::update_protection(const Request& request, std::string_view id) {
  const auto wish = decode_wish(request.body);
  if (!wish) {
    return failure(400, "", kInvalidParameter, "UpdateTaskProtection: failed to decode request");
  }
  const auto arn = task_arn(request, id);
  if (!arn) {
    return no_task();
  }
  const auto duration = duration_of(*wish);
  return duration ? protect(*arn, *duration) : failure(400, *arn, duration.error().code, duration.error().message);
}

Response AgentApi::protect(const std::string& arn, std::optional<std::chrono::minutes> duration) {
  {
    const std::scoped_lock lock(protections_->mutex);
    const auto now = clock_.wall();
    forget_ended(now);
    protections_->until.erase(arn);
    if (duration) {
      protections_->until.emplace(arn, now + *duration);
    }
  }
  return tell_protection(arn);
}

/// While the engine does not tell of all containers, a task that is missing may run.
void AgentApi::forget_ended(WallTime now) {
  const auto book = tasks_.book();
  const bool is_complete = book->set()->is_current() && !book->set()->error();
  std::erase_if(protections_->until,
                [&](const auto& one) { return one.second <= now || (is_complete && !book->has_task(one.first)); });
}

Response AgentApi::tell_protection(const std::string& arn) {
  const std::scoped_lock lock(protections_->mutex);
  const auto found = protections_->until.find(arn);
  const bool is_protected = found != protections_->until.end() && found->second > clock_.wall();
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
