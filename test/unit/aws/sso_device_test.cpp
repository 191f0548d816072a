#include "understudy/aws/sso_device.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <utility>
#include <vector>

#include "understudy/base/time_text.hpp"

#include <doctest/doctest.h>

namespace understudy::aws {
namespace {

using nlohmann::json;
using Scopes = std::vector<std::string>;

const SsoPlace kCorp{"corp", "https://corp.awsapps.com/start", "eu-west-1", {"sso:account:access"}};

WallTime at(const char* text) { return parse_iso8601(text).value(); }

SsoRegistration registration() { return {"me", Secret("fake-client-secret"), at("2027-02-18T23:37:24Z")}; }

TEST_CASE("scopes are a list with commas, and empty ones are none") {
  CHECK(parse_sso_scopes("sso:account:access") == Scopes{"sso:account:access"});
  CHECK(parse_sso_scopes(" a ,, b:c ,") == Scopes{"a", "b:c"});
  CHECK(parse_sso_scopes(" , ").empty());
}

TEST_CASE("a registration's file is named as the AWS CLI names it") {
  // sha1(json.dumps({..}, sort_keys=True)) in Python.
  CHECK(sso_registration_name(kCorp) == "787ef34d0a944c01385765faa28b5e67d1c08f33.json");
  auto place = kCorp;
  place.scopes = {"a", "b"};
  CHECK(sso_registration_name(place) == "ed8ed56c6a045dd0cd7adb7ec556c2868b10376f.json");
  CHECK(sso_registration_name({{}, kCorp.start_url, kCorp.region, {}}) ==
        "3a62fc7fd3ab838419eccab5b58d0124a95b510d.json");
  CHECK(sso_registration_name({"r\xc3\xa9", "https://x/\"q\\", "us-east-1", {}}) ==
        "2ac107da348c9d187d32c9470de4ce1be5581bfb.json");
}

TEST_CASE("a registration is read as it was written, with its scopes") {
  const auto text = sso_registration_text(registration(), kCorp);
  CHECK(json::parse(text) == json{{"clientId", "me"},
                                  {"clientSecret", "fake-client-secret"},
                                  {"expiresAt", "2027-02-18T23:37:24Z"},
                                  {"scopes", {"sso:account:access"}}});
  const auto read = read_sso_registration(text);
  REQUIRE(read.has_value());
  CHECK(read->client_id == "me");
  CHECK(read->client_secret == Secret("fake-client-secret"));
  CHECK(read->expires == registration().expires);
}

TEST_CASE("a registration that can not start a device's flow is none") {
  for (const auto* text : {
           "",
           "[]",
           "{}",
           R"({"clientId": "me", "clientSecret": "fake-secret"})",
           R"({"clientId": "me", "clientSecret": "fake-secret", "expiresAt": "soon"})",
           R"({"clientId": 1, "clientSecret": "fake-secret", "expiresAt": "2027-02-18T23:37:24Z"})",
           R"({"clientId": "me", "clientSecret": "fake-secret", "expiresAt": "2027-02-18T23:37:24Z",
               "grantTypes": ["authorization_code", "refresh_token"]})",
       }) {
    CAPTURE(text);
    const auto read = read_sso_registration(text);
    REQUIRE_FALSE(read.has_value());
    CHECK(read.error().code == "BadSsoRegistration");
    CHECK(read.error().message.find("fake-secret") == std::string::npos);
  }
}

TEST_CASE("a registered client has an end in seconds") {
  const auto good = read_registered_client(
      {{"clientId", "me"}, {"clientSecret", "fake-secret"}, {"clientSecretExpiresAt", 1802993844}});
  REQUIRE(good.has_value());
  CHECK(good->expires == at("2027-02-18T23:37:24Z"));
  CHECK(read_registered_client({{"clientId", "me"}, {"clientSecret", "fake-secret"}}).error().code == "BadAnswer");
  CHECK(read_registered_client({{"clientSecret", "x"}, {"clientSecretExpiresAt", 1}}).error().code == "BadAnswer");
}

