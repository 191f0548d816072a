#include <nlohmann/json.hpp>

#include <variant>

#include "understudy/app/profile_report.hpp"
#include "understudy/base/url.hpp"

namespace understudy::app {
namespace {

using nlohmann::ordered_json;
using source::ProfilePlan;

ordered_json text_or_null(const std::optional<std::string>& text) {
  return text ? ordered_json(*text) : ordered_json(nullptr);
}

ordered_json error_json(const Error& error) { return {{"code", error.code}, {"message", error.message}}; }

ordered_json file_json(const ProfileReport::File& file) {
  using FileState = ProfileReport::File::State;
  const auto* state = file.state == FileState::kRead     ? "read"
                      : file.state == FileState::kAbsent ? "absent"
                                                         : "unreadable";
  return {{"path", file.path}, {"state", state}};
}

struct StartAsJson {
  ordered_json operator()(const ProfilePlan::Keys& start) const {
    return {{"way", "keys"}, {"access_key_id", masked_key_id(start.keys)}};
  }
  ordered_json operator()(const ProfilePlan::FromEnvironment&) const { return {{"way", "environment"}}; }
  ordered_json operator()(const ProfilePlan::FromContainer&) const { return {{"way", "container"}}; }
  ordered_json operator()(const ProfilePlan::FromInstance&) const { return {{"way", "instance"}}; }
  ordered_json operator()(const source::WebIdentitySource::Settings& start) const {
    return {{"way", "web_identity"}, {"role_arn", start.call.role_arn}, {"token_file", start.token.file}};
  }
  ordered_json operator()(const source::SsoSource::Settings& start) const {
    return {{"way", "sso"},
            {"session", start.session.empty() ? ordered_json(nullptr) : ordered_json(start.session)},
            {"start_url", without_user_info(start.start_url)},
            {"region", start.region},
            {"account_id", start.account_id},
            {"role_name", start.role_name}};
  }
  ordered_json operator()(const source::LoginSessionSource::Settings& start) const {
    return {{"way", "login"}, {"session", start.login_session}};
  }
  ordered_json operator()(const source::ProcessSource::Settings&) const { return {{"way", "process"}}; }
};

ordered_json start_json(const ProfilePlan& plan) {
  const auto own = std::visit(StartAsJson{}, plan.start);
  ordered_json out{{"way", own.at("way")}, {"profile", plan.start_profile}};
  out.update(own);
  return out;
}

ordered_json roles_json(const ProfilePlan& plan) {
  auto out = ordered_json::array();
  for (const auto& step : plan.steps) {
    const auto& serial = step.call.serial_number;
    out.push_back({{"profile", step.profile},
                   {"role_arn", step.call.role_arn},
                   {"mfa_serial", serial.empty() ? ordered_json(nullptr) : ordered_json(serial)}});
  }
  return out;
}

ordered_json properties_json(const aws::ConfigGroup& group) {
  auto out = ordered_json::object();
  for (const auto& [key, property] : group.properties) {
    auto nested = ordered_json::object();
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

ordered_json profile_json(const aws::SharedConfig& shared, const aws::ConfigGroup& group) {
  const auto way = way_of(shared, group.name);
  const auto region = group.get("region");
  return {{"region", region ? text_or_null(shown_value("region", *region)) : ordered_json(nullptr)},
          {"start", way ? start_json(*way) : ordered_json(nullptr)},
          {"roles", way ? roles_json(*way) : ordered_json::array()},
          {"error", way ? ordered_json(nullptr) : error_json(way.error())},
          {"properties", properties_json(group)}};
}

ordered_json groups_json(const aws::SharedConfig::Groups& groups) {
  auto out = ordered_json::object();
  for (const auto& [name, group] : groups) {
    out[name] = {{"properties", properties_json(group)}};
  }
  return out;
}

}  // namespace

std::string profiles_json(const ProfileReport& report, std::optional<std::string_view> only) {
  auto error = report.error ? error_json(*report.error) : ordered_json(nullptr);
  if (only && !report.error && report.shared.profile(*only) == nullptr) {
    error = error_json(way_of(report.shared, *only).error());
  }
  auto profiles = ordered_json::object();
  for (const auto& [name, group] : report.shared.profiles()) {
    if (!only || *only == name) {
      profiles[name] = profile_json(report.shared, group);
    }
  }
  const ordered_json out{
      {"files", {{"config", file_json(report.config)}, {"credentials", file_json(report.credentials)}}},
      {"selected_profile", report.selected},
      {"error", std::move(error)},
      {"profiles", std::move(profiles)},
      {"sso_sessions", groups_json(report.shared.sso_sessions())},
      {"services", groups_json(report.shared.services())}};
  return out.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace understudy::app
