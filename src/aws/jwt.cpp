#include "understudy/aws/jwt.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <chrono>

#include "identity_token.hpp"
#include "jwt_parts.hpp"
#include "understudy/aws/json_keys.hpp"
#include "understudy/base/crypto.hpp"
#include "understudy/base/text.hpp"

namespace understudy::aws {
namespace {

using Json = nlohmann::json;

Error not_a_jwt() {
  return invalid_identity_token(
      "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)");
}

/// A part of the token; a discarded value where it is no base64url of a JSON object.
Json read_part(std::string_view part) {
  const auto text = unbase64url(part);
  return text ? parse_object(*text) : Json(Json::value_t::discarded);
}

long long seconds_of(WallTime time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

Result<JwtClaims> read_claims(const Json& json) {
  if (const auto name = malformed_claim(json, {"nbf"}, {"azp"}); !name.empty()) {
    return invalid_identity_token(fmt::format("The claim {} has a form that it can not have.", name));
  }
  JwtClaims claims;
  claims.issuer = json_text(json, "iss");
  claims.subject = json_text(json, "sub");
  claims.audiences = audience_claim(json);
  claims.authorized_party = json_text(json, "azp");
  claims.not_before = time_claim(json, "nbf");
  const auto issued_at = time_claim(json, "iat");
  const auto expires = time_claim(json, "exp");
  const auto missing = claims.issuer.empty()      ? "iss"
                       : claims.subject.empty()   ? "sub"
                       : claims.audiences.empty() ? "aud"
                       : !issued_at               ? "iat"
                       : !expires                 ? "exp"
                                                  : nullptr;
  if (missing != nullptr) {
    return invalid_identity_token(fmt::format("Missing a required claim: {}", missing));
  }
  claims.issued_at = *issued_at;
  claims.expires = *expires;
  return claims;
}

Result<void> check_times(const JwtClaims& claims, WallTime now) {
  if (now >= claims.expires) {
    return Error{Error::Kind::kExpired, "ExpiredTokenException",
                 fmt::format("Token expired: current date/time {} must be before the expiration date/time {}",
                             seconds_of(now), seconds_of(claims.expires))};
  }
  if (now + kClockSkew < claims.issued_at || (claims.not_before && now + kClockSkew < *claims.not_before)) {
    return invalid_identity_token("Token is not valid yet: its iat or nbf lies in the future.");
  }
  return {};
}

}  // namespace

Result<JwtClaims> read_jwt(std::string_view token, WallTime now) {
  const auto parts = split(token, '.');
  if (parts.size() != 3 || parts[2].empty() || !unbase64url(parts[2])) {
    return not_a_jwt();
  }
  const auto header = read_part(parts[0]);
  const auto payload = read_part(parts[1]);
  if (header.is_discarded() || payload.is_discarded()) {
    return not_a_jwt();
  }
  if (const auto algorithm = json_text(header, "alg"); algorithm.empty() || equal_ignoring_case(algorithm, "none")) {
    return invalid_identity_token("The ID Token has to be signed: its alg is missing or none.");
  }
  auto claims = read_claims(payload);
  if (!claims) {
    return claims;
  }
  if (auto timely = check_times(*claims, now); !timely) {
    return timely.error();
  }
  return claims;
}

}  // namespace understudy::aws
