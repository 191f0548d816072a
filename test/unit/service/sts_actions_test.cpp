#include <string>
#include <vector>

#include "sts_actions_stage.hpp"

#include <doctest/doctest.h>

namespace understudy::service {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

TEST_CASE("a role is assumed for an hour, or for as long as asked") {
  StsStage stage;
  const auto answer = stage.call(assume(kApp));
  REQUIRE(answer.has_value());
  CHECK(answer->arn == "arn:aws:sts::111122223333:assumed-role/app/me");
  CHECK(answer->user_id.starts_with("AROA"));
  CHECK(answer->user_id.ends_with(":me"));
  CHECK(answer->account == "111122223333");
  CHECK(*answer->credentials->expiration == stage.clock.wall() + hours(1));
  auto longer = assume(kApp);
  longer.duration = hours(12);
  CHECK(*stage.keys(longer).expiration == stage.clock.wall() + hours(12));
}

TEST_CASE("what is no role can not be assumed") {
  StsStage stage;
  check_refused(stage.call(assume("arn:aws:iam::111122223333:user/jane")), "ValidationError", "Request ARN is invalid");
  check_refused(stage.call(assume("there-is-no-such-thing")), "ValidationError", "there-is-no-such-thing is invalid");
  check_refused(stage.call(assume("short")), "ValidationError", "Value 'short' at 'roleArn' failed to satisfy");
}

TEST_CASE("only the principals that a rule names may assume the role") {
  struct Row {
    std::vector<std::string> principals;
    bool user;  ///< jane herself
    bool same;  ///< jane as the role app
  };
  const std::vector<Row> rows = {
      {{}, true, true},
      {{"*"}, true, true},
      {{"111122223333"}, true, true},
      {{"arn:aws:iam::111122223333:root"}, true, true},
      {{"444455556666"}, false, false},
      {{"arn:aws:iam::444455556666:root"}, false, false},
      {{"arn:aws:iam::111122223333:user/jane"}, true, false},
      {{kApp}, false, true},
      {{"arn:aws:sts::111122223333:assumed-role/app/me"}, false, true},
      {{"arn:aws:sts::111122223333:assumed-role/app/you"}, false, false},
      {{"444455556666", kApp}, false, true},
  };
  for (const auto& row : rows) {
    CAPTURE(row.principals);
    StsStage stage({{kAudit, {row.principals, "", "", hours(12)}}});
    const auto app = stage.keys(assume(kApp));
    CHECK(stage.call(assume(kAudit)).has_value() == row.user);
    CHECK(stage.call(assume(kAudit), app).has_value() == row.same);
  }
}

TEST_CASE("a refusal has AWS's words for the caller and names the rule in the log") {
  StsStage stage({{kAudit, {{"444455556666"}, "", "", hours(12)}}});
  check_refused(
      stage.call(assume(kAudit)), "AccessDenied",
      "User: arn:aws:iam::111122223333:user/jane is not authorized to perform: sts:AssumeRole on resource: " + kAudit);
  CHECK(stage.log.count(LogLevel::kWarning, "none of the role's principals; change it under sts.trust, \"" + kAudit) ==
        1);
}

TEST_CASE("a rule's external id has to be said") {
  StsStage stage({{kAudit, {{}, "x-1", "", hours(12)}}});
  check_refused(stage.call(assume(kAudit)), "AccessDenied", "not authorized");
  auto call = assume(kAudit);
  call.external_id = "x-2";
  check_refused(stage.call(call), "AccessDenied", "not authorized");
  call.external_id = "x-1";
  CHECK(stage.call(call).has_value());
  CHECK(stage.log.count("external id") == 2);
}

TEST_CASE("a rule's MFA takes a code of its device, or a session that was begun with one") {
  StsStage stage({{kApp, {{}, "", kMfa, hours(12)}}});
  auto call = assume(kApp);
  check_refused(stage.call(call), "AccessDenied", "not authorized");
  call.serial_number = kMfa;
  check_refused(stage.call(call), "AccessDenied", "must provide both MFA serial number and one time pass code");
  call.token_code = "000000";
  check_refused(stage.call(call), "AccessDenied", "invalid MFA one time pass code");
  call.token_code = "123456";
  CHECK(stage.call(call).has_value());
  call.serial_number = kMfa + "2";
  check_refused(stage.call(call), "AccessDenied", "not authorized");

  CHECK_FALSE(stage.call(assume(kApp), stage.keys(aws::GetSessionToken{})).has_value());
  CHECK(stage.call(assume(kApp), stage.keys(aws::GetSessionToken{{}, kMfa, "123456"})).has_value());
}

TEST_CASE("a role's maximum duration holds") {
  StsStage stage({{kApp, {{}, "", "", hours(2)}}, {kAudit, {{}, "", "", minutes(30)}}});
  auto call = assume(kApp);
  call.duration = hours(2);
  CHECK(stage.call(call).has_value());
  call.duration = hours(2) + seconds(1);
  check_refused(stage.call(call), "ValidationError",
                "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
  CHECK(*stage.keys(assume(kAudit)).expiration == stage.clock.wall() + minutes(30));
}

TEST_CASE("a chain of roles lasts an hour at most") {
  StsStage stage;
  const auto app = stage.keys(assume(kApp));
  const auto audit = stage.call(assume(kAudit), app);
  REQUIRE(audit.has_value());
  CHECK(audit->arn == "arn:aws:sts::444455556666:assumed-role/audit/me");
  auto call = assume(kAudit);
  call.duration = hours(1);
  CHECK(stage.call(call, app).has_value());
  call.duration = hours(1) + seconds(1);
  check_refused(stage.call(call, app), "ValidationError",
                "exceeds the 1 hour session limit for roles assumed by role chaining");
  CHECK(stage.call(call, stage.keys(aws::GetSessionToken{})).has_value());
}

TEST_CASE("an ended session assumes nothing") {
  StsStage stage;
  const auto app = stage.keys(assume(kApp));
  stage.clock.advance(hours(1));
  const auto answer = stage.call(assume(kAudit), app);
  check_refused(answer, "ExpiredToken", "expired");
  CHECK(answer.error().kind == Error::Kind::kExpired);
}

TEST_CASE("transitive tags go down the chain and can not be passed again") {
  StsStage stage;
  auto first = assume(kApp);
  first.tags = {{"Team", "a"}, {"local", "b"}};
  first.transitive_tag_keys = {"team"};
  const auto app = stage.keys(first);

  auto again = assume(kAudit);
  again.tags = {{"TEAM", "z"}};
  check_refused(stage.call(again, app), "ValidationError", "The tag key Team is inherited");
  again.tags = {{"local", "c"}};
  CHECK(stage.call(again, app).has_value());

  const auto second = *stage.call(assume(kAudit), app)->credentials;
  auto third = assume(kApp);
  third.tags = {{"team", "y"}};
  check_refused(stage.call(third, second), "ValidationError", "is inherited");

  auto unknown = assume(kApp);
  unknown.transitive_tag_keys = {"team"};
  check_refused(stage.call(unknown), "ValidationError", "transitive tag key must be included");
}

TEST_CASE("a source identity stays along the chain") {
  StsStage stage;
  auto first = assume(kApp);
  first.source_identity = "jane";
  const auto answer = stage.call(first);
  CHECK(answer->source_identity == "jane");
  CHECK(stage.call(assume(kAudit), *answer->credentials)->source_identity == "jane");
  auto other = assume(kAudit);
  other.source_identity = "joe";
  check_refused(stage.call(other, *answer->credentials), "AccessDenied", "sts:SetSourceIdentity");
}

TEST_CASE("GetSessionToken and GetFederationToken are for long-term keys") {
  StsStage stage;
  const auto session = stage.call(aws::GetSessionToken{});
  REQUIRE(session.has_value());
  CHECK(*session->credentials->expiration == stage.clock.wall() + hours(12));
  CHECK(stage.call(aws::GetCallerIdentity{}, *session->credentials)->arn == "arn:aws:iam::111122223333:user/jane");

  const aws::GetFederationToken federation{"bob", {}, {{"team", "a"}}, hours(36)};
  const auto federated = stage.call(federation);
  REQUIRE(federated.has_value());
  CHECK(federated->arn == "arn:aws:sts::111122223333:federated-user/bob");
  CHECK(federated->user_id == "111122223333:bob");
  CHECK(*federated->credentials->expiration == stage.clock.wall() + hours(36));
  CHECK(stage.call(aws::GetCallerIdentity{}, *federated->credentials)->arn == federated->arn);

  for (const auto& keys : {stage.keys(assume(kApp)), *session->credentials, *federated->credentials}) {
    check_refused(stage.call(aws::GetSessionToken{}, keys), "AccessDenied",
                  "Cannot call GetSessionToken with session credentials");
    check_refused(stage.call(federation, keys), "AccessDenied",
                  "Cannot call GetFederationToken with session credentials");
  }
  check_refused(stage.call(assume(kApp), *federated->credentials), "AccessDenied", "federated-user/bob");
}

TEST_CASE("a key's account is told where the key is known or was made here") {
  StsStage stage;
  CHECK(stage.call(aws::GetAccessKeyInfo{"AKIAIOSFODNN7EXAMPLE"})->account == "111122223333");
  CHECK(stage.call(aws::GetAccessKeyInfo{stage.keys(assume(kAudit)).access_key_id})->account == "444455556666");
  check_refused(stage.call(aws::GetAccessKeyInfo{"AKIAI44QH8DHBEXAMPLE"}), "ValidationError", "not known here");
  check_refused(stage.call(aws::DecodeAuthorizationMessage{"abc"}), "InvalidAuthorizationMessage", "not valid");
}

}  // namespace
}  // namespace understudy::service
