#include "understudy/aws/jwks.hpp"

#include <fmt/format.h>

#include <string>
#include <vector>

#include "fakes/cluster.hpp"

#include <doctest/doctest.h>

namespace understudy::aws {
namespace {

std::string key_in(const std::string& set) {
  const auto begin = set.find("[{") + 1;
  return set.substr(begin, set.rfind("}]") + 1 - begin);
}

/// The parts of a token: what is signed, and the signature.
struct Parts {
  std::string data;
  std::string signature;
};
Parts parts_of(const std::string& token) {
  const auto dot = token.rfind('.');
  return {token.substr(0, dot), unbase64url(token.substr(dot + 1)).value()};
}

TEST_CASE("a cluster's keys are read, and verify what it signed") {
  const fakes::Cluster cluster;
  const auto keys = parse_jwks(cluster.jwks(), "jwks.json");
  REQUIRE(keys.has_value());
  REQUIRE(keys->size() == 1);
  CHECK(keys->front().id == "key-1");
  CHECK(keys->front().algorithm == "ES256");
  const auto [data, signature] = parts_of(cluster.sign("{}"));
  CHECK(is_signed_by(*keys, "key-1", "ES256", data, signature));
  CHECK(is_signed_by(*keys, "", "ES256", data, signature));
  CHECK_FALSE(is_signed_by(*keys, "key-2", "ES256", data, signature));
  CHECK_FALSE(is_signed_by(*keys, "key-1", "RS256", data, signature));
  CHECK_FALSE(is_signed_by(*keys, "key-1", "none", data, ""));
  const auto [other, others] = parts_of(fakes::Cluster().sign("{}"));
  CHECK_FALSE(is_signed_by(*keys, "key-1", "ES256", other, others));
}

TEST_CASE("keys that can not be used are passed over") {
  const fakes::Cluster cluster;
  const auto good = key_in(cluster.jwks());
  for (const char* odd : {R"({"kty":"oct","k":"c2VjcmV0"})", R"({"kty":"EC","crv":"P-256","x":"AA","y":"AA"})",
                          R"({"kty":"RSA","n":"AQAB","e":"AQAB"})", R"({"kty":1})", "{}", "17", "null", "[]",
                          R"({"kty":"RSA","n":"!","e":"AQAB"})"}) {
    CAPTURE(odd);
    const auto keys = parse_jwks(fmt::format(R"({{"keys":[{},{}]}})", odd, good), "jwks.json");
    REQUIRE(keys.has_value());
    CHECK(keys->size() == 1);
  }
  auto for_encryption = good;
  for_encryption.replace(for_encryption.find("\"sig\""), 5, "\"enc\"");
  CHECK_FALSE(parse_jwks(fmt::format(R"({{"keys":[{}]}})", for_encryption), "jwks.json").has_value());
}

TEST_CASE("what is no key set is refused with its place and nothing of its content") {
  for (const char* text :
       {"", "fake-secret", "[]", "{}", R"({"keys":{}})", R"({"keys":[]})", R"({"keys":["fake-secret"]})"}) {
    CAPTURE(text);
    const auto keys = parse_jwks(text, "/etc/jwks.json");
    REQUIRE_FALSE(keys.has_value());
    CHECK(keys.error().kind == Error::Kind::kInvalid);
    CHECK(keys.error().code == "BadKeySet");
    CHECK(keys.error().message.starts_with("/etc/jwks.json holds no key"));
    CHECK(keys.error().message.find("fake-secret") == std::string::npos);
  }
}

}  // namespace
}  // namespace understudy::aws
