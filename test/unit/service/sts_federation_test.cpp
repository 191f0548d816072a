#include <string>

#include "sts_actions_stage.hpp"
#include "understudy/base/crypto.hpp"
#include "understudy/base/time_text.hpp"

#include <doctest/doctest.h>

namespace understudy::service {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

const std::string kSamlProvider = "arn:aws:iam::111122223333:saml-provider/idp";
const std::string kOidcProvider = "arn:aws:iam::111122223333:oidc-provider/example.com/x";

std::string jwt(const std::string& expires) {
  return base64url(R"({"alg":"RS256"})") + "." +
         base64url(
             R"({"iss":"https://example.com/x","sub":"repo:a/b","aud":"sts.amazonaws.com","iat":1795217000,"exp":)" +
             expires + "}") +
         "." + base64url("signature");
}

aws::AssumeRoleWithWebIdentity web(const std::string& token) { return {kApp, "ci", Secret(token), "", {}, {}}; }

TEST_CASE("an ID token assumes a role without keys") {
  for (const auto& principal : {kOidcProvider, std::string("https://example.com/x"), std::string("*")}) {
    StsStage stage({{kApp, {{principal}, "", "", hours(12)}}});
    const auto answer = stage.caller.call(web(jwt("1795221444")), nullptr);
    REQUIRE(answer.has_value());
    CHECK(answer->arn == "arn:aws:sts::111122223333:assumed-role/app/ci");
    CHECK(answer->subject == "repo:a/b");
    CHECK(answer->provider == "https://example.com/x");
    CHECK(answer->audience == "sts.amazonaws.com");
    CHECK(stage.call(aws::GetCallerIdentity{}, *answer->credentials)->arn == answer->arn);
  }
}

TEST_CASE("an ID token that is none, has ended or comes from elsewhere is refused") {
  StsStage stage({{kApp, {{"111122223333"}, "", "", hours(12)}}});
  check_refused(stage.caller.call(web("a.b.c"), nullptr), "InvalidIdentityToken", "not a valid JWT");
  const auto ended = stage.caller.call(web(jwt("1795217844")), nullptr);
  check_refused(ended, "ExpiredToken", "Token expired");
  CHECK(ended.error().kind == Error::Kind::kExpired);
  CHECK(stage.caller.send(stage.caller.request(aws::encode_call(web(jwt("1795217844"))), nullptr)).status == 400);
  check_refused(stage.caller.call(web(jwt("1795221444")), nullptr), "AccessDenied",
                "Not authorized to perform sts:AssumeRoleWithWebIdentity");
  CHECK(stage.log.count(kOidcProvider) == 1);
}

std::string saml(const std::string& role, const std::string& name = "jane", const std::string& duration = "7200") {
  const auto attribute = [](const std::string& key, const std::string& value) {
    return "<Attribute Name=\"https://aws.amazon.com/SAML/Attributes/" + key + "\"><AttributeValue>" + value +
           "</AttributeValue></Attribute>";
  };
  return base64(
      "<Response><Assertion><Issuer>https://example.com/saml</Issuer><Subject><NameID>jane</NameID></Subject>"
      "<Conditions NotOnOrAfter=\"2026-11-20T23:40:00Z\"><AudienceRestriction><Audience>aud</Audience>"
      "</AudienceRestriction></Conditions><AttributeStatement>" +
      attribute("Role", role + "," + kSamlProvider) + attribute("RoleSessionName", name) +
      attribute("SessionDuration", duration) + "</AttributeStatement></Assertion></Response>");
}

aws::AssumeRoleWithSaml with_saml(const std::string& assertion, std::optional<seconds> duration = {}) {
  return {kApp, kSamlProvider, Secret(assertion), {}, duration};
}

TEST_CASE("a SAML assertion assumes a role that it names") {
  StsStage stage({{kApp, {{kSamlProvider}, "", "", hours(12)}}});
  const auto answer = stage.caller.call(with_saml(saml(kApp), hours(3)), nullptr);
  REQUIRE(answer.has_value());
  CHECK(answer->arn == "arn:aws:sts::111122223333:assumed-role/app/jane");
  CHECK(answer->subject == "jane");
  CHECK(answer->issuer == "https://example.com/saml");
  CHECK(answer->audience == "aud");
  CHECK(answer->name_qualifier == base64(sha1("https://example.com/saml111122223333/idp")));
  CHECK(*answer->credentials->expiration == stage.clock.wall() + hours(2));
}

TEST_CASE("a SAML assertion that does not fit is refused") {
  StsStage stage({{kAudit, {{"111122223333"}, "", "", hours(12)}}});
  check_refused(stage.caller.call(with_saml("bm8="), nullptr), "InvalidIdentityToken", "");
  check_refused(stage.caller.call(with_saml(saml(kAudit)), nullptr), "AccessDenied",
                "Not authorized to perform sts:AssumeRoleWithSAML");
  check_refused(stage.caller.call(with_saml(saml(kApp, "jane doe")), nullptr), "ValidationError", "roleSessionName");
  check_refused(stage.caller.call(with_saml(saml(kApp, "jane", "60")), nullptr), "ValidationError", "durationSeconds");
  auto elsewhere = with_saml(saml(kAudit));
  elsewhere.role_arn = kAudit;
  check_refused(stage.caller.call(elsewhere, nullptr), "AccessDenied", "AssumeRoleWithSAML");
  auto no_provider = with_saml(saml(kApp));
  no_provider.principal_arn = "not-an-arn-of-a-provider";
  check_refused(stage.caller.call(no_provider, nullptr), "ValidationError", "is invalid");
  stage.clock.set_wall(*parse_iso8601("2026-11-20T23:40:00Z"));
  check_refused(stage.caller.call(with_saml(saml(kApp)), nullptr), "ExpiredToken", "has expired");
}

}  // namespace
}  // namespace understudy::service
