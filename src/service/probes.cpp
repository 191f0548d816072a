#include "understudy/service/probes.hpp"

#include <fmt/format.h>

#include <utility>
#include <variant>

#include "understudy/base/text.hpp"
#include "understudy/service/role_credentials.hpp"

namespace understudy::service {
namespace {

constexpr std::string_view kAlive = "healthz";
constexpr std::string_view kReady = "readyz";

Response plain(int status, std::string text) {
  Response response;
  response.status = status;
  response.headers.add("Content-Type", "text/plain");
  response.body = std::move(text);
  return response;
}

/// Empty where it has credentials.
std::string what_is_missing(const source::Role& role, BootTime now) {
  const auto state = role.state();
  switch (standing_of(*state, now)) {
    case Standing::kGood:
      return {};
    case Standing::kCold:
      return "the first ones have not been fetched yet";
    case Standing::kRefused:
    case Standing::kAbsent:
      break;
  }
  const auto code = state->error ? state->error->code + ": " : std::string();
  return escape_for_log(code + why_absent(*state), 1024);
}

}  // namespace

Response Probes::alive() const { return plain(200, "ok\n"); }

Response Probes::ready() const {
  std::string missing;
  for (const auto& key : played_) {
    const auto* const role = roles_.find(key);
    const auto why = role != nullptr ? what_is_missing(*role, clock_.boot()) : std::string();
    if (!why.empty()) {
      missing += fmt::format("role {} has no credentials: {}\n", key, why);
    }
  }
  if (const auto why = callers_ != nullptr ? callers_->why_not_told_apart() : std::nullopt) {
    missing += fmt::format("callers can not be told apart: {}\n", escape_for_log(*why, 1024));
  }
  return missing.empty() ? plain(200, "ready\n") : plain(503, std::move(missing));
}

std::vector<AdminRoute> Probes::routes() const {
  return {{"GET", kAlive, [this](const nlohmann::json&) { return alive(); }, true},
          {"GET", kReady, [this](const nlohmann::json&) { return ready(); }, true}};
}

Answer Probed::answer(const Request& request, Patience patience) {
  auto answer = endpoint_.answer(request, patience);
  const auto* const response = std::get_if<Response>(&answer);
  const bool is_unknown = response != nullptr && response->status == 404;
  if (!is_unknown || (request.method != "GET" && request.method != "HEAD") || !request.target.starts_with('/')) {
    return answer;
  }
  const auto path = std::string_view(request.target).substr(1);
  if (path == kAlive) {
    return probes_.alive();
  }
  if (path == kReady) {
    return probes_.ready();
  }
  return answer;
}

}  // namespace understudy::service
