#include "understudy/aws/login_session.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

#include "fakes/pem.hpp"
#include "understudy/base/crypto.hpp"
#include "understudy/base/text.hpp"
#include "understudy/base/time_text.hpp"

#include <doctest/doctest.h>

namespace understudy::aws {
namespace {

using nlohmann::json;

const WallTime kNow = *parse_iso8601("2026-11-20T23:37:24Z");

json good_file() {
  return {{"accessToken",
           {{"accessKeyId", "ASIAIOSFODNN7EXAMPLE"},
            {"secretAccessKey", "s"},
            {"sessionToken", "t"},
            {"accountId", "111122223333"},
            {"expiresAt", "2026-11-20T23:52:24Z"}}},
          {"tokenType", "aws_sigv4"},
          {"clientId", "arn:aws:signin:::devtools/same-device"},
          {"refreshToken", "r"},
          {"idToken", "i"},
          {"dpopKey", "k"}};
}

json good_answer() {
  return {{"accessToken", {{"accessKeyId", "ASIANEW"}, {"secretAccessKey", "s2"}, {"sessionToken", "t2"}}},
          {"tokenType", "aws_sigv4"},
          {"expiresIn", 900},
          {"refreshToken", "r2"}};
}

// Computed with Python's hashlib.
TEST_CASE("the file is named by the hash of the session, trimmed") {
  const std::string name = "36db1d138ff460920374e4c3d8e01f53f9f73537e89c88d639f68393df0e2726.json";
  CHECK(login_cache_name("arn:aws:iam::0123456789012:user/Admin") == name);
  CHECK(login_cache_name("  arn:aws:iam::0123456789012:user/Admin\n") == name);
  CHECK(login_cache_name("arn:aws:iam::0123456789012:user/admin") != name);
}

TEST_CASE("sign-in has a host of its own in each partition") {
  CHECK(signin_host("us-east-1") == "us-east-1.signin.aws.amazon.com");
  CHECK(signin_host("moon-north-1") == "moon-north-1.signin.aws.amazon.com");
  CHECK(signin_host("cn-north-1") == "cn-north-1.signin.amazonaws.cn");
  CHECK(signin_host("us-gov-west-1") == "us-gov-west-1.signin.amazonaws-us-gov.com");
  CHECK(signin_host("eusc-de-east-1") == "signin.eusc-de-east-1.amazonaws.eu");
}

TEST_CASE("a session is read with what it is renewed by") {
  const auto session = read_login_session(good_file().dump());
  REQUIRE(session);
  CHECK(session->credentials.access_key_id == "ASIAIOSFODNN7EXAMPLE");
  CHECK(session->credentials.secret_access_key == Secret("s"));
  CHECK(session->credentials.session_token == Secret("t"));
  CHECK(session->credentials.account_id == "111122223333");
  CHECK(session->credentials.expiration == kNow + std::chrono::minutes(15));
  CHECK(session->client_id == "arn:aws:signin:::devtools/same-device");
  CHECK(session->refresh_token == Secret("r"));
  CHECK(session->dpop_key == Secret("k"));
  auto short_one = good_file();
  short_one.erase("refreshToken");
  short_one["accessToken"].erase("accountId");
  CHECK(read_login_session(short_one.dump())->refresh_token.empty());
}

TEST_CASE("a file that is no session says what is missing, and no value") {
  const auto without = [](const std::string& member) {
    auto file = good_file();
    file["accessToken"].erase(member);
    return file.dump();
  };
  const auto with = [](const std::string& member, json value) {
    auto file = good_file();
    file["accessToken"][member] = std::move(value);
    return file.dump();
  };
  struct Row {
    std::string text;
    std::string why;
  };
  const std::vector<Row> rows{
      {"", "it is no JSON object"},
      {"[]", "it is no JSON object"},
      {good_file().dump().substr(0, 50), "it is no JSON object"},
      {"{}", "accessToken.accessKeyId is missing"},
      {R"({"accessToken": "t"})", "accessToken.accessKeyId is missing"},
      {without("secretAccessKey"), "accessToken.secretAccessKey is missing"},
      {without("expiresAt"), "accessToken.expiresAt is missing"},
      {with("sessionToken", 7), "accessToken.sessionToken is missing"},
      {with("accessKeyId", ""), "accessToken.accessKeyId is missing"},
      {with("expiresAt", "soon"), "accessToken.expiresAt is no time such as 2026-11-20T23:37:24Z"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    const auto session = read_login_session(row.text);
    REQUIRE_FALSE(session);
    CHECK(session.error() == Error{Error::Kind::kInvalid, "BadLoginSession", row.why});
  }
}

TEST_CASE("a renewal ends so many seconds after it came") {
  const auto renewal = read_login_renewal(good_answer(), kNow);
  REQUIRE(renewal);
  CHECK(renewal->credentials.access_key_id == "ASIANEW");
  CHECK(renewal->credentials.obtained == kNow);
  CHECK(renewal->credentials.expiration == kNow + std::chrono::minutes(15));
  CHECK(renewal->refresh_token == Secret("r2"));
}

TEST_CASE("a renewal that lacks something is none") {
  std::vector<json> bad{json::object(), json::array(), json("text")};
  for (const auto* member : {"accessToken", "expiresIn", "refreshToken"}) {
    bad.push_back(good_answer());
    bad.back().erase(member);
  }
  for (const json& life : {json(0), json(-900), json("900"), json(1.5), json(86401), json(18446744073709551615U)}) {
    bad.push_back(good_answer());
    bad.back()["expiresIn"] = life;
  }
  for (const auto& answer : bad) {
    CAPTURE(answer.dump());
    const auto renewal = read_login_renewal(answer, kNow);
    REQUIRE_FALSE(renewal);
    CHECK(renewal.error().kind == Error::Kind::kUnavailable);
    CHECK(renewal.error().code == "BadAnswer");
  }
}

TEST_CASE("the file keeps what is not renewed, in its order") {
  const std::string before =
      R"({"zeta": [1, {"deep": null}], "accessToken": {"accessKeyId": "a", "secretAccessKey": "s", "sessionToken": "t",)"
      R"( "accountId": "111122223333", "expiresAt": "2026-11-20T23:37:24Z", "more": true},)"
      R"( "refreshToken": "r", "dpopKey": "k", "clientId": "c"})";
  const auto text = renewed_login_text(before, *read_login_renewal(good_answer(), kNow));
  auto expected = json::parse(before);
  expected["accessToken"]["accessKeyId"] = "ASIANEW";
  expected["accessToken"]["secretAccessKey"] = "s2";
  expected["accessToken"]["sessionToken"] = "t2";
  expected["accessToken"]["expiresAt"] = "2026-11-20T23:52:24Z";
  expected["refreshToken"] = "r2";
  CHECK(json::parse(text) == expected);
  CHECK(text.find("zeta") < text.find("accessToken"));
  CHECK(text.find("dpopKey") < text.find("clientId"));
}

TEST_CASE("a proof is a JWT that its own public key verifies") {
  const auto pem = fakes::pem_of(*fakes::make_ec_key("P-256"), fakes::PemForm::kTraditional);
  const auto key = PrivateKey::from_pem(pem, "k");
  REQUIRE(key);
  const auto proof = dpop_proof(*key, "POST", "https://us-east-1.signin.aws.amazon.com/v1/token",
                                kNow + std::chrono::milliseconds(999), "once");
  const auto parts = split(proof, '.');
  REQUIRE(parts.size() == 3);
  const auto header = json::parse(*unbase64url(parts[0]));
  CHECK(header.at("typ") == "dpop+jwt");
  CHECK(header.at("alg") == "ES256");
  const auto jwk = header.at("jwk");
  CHECK(jwk.size() == 4);
  CHECK(jwk.at("kty") == "EC");
  CHECK(jwk.at("crv") == "P-256");
  CHECK(json::parse(*unbase64url(parts[1])) == json{{"jti", "once"},
                                                    {"htm", "POST"},
                                                    {"htu", "https://us-east-1.signin.aws.amazon.com/v1/token"},
                                                    {"iat", 1795217844}});
  const auto number = [&](const char* name) { return *unbase64url(jwk.at(name).get<std::string>()); };
  const auto verifier = fakes::p256_key_of(number("x"), number("y"));
  const auto signed_part = proof.substr(0, proof.rfind('.'));
  CHECK(fakes::verifies(*verifier, signed_part, fakes::ecdsa_der(*unbase64url(parts[2]))));
}

}  // namespace
}  // namespace understudy::aws