json authorization() {
  return {{"deviceCode", "fake-device"},
          {"userCode", "ABCD-EFGH"},
          {"verificationUri", "https://corp.awsapps.com/start/#/device"},
          {"verificationUriComplete", "https://corp.awsapps.com/start/#/device?user_code=ABCD-EFGH"},
          {"expiresIn", 600},
          {"interval", 1}};
}

TEST_CASE("a device's authorization says what a person has to do") {
  const auto device = read_device_authorization(authorization());
  REQUIRE(device.has_value());
  CHECK(device->user_code == "ABCD-EFGH");
  CHECK(device->url == "https://corp.awsapps.com/start/#/device");
  CHECK(device->url_with_code == "https://corp.awsapps.com/start/#/device?user_code=ABCD-EFGH");
  CHECK(device->life == std::chrono::minutes(10));
  CHECK(device->interval == std::chrono::seconds(1));
  auto short_one = authorization();
  short_one.erase("interval");
  short_one.erase("verificationUriComplete");
  CHECK(read_device_authorization(short_one).value().interval == std::chrono::seconds(5));
  CHECK(read_device_authorization(short_one).value().url_with_code == device->url);
}

TEST_CASE("an authorization that lacks something, or leads a browser elsewhere, is a bad answer") {
  const std::vector<std::pair<std::string, json>> rows{
      {"deviceCode", ""},      {"userCode", 1},           {"verificationUri", ""},
      {"expiresIn", 0},        {"expiresIn", "600"},      {"verificationUri", "file:///etc/passwd"},
      {"verificationUri", ""}, {"verificationUri", "-x"}, {"verificationUriComplete", "https://x/\x1b[2J"},
      {"expiresIn", 86401},
  };
  for (const auto& [key, value] : rows) {
    CAPTURE(key);
    auto answer = authorization();
    answer[key] = value;
    const auto device = read_device_authorization(answer);
    REQUIRE_FALSE(device.has_value());
    CHECK(device.error().code == "BadAnswer");
  }
}

TEST_CASE("an error's word is known as the RFC and as AWS's models write it") {
  CHECK(device_state("authorization_pending") == DeviceState::kPending);
  CHECK(device_state("AuthorizationPendingException") == DeviceState::kPending);
  CHECK(device_state("slow_down") == DeviceState::kSlowDown);
  CHECK(device_state("SlowDownException") == DeviceState::kSlowDown);
  CHECK(device_state("expired_token") == DeviceState::kExpired);
  CHECK(device_state("access_denied") == DeviceState::kDenied);
  CHECK(device_state("invalid_grant") == DeviceState::kOther);
  CHECK(device_state("") == DeviceState::kOther);
}

TEST_CASE("a token's file has what the AWS CLI writes, and is read as such") {
  const SsoRenewal token{Secret("fake-token"), at("2026-11-20T23:37:24Z"), Secret("fake-refresh")};
  const auto text = sso_token_text(kCorp, registration(), token);
  CHECK(json::parse(text) == json{{"startUrl", "https://corp.awsapps.com/start"},
                                  {"region", "eu-west-1"},
                                  {"accessToken", "fake-token"},
                                  {"expiresAt", "2026-11-20T23:37:24Z"},
                                  {"clientId", "me"},
                                  {"clientSecret", "fake-client-secret"},
                                  {"registrationExpiresAt", "2027-02-18T23:37:24Z"},
                                  {"refreshToken", "fake-refresh"}});
  const auto read = read_sso_token(text);
  REQUIRE(read.has_value());
  CHECK(read->can_be_renewed(at("2027-01-01T00:00:00Z")));
  const auto without = sso_token_text(kCorp, registration(), {Secret("fake-token"), token.expires, Secret()});
  CHECK_FALSE(json::parse(without).contains("refreshToken"));
}

}  // namespace
}  // namespace understudy::aws
