#include "understudy/service/admin_roles.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "understudy/aws/json_keys.hpp"
#include "understudy/base/text.hpp"
#include "understudy/base/time_text.hpp"
#include "understudy/service/role_credentials.hpp"

namespace understudy::service {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;
using Posting = source::MfaDesk::Posting;

std::string_view word_of(Standing standing) {
  switch (standing) {
    case Standing::kGood:
      return "good";
    case Standing::kCold:
      return "cold";
    case Standing::kRefused:
      return "refused";
    case Standing::kAbsent:
      break;
  }
  return "absent";
}

ordered_json describe(const source::Role& role, BootTime now) {
  const auto state = role.state();
  ordered_json out{{"role", role.key()}};
  if (!role.arn().empty()) {
    out["arn"] = role.arn();
  }
  // Keys to start from are no failure.
  const bool is_permanent = state->error && state->error->code == "NotTemporary";
  out["state"] = is_permanent ? "permanent" : word_of(standing_of(*state, now));
  if (state->credentials) {
    out["access_key_id"] = masked_key_id(*state->credentials);
    if (state->credentials->expiration) {
      out["expires"] = format_iso8601(*state->credentials->expiration);
    }
  }
  if (state->error && !is_permanent) {
    out["code"] = state->error->code;
    out["message"] = state->error->message;
  }
  return out;
}

Response accepted() { return admin_json(202, ordered_json::object()); }

Response no_such_role(source::Roles& roles, const std::string& key) {
  std::vector<std::string> keys;
  for (const auto* role : roles.all()) {
    keys.emplace_back(role->key());
  }
  const auto near = nearest(key, keys);
  return admin_error(404, "NoSuchRole",
                     fmt::format("there is no role \"{}\"{}; there are: {}", escape_for_log(key, 80),
                                 near ? ", did you mean \"" + *near + "\"?" : "", fmt::join(keys, ", ")));
}

Response no_device(const source::MfaDesk& mfa, const std::string& key) {
  std::vector<std::string> keys;
  for (const auto& device : mfa.devices()) {
    keys.push_back(device.role);
  }
  return admin_error(
      404, "NoMfaDevice",
      fmt::format("role {} asks for no code itself; {}", key,
                  keys.empty() ? "no role here does" : fmt::format("those that do: {}", fmt::join(keys, ", "))));
}

Response post_code(source::Roles& roles, source::MfaDesk& mfa, const json& body) {
  const auto role = aws::json_text(body, "role");
  if (roles.find(role) == nullptr) {
    return no_such_role(roles, role);
  }
  switch (mfa.post(role, aws::json_text(body, "code"))) {
    case Posting::kTaken:
      roles.retry_waiting();
      return accepted();
    case Posting::kBadCode:
      return admin_error(400, "BadMfaCode", "a code has six digits");
    case Posting::kSpent:
      return admin_error(409, "MfaCodeSpent",
                         "this code was used before, and AWS takes none twice: wait for the device's next one");
    case Posting::kNoDevice:
      break;
  }
  return no_device(mfa, role);
}

ordered_json describe(const ConfigRecord::Facts& facts) {
  ordered_json out{{"read", format_iso8601(facts.read)}};
  if (facts.refused && !facts.is_current) {
    out["refused"] = {{"at", format_iso8601(facts.refused->at)}, {"messages", facts.refused->why}};
  }
  return out;
}

Response status(source::Roles& roles, const source::MfaDesk& mfa, const ConfigRecord& record, WallTime started,
                BootTime now) {
  ordered_json out{{"version", UNDERSTUDY_VERSION}, {"started", format_iso8601(started)}};
  out["configuration"] = describe(record.facts());
  out["roles"] = ordered_json::array();
  for (const auto* role : roles.all()) {
    out["roles"].push_back(describe(*role, now));
  }
  out["mfa"] = ordered_json::array();
  for (const auto& device : mfa.devices()) {
    out["mfa"].push_back({{"role", device.role}, {"device", device.serial}, {"waiting", device.waiting}});
  }
  return admin_json(200, out);
}

}  // namespace

std::vector<AdminRoute> role_routes(source::Roles& roles, source::MfaDesk& mfa, const ConfigRecord& record,
                                    WallTime started, const Clock& clock) {
  return {
      {"GET", "v1/status",
       [&roles, &mfa, &record, &clock, started](const json&) {
         return status(roles, mfa, record, started, clock.boot());
       }},
      {"POST", "v1/mfa", [&roles, &mfa](const json& body) { return post_code(roles, mfa, body); }},
      {"POST", "v1/refresh",
       [&roles](const json& body) {
         const auto key = aws::json_text(body, "role");
         return roles.refresh_now(key) ? accepted() : no_such_role(roles, key);
       }},
      {"POST", "v1/retry",
       [&roles](const json&) {
         roles.retry_waiting();
         return accepted();
       }},
  };
}

}  // namespace understudy::service
