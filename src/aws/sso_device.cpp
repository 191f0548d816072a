#include "understudy/aws/sso_device.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

#include "sso_answer.hpp"
#include "understudy/aws/json_keys.hpp"
#include "understudy/base/ascii.hpp"
#include "understudy/base/crypto.hpp"
#include "understudy/base/json.hpp"
#include "understudy/base/text.hpp"
#include "understudy/base/time_text.hpp"

namespace understudy::aws {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

Error bad_registration(std::string why) { return {Error::Kind::kInvalid, "BadSsoRegistration", std::move(why)}; }

/// As Python's json.dumps writes a text.
std::string python_text(const std::string& text) {
  return json(text).dump(-1, ' ', true, json::error_handler_t::replace);
}

bool is_for_authorization_code(const json& file) {
  const auto grants = file.find("grantTypes");
  return grants != file.end() && grants->is_array() &&
         std::ranges::find(*grants, json("authorization_code")) != grants->end();
}

/// What may go to a terminal and to a browser.
bool is_page(std::string_view url) {
  return (url.starts_with("https://") || url.starts_with("http://")) && is_visible(url);
}

std::string text_of(const ordered_json& file) { return file.dump(2, ' ', false, json::error_handler_t::replace); }

}  // namespace

std::vector<std::string> parse_sso_scopes(std::string_view text) {
  std::vector<std::string> scopes;
  for (const auto part : split(text, ',')) {
    if (const auto scope = trim(part); !scope.empty()) {
      scopes.emplace_back(scope);
    }
  }
  return scopes;
}

std::string sso_registration_name(const SsoPlace& place) {
  std::vector<std::string> scopes(place.scopes.size());
  std::ranges::transform(place.scopes, scopes.begin(), python_text);
  const auto described =
      fmt::format(R"({{"region": {}, "scopes": {}, "session_name": {}, "startUrl": {}, "tool": "botocore"}})",
                  python_text(place.region), scopes.empty() ? "null" : fmt::format("[{}]", fmt::join(scopes, ", ")),
                  place.session.empty() ? "null" : python_text(place.session), python_text(place.start_url));
  return hex(sha1(described)) + ".json";
}

Result<SsoRegistration> read_sso_registration(std::string_view text) {
  const auto file = parse_json(text);
  if (!file.is_object()) {
    return bad_registration("it is no JSON object");
  }
  if (is_for_authorization_code(file)) {
    return bad_registration("it is for the authorization code flow");
  }
  SsoRegistration registration{json_text(file, "clientId"), Secret(json_text(file, "clientSecret")), WallTime{}};
  const auto expires = parse_iso8601(json_text(file, "expiresAt"));
  if (registration.client_id.empty() || registration.client_secret.empty() || !expires) {
    return bad_registration("clientId, clientSecret or expiresAt is missing");
  }
  registration.expires = *expires;
  return registration;
}

std::string sso_registration_text(const SsoRegistration& registration, const SsoPlace& place) {
  ordered_json file{{"clientId", registration.client_id},
                    {"clientSecret", registration.client_secret.reveal()},
                    {"expiresAt", format_iso8601(registration.expires)}};
  if (!place.scopes.empty()) {
    file["scopes"] = place.scopes;
  }
  return text_of(file);
}

Result<SsoRegistration> read_registered_client(const json& answer) {
  const auto expires = json_number(answer, "clientSecretExpiresAt", kLastSecond);
  SsoRegistration registration{json_text(answer, "clientId"), Secret(json_text(answer, "clientSecret")), WallTime{}};
  if (registration.client_id.empty() || registration.client_secret.empty() || !expires) {
    return bad_sso_answer("IAM Identity Center registered a client without telling its id, its secret and their end");
  }
  registration.expires = WallTime(std::chrono::seconds(*expires));
  return registration;
}

Result<SsoDevice> read_device_authorization(const json& answer) {
  constexpr std::int64_t kLongest = std::chrono::seconds(std::chrono::hours(24)).count();
  constexpr std::int64_t kLongestInterval = 300;
  constexpr std::int64_t kUsualInterval = 5;
  SsoDevice device{Secret(json_text(answer, "deviceCode")), json_text(answer, "userCode"),
                   json_text(answer, "verificationUri"), json_text(answer, "verificationUriComplete")};
  if (device.url_with_code.empty()) {
    device.url_with_code = device.url;
  }
  const auto life = json_number(answer, "expiresIn", kLongest);
  if (device.device_code.empty() || device.user_code.empty() || !life) {
    return bad_sso_answer("IAM Identity Center answered without a device code, a user code and their life");
  }
  if (!is_page(device.url) || !is_page(device.url_with_code)) {
    return bad_sso_answer("IAM Identity Center answered with a page that no browser should open");
  }
  device.life = std::chrono::seconds(*life);
  device.interval = std::chrono::seconds(json_number(answer, "interval", kLongestInterval).value_or(kUsualInterval));
  return device;
}

DeviceState device_state(std::string_view code) {
  struct Row {
    std::string_view rfc;
    std::string_view model;
    DeviceState state;
  };
  constexpr std::array<Row, 4> kRows{{
      {"authorization_pending", "AuthorizationPendingException", DeviceState::kPending},
      {"slow_down", "SlowDownException", DeviceState::kSlowDown},
      {"expired_token", "ExpiredTokenException", DeviceState::kExpired},
      {"access_denied", "AccessDeniedException", DeviceState::kDenied},
  }};
  const auto* found = std::ranges::find_if(kRows, [&](const Row& row) { return code == row.rfc || code == row.model; });
  return found == kRows.end() ? DeviceState::kOther : found->state;
}

std::string sso_token_text(const SsoPlace& place, const SsoRegistration& registration, const SsoRenewal& token) {
  ordered_json file{{"startUrl", place.start_url},
                    {"region", place.region},
                    {"accessToken", token.access_token.reveal()},
                    {"expiresAt", format_iso8601(token.expires)},
                    {"clientId", registration.client_id},
                    {"clientSecret", registration.client_secret.reveal()},
                    {"registrationExpiresAt", format_iso8601(registration.expires)}};
  if (!token.refresh_token.empty()) {
    file["refreshToken"] = token.refresh_token.reveal();
  }
  return text_of(file);
}

}  // namespace understudy::aws
