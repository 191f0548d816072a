#include "understudy/aws/login_session.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <array>
#include <chrono>

#include "understudy/aws/json_keys.hpp"
#include "understudy/aws/partition.hpp"
#include "understudy/base/crypto.hpp"
#include "understudy/base/json.hpp"
#include "understudy/base/text.hpp"
#include "understudy/base/time_text.hpp"

namespace understudy::aws {
namespace {

using nlohmann::json;

constexpr std::array<std::string_view, 4> kTokenMembers{"accessKeyId", "secretAccessKey", "sessionToken", "expiresAt"};

Error bad_session(std::string why) { return {Error::Kind::kInvalid, "BadLoginSession", std::move(why)}; }

std::string base64url_json(const json& value) { return base64url(value.dump()); }

}  // namespace

std::string login_cache_name(std::string_view login_session) {
  return hex(bytes_of(sha256(trim(login_session)))) + ".json";
}

std::string signin_host(std::string_view region) {
  const auto& partition = partition_of_region(region);
  if (partition.name == "aws") {
    return fmt::format("{}.signin.aws.amazon.com", region);
  }
  if (partition.name == "aws-cn") {
    return fmt::format("{}.signin.amazonaws.cn", region);
  }
  if (partition.name == "aws-us-gov") {
    return fmt::format("{}.signin.amazonaws-us-gov.com", region);
  }
  return fmt::format("signin.{}.{}", region, partition.dns_suffix);
}

Result<LoginSession> read_login_session(std::string_view text) {
  const auto file = parse_json(text);
  if (!file.is_object()) {
    return bad_session("it is no JSON object");
  }
  const auto token = json_object_at(file, "accessToken");
  for (const auto member : kTokenMembers) {
    if (json_text(token, member).empty()) {
      return bad_session(fmt::format("accessToken.{} is missing", member));
    }
  }
  LoginSession session{json_keys(token), json_text(file, "clientId"), Secret(json_text(file, "refreshToken")),
                       Secret(json_text(file, "dpopKey"))};
  session.credentials.account_id = json_text(token, "accountId");
  session.credentials.expiration = parse_iso8601(json_text(token, "expiresAt"));
  if (!session.credentials.expiration) {
    return bad_session("accessToken.expiresAt is no time such as 2026-11-20T23:37:24Z");
  }
  return session;
}

Result<LoginRenewal> read_login_renewal(const json& answer, WallTime now) {
  constexpr std::int64_t kLongest = std::chrono::seconds(std::chrono::hours(24)).count();
  LoginRenewal renewal{json_keys(json_object_at(answer, "accessToken")), Secret(json_text(answer, "refreshToken"))};
  auto& keys = renewal.credentials;
  const auto life = json_number(answer, "expiresIn", kLongest);
  if (!life || !are_complete(keys) || renewal.refresh_token.empty()) {
    return Error{Error::Kind::kUnavailable, "BadAnswer", "sign-in answered without complete credentials"};
  }
  keys.obtained = now;
  keys.expiration = now + std::chrono::seconds(*life);
  return renewal;
}

std::string renewed_login_text(std::string_view text, const LoginRenewal& renewal) {
  const auto& keys = renewal.credentials;
  auto file = parse_ordered_json(text);
  auto& token = file["accessToken"];
  token["accessKeyId"] = keys.access_key_id;
  token["secretAccessKey"] = keys.secret_access_key.reveal();
  token["sessionToken"] = keys.session_token->reveal();
  token["expiresAt"] = format_iso8601(*keys.expiration);
  file["refreshToken"] = renewal.refresh_token.reveal();
  return file.dump(2, ' ', false, json::error_handler_t::replace);
}

std::string dpop_proof(const PrivateKey& key, std::string_view method, std::string_view url, WallTime now,
                       std::string_view id) {
  const auto point = key.p256_point().value();
  const auto issued_at = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  const json header{{"typ", "dpop+jwt"},
                    {"alg", "ES256"},
                    {"jwk", {{"kty", "EC"}, {"crv", "P-256"}, {"x", base64url(point.x)}, {"y", base64url(point.y)}}}};
  const json claims{{"jti", id}, {"htm", method}, {"htu", url}, {"iat", issued_at}};
  const auto what = base64url_json(header) + "." + base64url_json(claims);
  return what + "." + base64url(key.sign_es256(what));
}

}  // namespace understudy::aws
