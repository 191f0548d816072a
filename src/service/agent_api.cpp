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
  const auto document = parse_json(body);
  if (!document.is_object()) {
    return std::nullopt;
  }
  Wish wish;
  for (const auto& [key, value] : document.items()) {
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
  const auto wanted = wish.minutes.value_or(kUsualMinutes);
  if (wanted < 1 || wanted > kMostMinutes) {
    return invalid(fmt::format("Invalid request: ExpiresInMinutes has to be 1 to {}", kMostMinutes));
  }
  return std::optional(std::chrono::minutes(wanted));
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

std::optional<Answer> AgentApi::answer(const Request& request, std::string_view path, Patience patience) {
  if (!path.starts_with("api/")) {
    return std::nullopt;
  }
  const auto parts = split(path, '/');
  const bool is_protection =
      parts.size() == 5 && parts[2] == "task-protection" && parts[3] == "v1" && parts[4] == "state";
  if (!is_protection &&
      !(parts.size() == 6 && parts[2] == "fault" && parts[3] == "v1" && is_fault(parts[4], parts[5]))) {
    return std::nullopt;
  }
  const bool is_method = is_protection ? request.method == "GET" || request.method == "PUT" : request.method == "POST";
  if (is_method && patience == Patience::kMayWait && parts[1] == kSelf && !find(request, kSelf)) {
    return tasks_.until_known(request.peer.address);
  }
  return is_protection ? protection(request, parts[1]) : fault(request, parts[1]);
}

Response AgentApi::protection(const Request& request, std::string_view id) {
  if (request.method == "PUT") {
    return update_protection(request, id);
  }
  if (request.method != "GET") {
    return not_allowed();
  }
  const auto found = find(request, id);
  return found ? tell_protection(*found) : no_task();
}

Response AgentApi::update_protection(const Request& request, std::string_view id) {
  const auto wish = decode_wish(request.body);
  if (!wish) {
    return failure(400, "", kInvalidParameter, "UpdateTaskProtection: failed to decode request");
  }
  const auto found = find(request, id);
  if (!found) {
    return no_task();
  }
  const auto duration = duration_of(*wish);
  return duration ? protect(*found, *duration)
                  : failure(400, found->task.arn, duration.error().code, duration.error().message);
}

Response AgentApi::protect(const Found& found, std::optional<std::chrono::minutes> duration) {
  {
    const std::scoped_lock lock(protections_->mutex);
    protections_->by_task.erase(found.task.arn);
    if (duration) {
      protections_->by_task.emplace(found.task.arn, Protection{clock_.wall() + *duration, runs_of(found.task)});
    }
  }
  return tell_protection(found);
}

/// While the engine does not tell of all containers, one that is missing may run.
void AgentApi::forget_ended() {
  const auto book = tasks_.book();
  const auto& set = *book->set();
  const bool is_complete = set.is_current() && !set.error();
  const auto is_over = [&](const Run& run) {
    const auto container = set.by_id(run.first);
    return !container || container->id != run.first || container->started != run.second;
  };
  if (is_complete) {
    for (auto& [arn, protection] : protections_->by_task) {
      std::erase_if(protection.runs, is_over);
    }
  }
  std::erase_if(protections_->by_task, [&, now = clock_.wall()](const auto& one) {
    const auto& [until, runs] = one.second;
    return until <= now || runs.empty() || (is_complete && !book->has_task(one.first));
  });
}

Response AgentApi::tell_protection(const Found& found) {
  const std::scoped_lock lock(protections_->mutex);
  forget_ended();
  const auto known = protections_->by_task.find(found.task.arn);
  const bool is_protected = known != protections_->by_task.end();
  if (is_protected) {
    known->second.runs.merge(runs_of(found.task));
  }
  const auto until = is_protected ? json_string(format_iso8601(known->second.until)) : "null";
  return task_json(200, fmt::format(R"({{"protection":{{"ExpirationDate":{},"ProtectionEnabled":{},"TaskArn":{}}}}})",
                                    until, is_protected, json_string(found.task.arn)));
}

AgentApi::Runs AgentApi::runs_of(const metadata::Task& task) {
  Runs out;
  for (const auto& member : task.containers) {
    out.emplace(member.container.id, member.container.started);
  }
  return out;
}

Response AgentApi::fault(const Request& request, std::string_view id) {
  if (request.method != "POST") {
    return not_allowed();
  }
  const auto told = [](int status, const std::string& text) {
    return task_json(status, fmt::format(R"({{"Error":{}}})", json_string(text)));
  };
  const auto found = find(request, id);
  return found ? told(400, "enableFaultInjection is not enabled for task: " + found->task.arn)
               : told(404, fmt::format("unable to lookup container: {}", id));
}

std::optional<AgentApi::Found> AgentApi::find(const Request& request, std::string_view id) {
  auto book = tasks_.book();
  const auto place = place_of(*book, id, request.peer.address);
  return place ? std::optional(Found{std::move(book), place->task}) : std::nullopt;
}

}  // namespace understudy::service
