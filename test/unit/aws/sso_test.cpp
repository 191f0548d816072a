#include "understudy/aws/sso.hpp"

#include <nlohmann/json.hpp>

#include <string>

#include "understudy/base/time_text.hpp"

#include <doctest/doctest.h>

namespace understudy::aws {
namespace {

using nlohmann::json;

WallTime at(const char* text) { return parse_iso8601(text).value(); }

const std::string kFile = R"({"accessToken": "fake-token", "expiresAt": "2026-11-20T23:37:24UTC", "clientId": "me",
  "clientSecret": "fake-secret", "refreshToken": "fake-refresh", "registrationExpiresAt": "2027-01-01T00:00:00Z",
  "unknown": [1, 2]})";

TEST_CASE("the cache's file is named by a SHA-1, the hosts by the region's partition") {
  CHECK(sso_cache_name("abc") == "a9993e364706816aba3e25717850c26c9cd0d89d.json");
  CHECK(sso_portal_host("eu-west-1") == "portal.sso.eu-west-1.amazonaws.com");
  CHECK(sso_oidc_host("cn-north-1") == "oidc.cn-north-1.amazonaws.com.cn");
}

TEST_CASE("a token's file is read, with its end in either form of UTC") {
  const auto token = read_sso_token(kFile);
  REQUIRE(token.has_value());
  CHECK(token->access_token == Secret("fake-token"));
  CHECK(token->expires == at("2026-11-20T23:37:24Z"));
  CHECK(token->can_be_renewed(at("2026-12-31T00:00:00Z")));
  CHECK_FALSE(token->can_be_renewed(at("2027-01-01T00:00:00Z")));
  const auto legacy = read_sso_token(R"({"accessToken": "fake-token", "expiresAt": "2026-11-20T23:37:24Z"})");
  REQUIRE(legacy.has_value());
  CHECK_FALSE(legacy->can_be_renewed(at("2026-11-20T00:00:00Z")));
}

TEST_CASE("what is no token's file is an error without a value of it") {
  for (const std::string text :
       {"", "[]", "fake-token", R"({"expiresAt": "2026-11-20T23:37:24Z"})", R"({"accessToken": "fake-token"})",
        R"({"accessToken": "fake-token", "expiresAt": "soon"})"}) {
    CAPTURE(text);
    const auto token = read_sso_token(text);
    REQUIRE_FALSE(token.has_value());
    CHECK(token.error().code == "BadSsoToken");
    CHECK(token.error().message.find("fake-token") == std::string::npos);
  }
}

TEST_CASE("a renewal goes into the file, and everything else stays") {
  const auto renewal = read_sso_renewal({{"accessToken", "new"}, {"expiresIn", 3600}, {"refreshToken", "newer"}},
                                        at("2026-11-20T23:00:00Z"));
  REQUIRE(renewal.has_value());
  const auto file = json::parse(renewed_sso_text(kFile, *renewal));
  CHECK(file.at("accessToken") == "new");
  CHECK(file.at("expiresAt") == "2026-11-21T00:00:00Z");
  CHECK(file.at("refreshToken") == "newer");
  CHECK(file.at("clientSecret") == "fake-secret");
  CHECK(file.at("unknown") == json{1, 2});
  const auto plain = read_sso_renewal({{"accessToken", "new"}, {"expiresIn", 3600}}, WallTime{});
  CHECK(json::parse(renewed_sso_text(kFile, *plain)).at("refreshToken") == "fake-refresh");
  for (const json& answer :
       {json::object(), json{{"accessToken", "new"}}, json{{"accessToken", "new"}, {"expiresIn", "1"}},
        json{{"accessToken", ""}, {"expiresIn", 1}}, json{{"accessToken", "new"}, {"expiresIn", 0}}}) {
    CHECK(read_sso_renewal(answer, WallTime{}).error().code == "BadAnswer");
  }
}

TEST_CASE("role credentials end at a number of milliseconds") {
  json role{{"accessKeyId", "ASIAIOSFODNN7EXAMPLE"},
            {"secretAccessKey", "s"},
            {"sessionToken", "t"},
            {"expiration", 1795217844000}};
  const auto credentials = read_role_credentials({{"roleCredentials", role}});
  REQUIRE(credentials.has_value());
  CHECK(credentials->expiration == at("2026-11-20T23:37:24Z"));
  CHECK(credentials->session_token == Secret("t"));
  for (const char* key : {"accessKeyId", "secretAccessKey", "sessionToken", "expiration"}) {
    CAPTURE(key);
    auto less = role;
    less.erase(key);
    CHECK(read_role_credentials({{"roleCredentials", less}}).error().code == "BadAnswer");
  }
  role["expiration"] = 1e300;
  CHECK_FALSE(read_role_credentials({{"roleCredentials", role}}).has_value());
}

}  // namespace
}  // namespace understudy::aws
