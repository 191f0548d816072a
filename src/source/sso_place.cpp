#include "understudy/source/sso_place.hpp"

#include <fmt/format.h>

#include <utility>

#include "understudy/aws/sts_endpoint.hpp"
#include "understudy/base/text.hpp"
#include "understudy/source/profile_plan.hpp"
#include "understudy/source/shared_files.hpp"

namespace understudy::source {
namespace {

Result<aws::SsoPlace> place_of_session(const aws::SharedConfig& shared, const std::string& name,
                                       std::string_view config_file) {
  constexpr std::string_view kUsualScope = "sso:account:access";
  const auto* session = shared.sso_session(name);
  const auto start_url = session != nullptr ? session->get("sso_start_url") : std::nullopt;
  const auto region = session != nullptr ? session->get("sso_region") : std::nullopt;
  if (!start_url || !region) {
    return Error{Error::Kind::kInvalid, "BadSsoSession",
                 fmt::format("{} has no [sso-session {}] with sso_start_url and sso_region; aws configure sso writes "
                             "one",
                             config_file, escape_for_log(name, 80))};
  }
  return aws::SsoPlace{name, std::string(*start_url), std::string(*region),
                       aws::parse_sso_scopes(session->get("sso_registration_scopes").value_or(kUsualScope))};
}

Result<aws::SsoPlace> place_of_profile(const aws::SharedConfig& shared, const std::string& name,
                                       std::string_view config_file) {
  const auto plan = plan_profile(shared, name, "understudy");
  if (!plan) {
    return plan.error();
  }
  if (const auto* sso = std::get_if<SsoSource::Settings>(&plan->start)) {
    return sso_place(shared, {.session = sso->session, .start_url = sso->start_url, .region = sso->region},
                     config_file);
  }
  if (std::holds_alternative<LoginSessionSource::Settings>(plan->start)) {
    return Error{Error::Kind::kActionNeeded, "LoginRequired",
                 fmt::format("profile {} has a session of aws login, which the AWS CLI alone can begin; run: aws login "
                             "--profile {}",
                             name, name)};
  }
  return Error{Error::Kind::kInvalid, "NoLogIn",
               fmt::format("profile {} has nothing to log in to: it has neither sso_session nor sso_start_url", name)};
}

}  // namespace

Result<aws::SsoPlace> sso_place(const aws::SharedConfig& shared, const LogIn& log_in, std::string_view config_file) {
  if (!log_in.profile.empty()) {
    return place_of_profile(shared, log_in.profile, config_file);
  }
  return log_in.session.empty() ? aws::SsoPlace{{}, log_in.start_url, log_in.region, {}}
                                : place_of_session(shared, log_in.session, config_file);
}

Result<aws::SsoPlace> find_sso_place(const Environment& environment, const LogIn& log_in) {
  const auto shared = read_shared_config(environment);
  return shared ? sso_place(*shared, log_in, shared_file_paths(environment).config) : shared.error();
}

std::filesystem::path sso_cache(const Environment& environment) {
  // An empty name is never set.
  return path_in(environment, "", "~/.aws/sso/cache");
}

std::filesystem::path sso_token_file(const Environment& environment, std::string_view session,
                                     std::string_view start_url) {
  return sso_cache(environment) / aws::sso_cache_name(session.empty() ? start_url : session);
}

Result<JsonAnswer> call_sso_oidc(const Surroundings& surroundings, std::string_view region, std::string_view path,
                                 const nlohmann::json& body) {
  if (const auto checked = aws::check_region(region, kIdentityCenter); !checked) {
    return checked.error();
  }
  const auto endpoint = service_url(surroundings, "SSO_OIDC", aws::sso_oidc_host(region));
  if (!endpoint) {
    return endpoint.error();
  }
  return call_json(surroundings, kIdentityCenter, *endpoint,
                   [&] { return json_post(target_below(*endpoint, path), body); });
}

}  // namespace understudy::source
