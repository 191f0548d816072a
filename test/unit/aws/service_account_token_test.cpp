#include "understudy/aws/service_account_token.hpp"

#include <string>
#include <vector>

#include "fakes/cluster.hpp"
#include "understudy/base/time_text.hpp"

#include <doctest/doctest.h>

namespace understudy::aws {
namespace {

const WallTime kNow = *parse_iso8601("2026-11-20T12:00:00Z");  // 1795176000
constexpr const char* kAudience = "pods.eks.amazonaws.com";

std::string token_of(const std::string& claims, const std::string& header = R"({"alg":"RS256","kid":"k"})") {
  return base64url(header) + "." + base64url(claims) + "." + base64url("signature");
}

/// What is wrong with the claims; empty where nothing is.
std::string verdict(const std::string& claims, WallTime now = kNow) {
  const auto token = parse_service_account_token(token_of(claims));
  REQUIRE(token.has_value());
  const auto checked = check_claims(*token, kAudience, now);
  return checked ? "" : checked.error().message;
}

TEST_CASE("a pod's token is read") {
  const auto text = fakes::Cluster("k").token(kNow, "shop", "cart");
  const auto token = parse_service_account_token(text);
  REQUIRE(token.has_value());
  CHECK(token->algorithm == "ES256");
  CHECK(token->key_id == "k");
  CHECK(token->signed_part == text.substr(0, text.rfind('.')));
  CHECK(base64url(token->signature) == text.substr(text.rfind('.') + 1));
  CHECK(token->name_space == "shop");
  CHECK(token->account == "cart");
  CHECK(token->audiences == std::vector<std::string>{kAudience});
  CHECK(token->expires == kNow + std::chrono::hours(1));
  CHECK(token->not_before == kNow);
  CHECK(check_claims(*token, kAudience, kNow).has_value());
}

TEST_CASE("without kubernetes.io the subject says whose token it is") {
  const auto token = parse_service_account_token(token_of(R"({"sub":"system:serviceaccount:shop:cart"})"));
  REQUIRE(token.has_value());
  CHECK(token->name_space == "shop");
  CHECK(token->account == "cart");
  for (const char* subject : {"", "cart", "system:serviceaccount:shop", "system:serviceaccount:shop:cart:x",
                              "system:node:shop:cart", ":serviceaccount:shop:cart"}) {
    CAPTURE(subject);
    const auto other = parse_service_account_token(token_of(R"({"sub":")" + std::string(subject) + R"("})"));
    REQUIRE(other.has_value());
    CHECK(other->account.empty());
  }
}

TEST_CASE("what is no token is refused in the agent's words") {
  const std::string segments = "token is malformed: token contains an invalid number of segments";
  struct Row {
    std::string token;
    std::string message;
  };
  for (const Row& row : std::vector<Row>{
           {"", segments},
           {"abc", segments},
           {"a.b", segments},
           {"a.b.c.d", segments},
           {"Bearer " + token_of("{}"), "token is malformed: tokenstring should not contain 'bearer '"},
           {"!!." + base64url("{}") + ".c2ln", "token is malformed: could not base64 decode header"},
           {base64url("x") + "." + base64url("{}") + ".c2ln", "token is malformed: could not JSON decode header"},
           {base64url("[]") + "." + base64url("{}") + ".c2ln", "token is malformed: could not JSON decode header"},
           {base64url("{}") + ".!!.c2ln", "token is malformed: could not base64 decode claim"},
           {base64url("{}") + "." + base64url("nothing") + ".c2ln", "token is malformed: could not JSON decode claim"},
           {base64url("{}") + "." + base64url("{}") + ".!!", "token is malformed: could not base64 decode signature"},
           {token_of("{}") + "\n", "token is malformed: could not base64 decode signature"},
           {token_of("{}", "{}"), "token is unverifiable: signing method (alg) is unspecified"},
           {token_of("{}", R"({"alg":5})"), "token is unverifiable: signing method (alg) is unspecified"},
       }) {
    CAPTURE(row.token);
    const auto token = parse_service_account_token(row.token);
    REQUIRE_FALSE(token.has_value());
    CHECK(token.error().message == row.message);
    CHECK(token.error().code == "BadToken");
  }
}

TEST_CASE("nesting without end costs nothing") {
  const auto deep = R"({"aud":"a","deep":)" + std::string(50'000, '[') + std::string(50'000, ']') + "}";
  const auto token = parse_service_account_token(token_of(deep));
  REQUIRE_FALSE(token.has_value());
  CHECK(token.error().code == "BadToken");
}

TEST_CASE("times hold to the second, without tolerance") {
  const auto claims = fakes::Cluster::claims(kNow);
  CHECK(verdict(claims, kNow) == "");
  CHECK(verdict(claims, kNow - std::chrono::milliseconds(1)) == "token is not valid yet");
  CHECK(verdict(claims, kNow + std::chrono::minutes(60) - std::chrono::milliseconds(1)) == "");
  CHECK(verdict(claims, kNow + std::chrono::minutes(60)) == "token is expired");
  CHECK(verdict(R"({"exp":1795170000,"nbf":1795179000})") == "token is expired, token is not valid yet");
}

TEST_CASE("a claim that is missing or wrong is named") {
  const std::string who = R"("kubernetes.io":{"namespace":"shop","serviceaccount":{"name":"cart"}})";
  const std::string good = R"("exp":1795179600,"aud":"pods.eks.amazonaws.com")";
  const std::string audience = "invalid audience: expected pods.eks.amazonaws.com";
  struct Row {
    std::string claims;
    std::string message;
  };
  for (const Row& row : std::vector<Row>{
           {good + "," + who, ""},
           {good + R"(,"sub":"system:serviceaccount:shop:cart")", ""},
           {R"("exp":1795179600,"aud":["x","pods.eks.amazonaws.com"],)" + who, ""},
           {R"("aud":"pods.eks.amazonaws.com",)" + who, "missing claim: exp"},
           {R"("exp":"soon","aud":"pods.eks.amazonaws.com",)" + who, "missing claim: exp"},
           {R"("exp":1795179600,)" + who, audience},
           {R"("exp":1795179600,"aud":"sts.amazonaws.com",)" + who, audience},
           {R"("exp":1795179600,"aud":["https://kubernetes.default.svc"],)" + who, audience},
           {R"("exp":1795179600,"aud":[],)" + who, audience},
           {R"("exp":1795179600,"aud":{"a":"pods.eks.amazonaws.com"},)" + who, audience},
           {good + R"(,"nbf":1795176000,)" + who, ""},
           {good + R"(,"nbf":1795176001,)" + who, "token is not valid yet"},
           {good + R"(,"nbf":"1795185999",)" + who, "malformed claim: nbf"},
           {good + R"(,"nbf":1e15,)" + who, "malformed claim: nbf"},
           {good + R"(,"nbf":-1,)" + who, "malformed claim: nbf"},
           {good + R"(,"nbf":null,)" + who, "malformed claim: nbf"},
           {good + R"(,"nbf":[1795176000],)" + who, "malformed claim: nbf"},
           {good + R"(,"sub":7,)" + who, "malformed claim: sub"},
           {good + R"(,"sub":"",)" + who, "malformed claim: sub"},
           {good + R"(,"sub":null,)" + who, "malformed claim: sub"},
           {R"("exp":1e15,"aud":"pods.eks.amazonaws.com",)" + who, "missing claim: exp"},
           {good, "missing claim: kubernetes.io"},
           {good + R"(,"sub":"system:serviceaccount:shop:cart","kubernetes.io":{"namespace":7})",
            "missing claim: kubernetes.io"},
           {good + R"(,"kubernetes.io":"shop")", "missing claim: kubernetes.io"},
           {good + R"(,"kubernetes.io":{"namespace":"shop"})", "missing claim: kubernetes.io"},
           {good + R"(,"kubernetes.io":{"serviceaccount":{"name":"cart"}})", "missing claim: kubernetes.io"},
           {good + R"(,"kubernetes.io":{"namespace":"shop","serviceaccount":{"name":7}})",
            "missing claim: kubernetes.io"},
           {good + "," + who + R"(,"sub":"system:serviceaccount:shop:till")",
            "invalid claim: sub is not the service account of kubernetes.io"},
       }) {
    CAPTURE(row.claims);
    CHECK(verdict("{" + row.claims + "}") == row.message);
  }
}

}  // namespace
}  // namespace understudy::aws
