#include "understudy/aws/sts_limits.hpp"

#include <functional>
#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace understudy::aws {
namespace {

using std::chrono::seconds;

AssumeRole good() {
  AssumeRole call;
  call.role_arn = "arn:aws:iam::111122223333:role/app";
  call.role_session_name = "me";
  return call;
}

struct Row {
  std::string name;
  std::function<void(AssumeRole&)> change;
  std::string message;  ///< Empty: accepted.
  std::string code = "ValidationError";
};

void check_row(const Row& row) {
  CAPTURE(row.name);
  auto call = good();
  row.change(call);
  const auto outcome = check(call);
  if (row.message.empty()) {
    CHECK(outcome.has_value());
    return;
  }
  REQUIRE_FALSE(outcome.has_value());
  CAPTURE(outcome.error().message);
  CHECK(outcome.error().kind == Error::Kind::kInvalid);
  CHECK(outcome.error().code == row.code);
  CHECK(outcome.error().message.find(row.message) != std::string::npos);
}

const std::string kLess = "failed to satisfy constraint: Member must have length less than or equal to ";
const std::string kMore = "failed to satisfy constraint: Member must have length greater than or equal to ";
const std::string kPattern = "failed to satisfy constraint: Member must satisfy regular expression pattern: ";

TEST_CASE("each parameter of AssumeRole has its length and its pattern") {
  const std::vector<Row> rows = {
      {"plain", [](auto&) {}, ""},
      {"short ARN", [](auto& c) { c.role_arn = "arn"; }, "Value 'arn' at 'roleArn' " + kMore + "20"},
      {"no ARN", [](auto& c) { c.role_arn = ""; },
       "2 validation errors detected: Value '' at 'roleArn' " + kPattern + R"([\u0009\u000A\u000D\u0020-\u007E)"},
      {"long ARN", [](auto& c) { c.role_arn = std::string(2049, 'a'); }, "at 'roleArn' " + kLess + "2048"},
      {"name of 1", [](auto& c) { c.role_session_name = "m"; }, "Value 'm' at 'roleSessionName' " + kMore + "2"},
      {"name of 64", [](auto& c) { c.role_session_name = std::string(64, 'm'); }, ""},
      {"name of 65", [](auto& c) { c.role_session_name = std::string(65, 'm'); },
       "at 'roleSessionName' " + kLess + "64"},
      {"name with all marks", [](auto& c) { c.role_session_name = "a_+=,.@-Z9"; }, ""},
      {"name with a space", [](auto& c) { c.role_session_name = "a b"; },
       "1 validation error detected: Value 'a b' at 'roleSessionName' " + kPattern + R"([\w+=,.@-]*)"},
      {"name with a slash", [](auto& c) { c.role_session_name = "a/b"; }, kPattern},
      {"external id with slash and colon", [](auto& c) { c.external_id = "a/b:c"; }, ""},
      {"external id of 1", [](auto& c) { c.external_id = "a"; }, ""},
      {"external id with a star", [](auto& c) { c.external_id = "a*"; },
       "'externalId' " + kPattern + R"([\w+=,.@:\/-]*)"},
      {"serial of 8", [](auto& c) { c.serial_number = "12345678"; }, "at 'serialNumber' " + kMore + "9"},
      {"code of 5", [](auto& c) { c.token_code = "12345"; }, "Value '12345' at 'tokenCode' " + kMore + "6"},
      {"code of 7", [](auto& c) { c.token_code = "1234567"; }, "'tokenCode' " + kLess + "6"},
      {"code with a letter", [](auto& c) { c.token_code = "12345a"; }, "'tokenCode' " + kPattern + R"([\d]*)"},
      {"source identity", [](auto& c) { c.source_identity = "jane"; }, ""},
      {"source identity that only looks like one of AWS", [](auto& c) { c.source_identity = "aws.x"; }, ""},
      {"context without a provider", [](auto& c) { c.provided_contexts = {{"", "abcd"}}; },
       "at 'providedContexts.1.member.providerArn' "},
      {"context with an assertion of 3", [](auto& c) { c.provided_contexts = {{std::string(20, 'a'), "abc"}}; },
       "Value at 'providedContexts.1.member.contextAssertion' " + kMore + "4"},
      {"six contexts", [](auto& c) { c.provided_contexts.assign(6, {std::string(20, 'a'), "abcd"}); },
       "Value at 'providedContexts' " + kLess + "5"},
  };
  for (const auto& row : rows) {
    check_row(row);
  }
}

TEST_CASE("tags and policies have their counts, lengths and rules") {
  const auto tags = [](int count) {
    Tags all;
    for (int i = 0; i < count; ++i) {
      all.emplace_back("k" + std::to_string(i), "v");
    }
    return all;
  };
  const std::vector<Row> rows = {
      {"50 tags", [&](auto& c) { c.tags = tags(50); }, ""},
      {"51 tags", [&](auto& c) { c.tags = tags(51); }, "Value at 'tags' " + kLess + "50"},
      {"no key", [](auto& c) { c.tags = {{"", "v"}}; }, "Value '' at 'tags.1.member.key' " + kMore + "1"},
      {"no value", [](auto& c) { c.tags = {{"k", ""}}; }, ""},
      {"128 letters beyond ASCII",
       [](auto& c) {
         std::string key;
         for (int i = 0; i < 128; ++i) {
           key += "ä";
         }
         c.tags = {{key, "v"}};
       },
       ""},
      {"key of 129", [](auto& c) { c.tags = {{std::string(129, 'k'), "v"}}; }, "'tags.1.member.key' " + kLess + "128"},
      {"value of 257", [](auto& c) { c.tags = {{"a", "b"}, {"k", std::string(257, 'v')}}; },
       "'tags.2.member.value' " + kLess + "256"},
      {"key with a star", [](auto& c) { c.tags = {{"a*", "v"}}; }, "'tags.1.member.key' " + kPattern},
      {"key twice", [](auto& c) { c.tags = {{"Team", "a"}, {"team", "b"}}; }, "Duplicate tag keys",
       "InvalidParameterValue"},
      {"transitive key of 0", [](auto& c) { c.transitive_tag_keys = {""}; },
       "'transitiveTagKeys.1.member' " + kMore + "1"},
      {"a policy", [](auto& c) { c.policies.policy = R"({"Version":"2012-10-17","Statement":[]})"; }, ""},
      {"a policy that is not JSON", [](auto& c) { c.policies.policy = "{"; }, "valid JSON format",
       "MalformedPolicyDocument"},
      {"a policy of 2049", [](auto& c) { c.policies.policy = "\"" + std::string(2047, 'a') + "\""; },
       "at 'policy' " + kLess + "2048"},
      {"policy and ARNs together",
       [](auto& c) { c.policies = {"\"" + std::string(2000, 'a') + "\"", {std::string(50, 'a')}}; },
       "2052 characters together", "PackedPolicyTooLarge"},
      {"11 policy ARNs", [](auto& c) { c.policies.policy_arns.assign(11, std::string(20, 'a')); },
       "Value at 'policyArns' " + kLess + "10"},
      {"short policy ARN", [](auto& c) { c.policies.policy_arns = {"arn"}; },
       "'policyArns.1.member.arn' " + kMore + "20"},
  };
  for (const auto& row : rows) {
    check_row(row);
  }
}

TEST_CASE("a duration stays within the bounds of its action") {
  struct Bound {
    StsCall (*make)(seconds);
    int most;
  };
  const std::vector<Bound> bounds = {
      {[](seconds s) -> StsCall {
         auto c = good();
         c.duration = s;
         return c;
       },
       43200},
      {[](seconds s) -> StsCall {
         return AssumeRoleWithWebIdentity{std::string(20, 'a'), "me", Secret("a.b.c"), "", {}, s};
       },
       43200},
      {[](seconds s) -> StsCall {
         return AssumeRoleWithSaml{std::string(20, 'a'), std::string(20, 'a'), Secret("abcd"), {}, s};
       },
       43200},
      {[](seconds s) -> StsCall { return GetSessionToken{s, "", ""}; }, 129600},
      {[](seconds s) -> StsCall { return GetFederationToken{"bob", {}, {}, s}; }, 129600},
  };
  for (const auto& bound : bounds) {
    CAPTURE(action_of(bound.make(seconds(900))));
    CHECK(check(bound.make(seconds(900))).has_value());
    CHECK(check(bound.make(seconds(bound.most))).has_value());
    const auto short_one = check(bound.make(seconds(899)));
    REQUIRE_FALSE(short_one.has_value());
    CHECK(
        short_one.error().message ==
        "1 validation error detected: Value '899' at 'durationSeconds' failed to satisfy constraint: Member must have "
        "value greater than or equal to 900");
    const auto long_one = check(bound.make(seconds(bound.most + 1)));
    REQUIRE_FALSE(long_one.has_value());
    CHECK(long_one.error().message.ends_with("less than or equal to " + std::to_string(bound.most)));
  }
}

TEST_CASE("a token is never repeated in a message") {
  const std::string token = "s3c";
  const AssumeRoleWithWebIdentity web{std::string(20, 'a'), "me", Secret(token), "", {}, {}};
  const AssumeRoleWithSaml saml{std::string(20, 'a'), std::string(20, 'a'), Secret(token), {}, {}};
  for (const StsCall& call : {StsCall(web), StsCall(saml)}) {
    const auto outcome = check(call);
    REQUIRE_FALSE(outcome.has_value());
    CHECK(outcome.error().message.find(token) == std::string::npos);
    CHECK(outcome.error().message.find(kMore + "4") != std::string::npos);
  }
}

TEST_CASE("the small calls have limits too") {
  CHECK(check(GetCallerIdentity{}).has_value());
  CHECK(check(GetAccessKeyInfo{"AKIAIOSFODNN7EXAMPLE"}).has_value());
  CHECK_FALSE(check(GetAccessKeyInfo{"AKIA"}).has_value());
  CHECK_FALSE(check(GetAccessKeyInfo{"AKIAIOSFODNN7-XAMPLE"}).has_value());
  CHECK_FALSE(check(GetFederationToken{"a", {}, {}, {}}).has_value());
  CHECK_FALSE(check(GetFederationToken{std::string(33, 'a'), {}, {}, {}}).has_value());
  CHECK_FALSE(check(DecodeAuthorizationMessage{""}).has_value());
  auto reserved = good();
  reserved.source_identity = "aws:x";
  CHECK_FALSE(check(reserved).has_value());
}

}  // namespace
}  // namespace understudy::aws
