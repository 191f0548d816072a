#include <nlohmann/json.hpp>

#include <variant>

#include "understudy/app/profile_report.hpp"
#include "understudy/base/url.hpp"

namespace understudy::app {
namespace {

using json = nlohmann::ordered_json;
using source::ProfilePlan;

json text_or_null(const std::optional<std::string>& text) { return text ? json(*text) : json(nullptr); }

json error_json(const Error& error) { return {{"code", error.code}, {"message", error.message}}; }

json file_json(const ProfileReport::File& file) {
  using State = ProfileReport::File::State;
  const auto* state = file.state == State::kRead ? "read" : file.state == State::kAbsent ? "absent" : "unreadable";
  return {{"path", file.path}, {"state", state}};
}

struct StartAsJson {
  json operator()(const ProfilePlan::Keys& start) const {
    return {{"way", "keys"}, {"access_key_id", masked_key_id(start.keys)}};
  }
  json operator()(const ProfilePlan::FromEnvironment&) const { return {{"way", "environment"}}; }
  json operator()(const ProfilePlan::FromContainer&) const { return {{"way", "container"}}; }
  json operator()(const ProfilePlan::FromInstance&) const { return {{"way", "instance"}}; }
  json operator()(const source::WebIdentitySource::Settings& start) const {
    return {{"way", "web_identity"}, {"role_arn", start.call.role_arn}, {"token_file", start.token.file}};
  }
  json operator()(const source::SsoSource::Settings& start) const {
    return {{"way", "sso"},
            {"session", start.session.empty() ? json(nullptr) : json(start.session)},
            {"start_url", without_user_info(start.start_url)},
            {"region", start.region},
            {"account_id", start.account_id},
            {"role_name", start.role_name}};
  }
  json operator()(const source::LoginSessionSource::Settings& start) const {
    return {{"way", "login"}, {"session", start.login_session}};
  }
  json operator()(const source::ProcessSource::Settings&) const { return {{"way", "process"}}; }
};

json start_json(const ProfilePlan& plan) {
  const auto own = std::visit(StartAsJson{}, plan.start);
  json out{{"way", own.at("way")}, {"profile", plan.start_profile}};
  out.update(own);
  return out;
}

json roles_json(const ProfilePlan& plan) {
  auto out = json::array();
  for (const auto& step : plan.steps) {
    const auto& serial = step.call.serial_number;
    out.push_back({{"profile", step.profile},
                   {"role_arn", step.call.role_arn},
                   {"mfa_serial", serial.empty() ? json(nullptr) : json(serial)}});
  }
  return out;
}

json properties_json(const aws::ConfigGroup& group) {
  auto out = json::object();
  for (const auto& [key, property] : group.properties) {
    auto nested = json::object();
    for (const auto& [inner, value] : property.nested) {
      nested[inner] = text_or_null(shown_value(inner, value));
    }
    out[key] = {{"value", text_or_null(shown_value(key, property.value))},
                {"nested", std::move(nested)},
                {"file", property.file},
                {"line", property.line}};
  }
  return out;
}

json profile_json(const aws::SharedConfig& shared, const aws::ConfigGroup& group) {
  const auto way = way_of(shared, group.name);
  const auto region = group.get("region");
  return {{"region", region ? text_or_null(shown_value("region", *region)) : json(nullptr)},
          {"start", way ? start_json(*way) : json(nullptr)},
          {"roles", way ? roles_json(*way) : json::array()},
          {"error", way ? json(nullptr) : error_json(way.error())},
          {"properties", properties_json(group)}};
}

json groups_json(const aws::SharedConfig::Groups& groups) {
  auto out = json::object();
  for (const auto& [name, group] : groups) {
    out[name] = {{"properties", properties_json(group)}};
  }
  return out;
}

}  // namespace

std::string profiles_json(const ProfileReport& report, std::optional<std::string_view> only) {
  auto error = report.error ? error_json(*report.error) : json(nullptr);
  if (only && !report.error && report.shared.profile(*only) == nullptr) {
    error = error_json(way_of(report.shared, *only).error());
  }
  auto profiles = json::object();
  for (const auto& [name, group] : report.shared.profiles()) {
    if (!only || *only == name) {
      profiles[name] = profile_json(report.shared, group);
    }
  }
  const json out{{"files", {{"config", file_json(report.config)}, {"credentials", file_json(report.credentials)}}},
                 {"selected_profile", report.selected},
                 {"error", std::move(error)},
                 {"profiles", std::move(profiles)},
                 {"sso_sessions", groups_json(report.shared.sso_sessions())},
                 {"services", groups_json(report.shared.services())}};
  return out.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace understudy::app
