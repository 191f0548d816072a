#include <string>
#include <vector>

#include "understudy/aws/sts.hpp"

#include <doctest/doctest.h>

namespace understudy::aws {
namespace {

using std::chrono::seconds;

const std::string kArn = "arn:aws:iam::111122223333:role/app";

AssumeRole full_assume_role() {
  AssumeRole call;
  call.role_arn = kArn;
  call.role_session_name = "me@example.com";
  call.duration = seconds(900);
  call.policies = {R"({"Version":"2012-10-17"} + & = %)",
                   {"arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws:iam::aws:policy/Second"}};
  call.tags = {{"team", "a b"}, {"empty", ""}, {"größe", "ä+ö"}};
  call.transitive_tag_keys = {"team", "größe"};
  call.external_id = "x:/y";
  call.serial_number = "arn:aws:iam::111122223333:mfa/me";
  call.token_code = "012345";
  call.source_identity = "jane";
  call.provided_contexts = {{"arn:aws:iam::aws:contextProvider/IdentityCenter", "assertion"}};
  return call;
}

TEST_CASE("every call comes back from its form as it was") {
  AssumeRoleWithWebIdentity web;
  web.role_arn = kArn;
  web.role_session_name = "ci";
  web.web_identity_token = Secret("a.b.c+/=");
  web.provider_id = "www.amazon.com";
  web.policies = {"{}", {"arn:aws:iam::aws:policy/ReadOnlyAccess"}};
  web.duration = seconds(3600);
  AssumeRoleWithSaml saml{kArn, "arn:aws:iam::111122223333:saml-provider/x", Secret("PHNhbWw+"), {}, seconds(901)};
  GetFederationToken federation{"bob", {"{}", {}}, {{"k", "v"}}, seconds(129600)};
  const std::vector<StsCall> calls = {
      full_assume_role(),
      AssumeRole{kArn, "me", {}, {}, {}, {}, "", "", "", "", {}},
      web,
      saml,
      GetSessionToken{seconds(900), "GAHT12345678", "123456"},
      GetSessionToken{},
      federation,
      GetCallerIdentity{},
      GetAccessKeyInfo{"AKIAIOSFODNN7EXAMPLE"},
      DecodeAuthorizationMessage{"abc"},
  };
  for (const auto& call : calls) {
    CAPTURE(action_of(call));
    const auto form = encode_call(call);
    CHECK(form.starts_with("Action=" + std::string(action_of(call)) + "&Version=2011-06-15"));
    CHECK(action_in(form) == action_of(call));
    const auto decoded = decode_call(form);
    REQUIRE(decoded.has_value());
    CHECK(*decoded == call);
  }
}

TEST_CASE("a form has the names and the encoding of the query protocol") {
  const auto form = encode_call(full_assume_role());
  for (const auto* part :
       {"&RoleArn=arn%3Aaws%3Aiam%3A%3A111122223333%3Arole%2Fapp", "&RoleSessionName=me%40example.com",
        "&DurationSeconds=900", "&PolicyArns.member.2.arn=arn%3Aaws%3Aiam%3A%3Aaws%3Apolicy%2FSecond",
        "&Tags.member.1.Key=team&Tags.member.1.Value=a+b",
        "&Tags.member.2.Key=empty&Tags.member.2.Value=", "&TransitiveTagKeys.member.1=team",
        "&ProvidedContexts.member.1.ProviderArn=arn%3A", "&ProvidedContexts.member.1.ContextAssertion=assertion"}) {
    CAPTURE(part);
    CHECK(form.find(part) != form.npos);
  }
  CHECK(encode_call(GetCallerIdentity{}) == "Action=GetCallerIdentity&Version=2011-06-15");
}

TEST_CASE("only the calls that carry their own proof go unsigned") {
  CHECK(needs_signature("AssumeRole"));
  CHECK(needs_signature("GetCallerIdentity"));
  CHECK_FALSE(needs_signature("AssumeRoleWithWebIdentity"));
  CHECK_FALSE(needs_signature("AssumeRoleWithSAML"));
  CHECK(needs_signature("SomethingElse"));
}

TEST_CASE("a form that is not whole is refused in STS's words") {
  struct Row {
    std::string form;
    std::string code;
    std::string message;
  };
  const std::string assume = "Version=2011-06-15&Action=AssumeRole&RoleArn=" + kArn + "&RoleSessionName=me";
  const std::vector<Row> rows = {
      {"", "MissingAction", "The request must contain the parameter Action"},
      {"Version=2011-06-15", "MissingAction", "parameter Action"},
      {"Action=&Version=2011-06-15", "MissingAction", "parameter Action"},
      {"Action=Assume&Version=2011-06-15", "InvalidAction", "Could not find operation Assume for version 2011-06-15"},
      {"Action=assumerole&Version=2011-06-15", "InvalidAction", "operation assumerole"},
      {"Action=AssumeRole", "InvalidAction", "Could not find operation AssumeRole for version NO_VERSION_SPECIFIED"},
      {"Action=AssumeRole&Version=2010-05-08", "InvalidAction", "for version 2010-05-08"},
      {"Action=AssumeRole&Version=2011-06-15&RoleArn=" + kArn, "ValidationError",
       "1 validation error detected: Value null at 'roleSessionName' failed to satisfy constraint: Member must not be "
       "null"},
      {"Action=AssumeRole&Version=2011-06-15", "ValidationError",
       "2 validation errors detected: Value null at 'roleArn'"},
      {"Action=AssumeRoleWithSAML&Version=2011-06-15", "ValidationError", "Value null at 'sAMLAssertion'"},
      {assume + "&DurationSeconds=1h", "ValidationError", "Value '1h' at 'durationSeconds'"},
      {assume + "&DurationSeconds=-1", "ValidationError", "'durationSeconds'"},
      {assume + "&DurationSeconds=", "ValidationError", "'durationSeconds'"},
      {assume + "&DurationSeconds=99999999999999999999", "ValidationError", "'durationSeconds'"},
      {assume + "&Tags.member.2.Key=a&Tags.member.2.Value=b", "ValidationError", "'tags'"},
      {assume + "&Tags.member.0.Key=a&Tags.member.0.Value=b", "ValidationError", "'tags'"},
      {assume + "&Tags.member.x.Key=a", "ValidationError", "'tags'"},
      {assume + "&Tags.member.1.Key=a", "ValidationError", "Value null at 'tags.1.member.value'"},
      {assume + "&TransitiveTagKeys.member.1=a&TransitiveTagKeys.member.3=b", "ValidationError", "'transitiveTagKeys'"},
      {assume + "&PolicyArns.member.1=arn", "ValidationError", "Value null at 'policyArns.1.member.arn'"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.form);
    const auto decoded = decode_call(row.form);
    REQUIRE_FALSE(decoded.has_value());
    CHECK(decoded.error().kind == Error::Kind::kInvalid);
    CHECK(decoded.error().code == row.code);
    CAPTURE(decoded.error().message);
    CHECK(decoded.error().message.find(row.message) != std::string::npos);
  }
}

TEST_CASE("what clients write in their own way is understood") {
  const auto decoded = decode_call(
      "&&=x&Version=2011-06-15&Unknown=1&RoleSessionName=a&Action=AssumeRole&RoleArn=r+r%2B&RoleSessionName=b"
      "&Tags=&Tags.member.1.Value=v&Tags.member.1.Key=k&PolicyArns=");
  REQUIRE(decoded.has_value());
  const auto& call = std::get<AssumeRole>(*decoded);
  CHECK(call.role_arn == "r r+");
  CHECK(call.role_session_name == "a");
  CHECK(call.tags == Tags{{"k", "v"}});
  CHECK(call.policies.policy_arns.empty());
}

TEST_CASE("items keep their numeric order from ten on") {
  AssumeRole call{kArn, "me", {}, {}, {}, {}, "", "", "", "", {}};
  for (int i = 0; i < 12; ++i) {
    call.tags.emplace_back("k" + std::to_string(i), "v");
  }
  CHECK(std::get<AssumeRole>(*decode_call(encode_call(call))).tags == call.tags);
}

}  // namespace
}  // namespace understudy::aws
