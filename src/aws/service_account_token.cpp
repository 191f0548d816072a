#include "understudy/aws/service_account_token.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

#include "jwt_parts.hpp"
#include "understudy/aws/json_keys.hpp"
#include "understudy/base/crypto.hpp"
#include "understudy/base/text.hpp"

namespace understudy::aws {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kBearer = "bearer ";

Error malformed(std::string_view why) {
  return {Error::Kind::kInvalid, "BadToken", fmt::format("token is malformed: {}", why)};
}

Error bad_claims(std::string why) { return {Error::Kind::kInvalid, "BadClaims", std::move(why)}; }

/// The JSON object in a part; `what` is its name in the messages.
Result<Json> object_in(std::string_view part, std::string_view what) {
  const auto text = unbase64url(part);
  if (!text) {
    return malformed(fmt::format("could not base64 decode {}", what));
  }
  auto object = parse_object(*text);
  if (object.is_discarded()) {
    return malformed(fmt::format("could not JSON decode {}", what));
  }
  return object;
}

void read_account(const Json& claims, ServiceAccountToken& token) {
  token.subject = json_text(claims, "sub");
  const auto kubernetes = json_object_at(claims, "kubernetes.io");
  token.name_space = json_text(kubernetes, "namespace");
  token.account = json_text(json_object_at(kubernetes, "serviceaccount"), "name");
  const auto parts = split(token.subject, ':');
  const bool is_account = parts.size() == 4 && parts[0] == "system" && parts[1] == "serviceaccount";
  if (is_account && !claims.contains("kubernetes.io")) {
    token.name_space = parts[2];
    token.account = parts[3];
  }
}

}  // namespace

Result<ServiceAccountToken> parse_service_account_token(std::string_view text) {
  const auto parts = split(text, '.');
  if (parts.size() != 3) {
    return malformed("token contains an invalid number of segments");
  }
  if (equal_ignoring_case(text.substr(0, kBearer.size()), kBearer)) {
    return malformed("tokenstring should not contain 'bearer '");
  }
  const auto header = object_in(parts[0], "header");
  if (!header) {
    return header.error();
  }
  const auto claims = object_in(parts[1], "claim");
  if (!claims) {
    return claims.error();
  }
  const auto signature = unbase64url(parts[2]);
  if (!signature) {
    return malformed("could not base64 decode signature");
  }
  ServiceAccountToken token;
  token.algorithm = json_text(*header, "alg");
  if (token.algorithm.empty()) {
    return Error{Error::Kind::kInvalid, "BadToken", "token is unverifiable: signing method (alg) is unspecified"};
  }
  token.key_id = json_text(*header, "kid");
  token.signed_part = text.substr(0, parts[0].size() + 1 + parts[1].size());
  token.signature = *signature;
  token.audiences = audience_claim(*claims);
  token.expires = time_claim(*claims, "exp");
  token.not_before = time_claim(*claims, "nbf");
  token.malformed = malformed_claim(*claims, {"nbf"}, {"sub"});
  read_account(*claims, token);
  return token;
}

Result<void> check_claims(const ServiceAccountToken& token, std::string_view audience, WallTime now) {
  const bool expired = token.expires && now >= *token.expires;
  const bool early = token.not_before && now < *token.not_before;
  if (expired || early) {
    return bad_claims(fmt::format("{}{}{}", expired ? "token is expired" : "", expired && early ? ", " : "",
                                  early ? "token is not valid yet" : ""));
  }
  if (!token.malformed.empty()) {
    return bad_claims("malformed claim: " + token.malformed);
  }
  if (!token.expires) {
    return bad_claims("missing claim: exp");
  }
  if (std::ranges::find(token.audiences, audience) == token.audiences.end()) {
    return bad_claims(fmt::format("invalid audience: expected {}", audience));
  }
  if (token.name_space.empty() || token.account.empty()) {
    return bad_claims("missing claim: kubernetes.io");
  }
  const auto subject = fmt::format("system:serviceaccount:{}:{}", token.name_space, token.account);
  if (!token.subject.empty() && token.subject != subject) {
    return bad_claims("invalid claim: sub is not the service account of kubernetes.io");
  }
  return {};
}

}  // namespace understudy::aws
