#include "understudy/aws/jwt.hpp"

#include <string>
#include <vector>

#include "understudy/base/crypto.hpp"
#include "understudy/base/time_text.hpp"

#include <doctest/doctest.h>

namespace understudy::aws {
namespace {

const WallTime kNow = *parse_iso8601("2026-11-20T12:00:00Z");  // 1795176000

std::string token(const std::string& payload, const std::string& header = R"({"alg":"RS256","typ":"JWT"})") {
  return base64url(header) + "." + base64url(payload) + "." + base64url("signature");
}

const std::string kGood =
    R"({"iss":"https://example.com","sub":"me","aud":"sts.amazonaws.com","iat":1795175000,"exp":1795179600})";

TEST_CASE("a token's claims are read") {
  const auto claims = read_jwt(token(kGood), kNow);
  REQUIRE(claims.has_value());
  CHECK(claims->issuer == "https://example.com");
  CHECK(claims->subject == "me");
  CHECK(claims->audiences == std::vector<std::string>{"sts.amazonaws.com"});
  CHECK(format_iso8601(claims->expires) == "2026-11-20T13:00:00Z");

  const auto rich =
      read_jwt(token(R"({"iss":"i","sub":"s","aud":["a","b"],"azp":"z","iat":1.795175e9,"nbf":1795176100,)"
                     R"("exp":1795179600.5,"extra":{"deep":[1]}})"),
               kNow);
  REQUIRE(rich.has_value());
  CHECK(rich->audiences == std::vector<std::string>{"a", "b"});
  CHECK(rich->authorized_party == "z");
  CHECK(rich->not_before.has_value());
}

TEST_CASE("what is no ID token is refused as STS refuses it") {
  const auto claims = [](const std::string& rest) { return token("{" + rest + "}"); };
  struct Row {
    std::string token;
    std::string message;
  };
  const std::string not_a_jwt = "The ID Token provided is not a valid JWT";
  const std::vector<Row> rows = {
      {"", not_a_jwt},
      {"abc", not_a_jwt},
      {"a.b.c", not_a_jwt},
      {"..", not_a_jwt},
      {token(kGood) + ".x", not_a_jwt},
      {base64url("{}") + "." + base64url(kGood) + ".", not_a_jwt},
      {token("[1]"), not_a_jwt},
      {token("{"), not_a_jwt},
      {token(std::string(100000, '[')), not_a_jwt},
      {token(kGood, R"({"alg":"none"})"), "has to be signed"},
      {token(kGood, R"({"alg":"NONE"})"), "has to be signed"},
      {token(kGood, "{}"), "has to be signed"},
      {claims(""), "Missing a required claim: iss"},
      {claims(R"("iss":7)"), "Missing a required claim: iss"},
      {claims(R"("iss":"i")"), "Missing a required claim: sub"},
      {claims(R"("iss":"i","sub":"s")"), "Missing a required claim: aud"},
      {claims(R"("iss":"i","sub":"s","aud":[])"), "Missing a required claim: aud"},
      {claims(R"("iss":"i","sub":"s","aud":{"a":1})"), "Missing a required claim: aud"},
      {claims(R"("iss":"i","sub":"s","aud":"a")"), "Missing a required claim: iat"},
      {claims(R"("iss":"i","sub":"s","aud":"a","iat":1795175000)"), "Missing a required claim: exp"},
      {claims(R"("iss":"i","sub":"s","aud":"a","iat":1795175000,"exp":1e300)"), "Missing a required claim: exp"},
      {claims(R"("iss":"i","sub":"s","aud":"a","iat":1795175000,"exp":"soon")"), "Missing a required claim: exp"},
      {claims(R"("iss":"i","sub":"s","aud":"a","iat":1795175000,"exp":1795179600,"nbf":"1795185999")"), "claim nbf"},
      {claims(R"("iss":"i","sub":"s","aud":"a","iat":1795175000,"exp":1795179600,"nbf":1e15)"), "claim nbf"},
      {claims(R"("iss":"i","sub":"s","aud":"a","iat":1795175000,"exp":1795179600,"azp":7)"), "claim azp"},
      {claims(R"("iss":"i","sub":"s","aud":"a","iat":1795176301,"exp":1795179600)"), "not valid yet"},
      {claims(R"("iss":"i","sub":"s","aud":"a","iat":1795175000,"nbf":1795176301,"exp":1795179600)"), "not valid yet"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.message);
    const auto outcome = read_jwt(row.token, kNow);
    REQUIRE_FALSE(outcome.has_value());
    CHECK(outcome.error().code == "InvalidIdentityToken");
    CHECK(outcome.error().kind == Error::Kind::kDenied);
    CHECK(outcome.error().message.find(row.message) != std::string::npos);
  }
}

TEST_CASE("a token ends with its exp") {
  const auto ends = *parse_iso8601("2026-11-20T13:00:00Z");
  CHECK(read_jwt(token(kGood), ends - std::chrono::milliseconds(1)).has_value());
  const auto outcome = read_jwt(token(kGood), ends);
  REQUIRE_FALSE(outcome.has_value());
  CHECK((outcome.error() ==
         Error{Error::Kind::kExpired, "ExpiredTokenException",
               "Token expired: current date/time 1795179600 must be before the expiration date/time 1795179600"}));
}

}  // namespace
}  // namespace understudy::aws
