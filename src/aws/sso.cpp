#include "understudy/aws/sso.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <chrono>

#include "sso_answer.hpp"
#include "understudy/aws/json_keys.hpp"
#include "understudy/aws/partition.hpp"
#include "understudy/base/crypto.hpp"
#include "understudy/base/json.hpp"
#include "understudy/base/time_text.hpp"

namespace understudy::aws {
namespace {

using nlohmann::json;

Error bad_token(std::string why) { return {Error::Kind::kInvalid, "BadSsoToken", std::move(why)}; }

std::string host(std::string_view service, std::string_view region) {
  return fmt::format("{}.{}.{}", service, region, partition_of_region(region).dns_suffix);
}

}  // namespace

std::string sso_cache_name(std::string_view session_or_start_url) { return hex(sha1(session_or_start_url)) + ".json"; }

std::string sso_portal_host(std::string_view region) { return host("portal.sso", region); }
std::string sso_oidc_host(std::string_view region) { return host("oidc", region); }

bool SsoToken::can_be_renewed(WallTime now) const {
  return !client_id.empty() && !client_secret.empty() && !refresh_token.empty() &&
         (!registration_expires || *registration_expires > now);
}

Result<SsoToken> read_sso_token(std::string_view text) {
  const auto file = parse_json(text);
  if (!file.is_object()) {
    return bad_token("it is no JSON object");
  }
  SsoToken token{Secret(json_text(file, "accessToken")),
                 WallTime{},
                 json_text(file, "clientId"),
                 Secret(json_text(file, "clientSecret")),
                 Secret(json_text(file, "refreshToken")),
                 parse_iso8601(json_text(file, "registrationExpiresAt"))};
  const auto expires = parse_iso8601(json_text(file, "expiresAt"));
  if (token.access_token.empty() || !expires) {
    return bad_token(token.access_token.empty() ? "accessToken is missing"
                                                : "expiresAt is no time such as 2026-11-20T23:37:24Z");
  }
  token.expires = *expires;
  return token;
}

Result<SsoRenewal> read_sso_renewal(const json& answer, WallTime now) {
  constexpr std::int64_t kLongest = std::chrono::seconds(std::chrono::hours(24 * 90)).count();
  const auto life = json_number(answer, "expiresIn", kLongest);
  SsoRenewal renewal{Secret(json_text(answer, "accessToken")), now, Secret(json_text(answer, "refreshToken"))};
  if (!life || renewal.access_token.empty()) {
    return bad_sso_answer("IAM Identity Center answered without a token and its life");
  }
  renewal.expires = now + std::chrono::seconds(*life);
  return renewal;
}

std::string renewed_sso_text(std::string_view text, const SsoRenewal& renewal) {
  auto file = parse_ordered_json(text);
  file["accessToken"] = renewal.access_token.reveal();
  file["expiresAt"] = format_iso8601(renewal.expires);
  if (!renewal.refresh_token.empty()) {
    file["refreshToken"] = renewal.refresh_token.reveal();
  }
  return file.dump(2, ' ', false, json::error_handler_t::replace);
}

Result<Credentials> read_role_credentials(const json& answer) {
  const auto role = json_object_at(answer, "roleCredentials");
  auto credentials = json_keys(role);
  const auto end = json_number(role, "expiration", kLastSecond * 1000);
  if (!end || !are_complete(credentials)) {
    return bad_sso_answer("IAM Identity Center answered without complete credentials");
  }
  credentials.expiration = WallTime(std::chrono::milliseconds(*end));
  return credentials;
}

}  // namespace understudy::aws
