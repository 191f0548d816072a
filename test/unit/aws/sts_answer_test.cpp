#include <string>
#include <vector>

#include "understudy/aws/sts.hpp"
#include "understudy/base/time_text.hpp"

#include <doctest/doctest.h>

namespace understudy::aws {
namespace {

Response ok(std::string body) { return {200, {}, std::move(body), {}}; }

Credentials some_credentials() {
  Credentials credentials;
  credentials.access_key_id = "ASIAIOSFODNN7EXAMPLE";
  credentials.secret_access_key = Secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
  credentials.session_token = Secret("token+/<&>\"'==");
  credentials.expiration = *parse_iso8601("2026-11-20T23:37:24Z");
  return credentials;
}

TEST_CASE("every answer comes back from its XML and its JSON as it was") {
  StsAnswer assumed;
  assumed.credentials = some_credentials();
  assumed.arn = "arn:aws:sts::111122223333:assumed-role/app/me";
  assumed.user_id = "AROA3XFRBF535PLBIFPI4:me";
  assumed.account = "111122223333";
  assumed.credentials->account_id = assumed.account;
  assumed.source_identity = "jane";
  assumed.packed_policy_size = 6;
  auto web = assumed;
  web.subject = "system:serviceaccount:default:a&b";
  web.provider = "arn:aws:iam::111122223333:oidc-provider/example.com";
  web.audience = "sts.amazonaws.com";
  auto saml = assumed;
  saml.subject = "jane@example.com";
  saml.subject_type = "persistent";
  saml.issuer = "https://idp.example.com/";
  saml.audience = "https://signin.aws.amazon.com/saml";
  saml.name_qualifier = "SbdGOnUkh1i4+EXAMPLExL/jEvs=";
  StsAnswer session;
  session.credentials = some_credentials();
  auto federated = session;
  federated.arn = "arn:aws:sts::111122223333:federated-user/bob";
  federated.user_id = "111122223333:bob";
  federated.account = "111122223333";
  federated.credentials->account_id = federated.account;
  StsAnswer caller;
  caller.arn = "arn:aws:iam::111122223333:user/jane";
  caller.user_id = "AIDAEXAMPLE";
  caller.account = "111122223333";
  StsAnswer key_info;
  key_info.account = "111122223333";
  StsAnswer decoded;
  decoded.decoded_message = R"({"allowed":false})";

  const std::vector<std::pair<std::string, StsAnswer>> rows = {
      {"AssumeRole", assumed},        {"AssumeRoleWithWebIdentity", web},      {"AssumeRoleWithSAML", saml},
      {"GetSessionToken", session},   {"GetFederationToken", federated},       {"GetCallerIdentity", caller},
      {"GetAccessKeyInfo", key_info}, {"DecodeAuthorizationMessage", decoded},
  };
  for (std::size_t i = 0; i < 2 * rows.size(); ++i) {
    const auto& [action, answer] = rows[i / 2];
    const auto form = i % 2 == 0 ? AnswerForm::kXml : AnswerForm::kJson;
    CAPTURE(action);
    const auto response = render_answer(action, answer, "11111111-2222-4333-8444-555555555555", form);
    CHECK(response.status == 200);
    CHECK(response.headers.get("content-type") == (i % 2 == 0 ? "text/xml" : "application/json"));
    CHECK(response.headers.get("x-amzn-requestid") == "11111111-2222-4333-8444-555555555555");
    const auto parsed = parse_answer(action, response);
    REQUIRE(parsed.has_value());
    CHECK((parsed->credentials == answer.credentials));
    CHECK((parsed->credentials.has_value() == answer.credentials.has_value()));
    for (const auto member : {&StsAnswer::arn, &StsAnswer::user_id, &StsAnswer::account, &StsAnswer::subject,
                              &StsAnswer::subject_type, &StsAnswer::issuer, &StsAnswer::provider, &StsAnswer::audience,
                              &StsAnswer::name_qualifier, &StsAnswer::source_identity, &StsAnswer::decoded_message}) {
      CHECK((*parsed).*member == answer.*member);
    }
    CHECK(parsed->packed_policy_size == answer.packed_policy_size);
  }
}

TEST_CASE("an answer's XML has STS's elements in STS's namespace") {
  StsAnswer answer;
  answer.credentials = some_credentials();
  answer.arn = "arn:aws:sts::111122223333:assumed-role/app/me";
  answer.user_id = "AROA:me";
  const auto response = render_answer("AssumeRole", answer, "id-1");
  CHECK(response.body.view() ==
        "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\n<AssumeRoleResult><Credentials>"
        "<AccessKeyId>ASIAIOSFODNN7EXAMPLE</AccessKeyId>"
        "<SecretAccessKey>wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY</SecretAccessKey>"
        "<SessionToken>token+/&lt;&amp;&gt;&quot;&#39;==</SessionToken><Expiration>2026-11-20T23:37:24Z</Expiration>"
        "</Credentials><AssumedRoleUser><AssumedRoleId>AROA:me</AssumedRoleId>"
        "<Arn>arn:aws:sts::111122223333:assumed-role/app/me</Arn></AssumedRoleUser></AssumeRoleResult>\n"
        "<ResponseMetadata><RequestId>id-1</RequestId></ResponseMetadata>\n</AssumeRoleResponse>\n");
}

TEST_CASE("an answer's JSON nests as its XML does, its time a number") {
  StsAnswer answer;
  answer.credentials = some_credentials();
  answer.arn = "arn:aws:sts::111122223333:assumed-role/app/me";
  answer.user_id = "AROA:me";
  CHECK(render_answer("AssumeRole", answer, "id-1", AnswerForm::kJson).body.view() ==
        R"({"AssumeRoleResponse":{"AssumeRoleResult":{"Credentials":{"AccessKeyId":"ASIAIOSFODNN7EXAMPLE",)"
        R"("SecretAccessKey":"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY","SessionToken":"token+/<&>\"'==",)"
        R"("Expiration":1795217844},"AssumedRoleUser":{"AssumedRoleId":"AROA:me",)"
        R"("Arn":"arn:aws:sts::111122223333:assumed-role/app/me"}},"ResponseMetadata":{"RequestId":"id-1"}}})"
        "\n");
}

TEST_CASE("JSON is for who accepts nothing else") {
  const auto form_for = [](const Headers& headers) { return wanted_form({"GET", "/", headers, "", {}}); };
  for (const auto* accept : {"application/json", " Application/JSON ", "application/json; charset=utf-8"}) {
    CHECK(form_for({{"Accept", accept}}) == AnswerForm::kJson);
  }
  CHECK(form_for({}) == AnswerForm::kXml);
  for (const auto* accept : {"*/*", "", "text/xml", "application/json, */*", "application/jsonp"}) {
    CHECK(form_for({{"Accept", accept}}) == AnswerForm::kXml);
  }
}

std::string credentials_xml(const std::string& expiration) {
  return "<AccessKeyId>A</AccessKeyId><SecretAccessKey>S</SecretAccessKey><SessionToken>T</SessionToken><Expiration>" +
         expiration + "</Expiration>";
}

std::string assume_role_xml(const std::string& credentials) {
  return "<AssumeRoleResponse><AssumeRoleResult><Credentials>" + credentials +
         "</Credentials></AssumeRoleResult></AssumeRoleResponse>";
}

TEST_CASE("another order, prefixes, fractions, white space and unknown elements do no harm") {
  const auto parsed = parse_answer(
      "AssumeRole",
      ok("<?xml version=\"1.0\"?>\n<s:AssumeRoleResponse xmlns:s=\"https://sts.amazonaws.com/doc/2011-06-15/\">"
         "<!-- x --><s:ResponseMetadata/><s:AssumeRoleResult><s:New>1</s:New><s:AssumedRoleUser>"
         "<s:Arn>arn:aws-cn:sts::444455556666:assumed-role/a/b</s:Arn></s:AssumedRoleUser><s:Credentials>"
         "<s:Expiration>2026-11-20T23:37:24.500Z</s:Expiration><s:SessionToken>\n T \n</s:SessionToken>"
         "<s:SecretAccessKey>S</s:SecretAccessKey><s:AccessKeyId>A</s:AccessKeyId></s:Credentials>"
         "</s:AssumeRoleResult></s:AssumeRoleResponse>"));
  REQUIRE(parsed.has_value());
  CHECK((parsed->credentials->session_token == Secret("T")));
  CHECK(parsed->credentials->account_id == "444455556666");
  CHECK(format_iso8601(*parsed->credentials->expiration) == "2026-11-20T23:37:24Z");
}

TEST_CASE("JSON with a time in any of its forms is read too") {
  const auto body = [](const std::string& expiration) {
    return R"({"AssumeRoleResponse":{"AssumeRoleResult":{"AssumedRoleUser":{"Arn":"arn:aws:sts::111122223333:assumed-role/a/b"},)"
           R"("Credentials":{"AccessKeyId":"A","SecretAccessKey":"S","SessionToken":"T","Expiration":)" +
           expiration + "}}}}";
  };
  for (const auto* expiration :
       {"1714449238", "1.714449238E9", "1714449238.0", "\"2024-04-30T03:53:58Z\"", "\"1714449238\""}) {
    CAPTURE(expiration);
    const auto parsed = parse_answer("AssumeRole", ok(body(expiration)));
    REQUIRE(parsed.has_value());
    CHECK(format_iso8601(*parsed->credentials->expiration) == "2024-04-30T03:53:58Z");
    CHECK(parsed->arn == "arn:aws:sts::111122223333:assumed-role/a/b");
  }
  for (const auto* expiration : {"-1", "0", "1e300", "null", "{}", "\"soon\"", "true"}) {
    CAPTURE(expiration);
    CHECK(parse_answer("AssumeRole", ok(body(expiration))).error().code == "BadAnswer");
  }
  CHECK(parse_answer("GetCallerIdentity", ok(R"({"Arn":"a","UserId":"u","Account":"111122223333"})")).has_value());
}

TEST_CASE("what is no whole answer is BadAnswer and may be asked again") {
  const std::string end = "2026-11-20T23:37:24Z";
  const std::vector<Response> responses = {
      ok(""),
      ok("<html><body>Sign in</body></html>"),
      ok("<AssumeRoleResponse>"),
      ok("<AssumeRoleResponse/>"),
      ok("<GetCallerIdentityResponse><GetCallerIdentityResult/></GetCallerIdentityResponse>"),
      ok(assume_role_xml("")),
      ok(assume_role_xml(credentials_xml(""))),
      ok(assume_role_xml(credentials_xml("tomorrow"))),
      ok(assume_role_xml(credentials_xml("1969-12-31T23:59:59Z"))),
      ok(assume_role_xml("<AccessKeyId>A</AccessKeyId><SecretAccessKey>S</SecretAccessKey><Expiration>" + end +
                         "</Expiration>")),
      ok(assume_role_xml("<AccessKeyId/><SecretAccessKey>S</SecretAccessKey><SessionToken>T</SessionToken>"
                         "<Expiration>" +
                         end + "</Expiration>")),
      ok("{"),
      ok("{}"),
      ok("[1]"),
      ok(R"({"AssumeRoleResponse":7})"),
      ok(std::string(100000, '[')),
      ok("{\"a\":" + std::string(100000, '[')),
      ok(std::string(5000, '<')),
      Response{204, {}, assume_role_xml(credentials_xml(end)), {}},
  };
  for (const auto& response : responses) {
    CAPTURE(response.body.view().substr(0, 80));
    const auto parsed = parse_answer("AssumeRole", response);
    REQUIRE_FALSE(parsed.has_value());
    CHECK(parsed.error().code == "BadAnswer");
    CHECK(parsed.error().is_transient());
  }
  CHECK(parse_answer("AssumeRole", ok(assume_role_xml(credentials_xml(end)))).has_value());
  CHECK_FALSE(parse_answer("Unheard", ok(assume_role_xml(credentials_xml(end)))).has_value());
}

}  // namespace
}  // namespace understudy::aws
