#include <memory>
#include <string>
#include <variant>

#include "imds_stage.hpp"
#include "understudy/service/imds.hpp"

#include <doctest/doctest.h>

namespace understudy::service {
namespace {

TEST_CASE("the role's credentials are the shared document, with the time they were got") {
  ImdsStage stage;
  const auto headers = stage.signed_in();
  const auto response = stage.get(kRolePath, headers);
  CHECK(response.status == 200);
  CHECK(response.body.view().data() == stage.role.state()->documents.imds->data());
  CHECK(header(response, "Last-Modified") == "Fri, 20 Nov 2026 23:37:24 GMT");
  CHECK(stage.get("/latest/meta-data/identity-credentials/ec2/security-credentials/ec2-instance", headers) == response);

  stage.clock.advance(std::chrono::minutes(30));
  stage.role.publish(fakes::some_credentials(stage.clock.wall(), "2"));
  const auto rotated = stage.get(kRolePath, headers);
  CHECK(rotated.body == Body(stage.role.state()->documents.imds));
  CHECK_FALSE(rotated.body == response.body);
  CHECK(header(rotated, "Last-Modified") == "Sat, 21 Nov 2026 00:07:24 GMT");
}

TEST_CASE("a cold role is waited for where the caller can wait, else 503") {
  ImdsStage stage;
  fakes::FakeRole cold("app", "arn:aws:iam::111122223333:role/app");
  ImdsShow show(optional_tokens(), instance_at(stage.clock.wall()), "app");
  Imds imds(optional_tokens(), show, &cold, stage.signer, {}, stage.clock, stage.log);
  const auto request = request_of("GET", kRolePath);
  check_empty(answer_now(imds, request), 503);

  auto answer = imds.answer(request, Patience::kMayWait);
  REQUIRE(std::holds_alternative<std::shared_ptr<Deferred>>(answer));
  int woken = 0;
  std::get<std::shared_ptr<Deferred>>(answer)->on_ready([&] { ++woken; });
  CHECK(cold.waiting() == 1);
  cold.publish(fakes::some_credentials(stage.clock.wall()));
  CHECK(woken == 1);
  CHECK(answer_now(imds, request).status == 200);
}

TEST_CASE("only the credentials wait for a cold role") {
  ImdsStage stage;
  fakes::FakeRole cold("app");
  ImdsShow show(optional_tokens(), instance_at(stage.clock.wall()), "app");
  Imds imds(optional_tokens(), show, &cold, stage.signer, {}, stage.clock, stage.log);
  for (const char* target : {"/", "/latest/meta-data/iam/info", "/latest/meta-data/iam/security-credentials/"}) {
    CAPTURE(target);
    const auto answer = imds.answer(request_of("GET", target), Patience::kMayWait);
    REQUIRE(std::holds_alternative<Response>(answer));
    CHECK(std::get<Response>(answer).status == 200);
  }
}

TEST_CASE("a role that STS refuses is a success that says so, in the wire's words") {
  ImdsStage stage;
  fakes::FakeRole refused("app", "arn:aws:iam::111122223333:role/app");
  refused.fail({Error::Kind::kDenied, "AccessDenied", "User is not authorized"});
  ImdsShow show(optional_tokens(), instance_at(stage.clock.wall()), "app");
  Imds imds(optional_tokens(), show, &refused, stage.signer, {}, stage.clock, stage.log);
  const auto response = answer_now(imds, request_of("GET", kRolePath));
  CHECK(response.status == 200);
  CHECK(response.body == Body("{\n  \"Code\" : \"AssumeRoleUnauthorizedAccess\",\n"
                              "  \"Message\" : \"EC2 cannot assume the role app.  Please see documentation at "
                              "https://docs.aws.amazon.com/IAM/latest/UserGuide/"
                              "troubleshoot_iam-ec2.html#troubleshoot_iam-ec2_errors-info-doc.\",\n"
                              "  \"LastUpdated\" : \"2026-11-20T23:37:24Z\"\n}"));
}

TEST_CASE("credentials are served to their end through failed refreshes, and never after it") {
  ImdsStage stage(optional_tokens());
  stage.role.fail({Error::Kind::kUnavailable, "Timeout", "STS did not answer"});
  stage.clock.advance(std::chrono::hours(1) - std::chrono::milliseconds(1));
  CHECK(stage.get(kRolePath).status == 200);
  stage.clock.advance(std::chrono::milliseconds(1));
  check_empty(stage.get(kRolePath), 503);
}

TEST_CASE("an instance without a role has no iam") {
  ImdsStage stage(optional_tokens(), false);
  CHECK(stage.get("/latest/meta-data/iam/").status == 404);
  CHECK(stage.get("/latest/meta-data/iam/info").status == 404);
  CHECK(stage.get(kRolePath).status == 404);
  CHECK(stage.get("/latest/meta-data/instance-id").status == 200);
}

TEST_CASE("the role is listed by its configured name, else by its ARN's, else by its key") {
  ImdsSettings settings;
  CHECK(listed_role_name(settings, "key", "arn:aws:iam::111122223333:role/team/app") == "app");
  CHECK(listed_role_name(settings, "key", "arn:aws:iam::111122223333:role/app") == "app");
  CHECK(listed_role_name(settings, "key", "") == "key");
  settings.role_name = "other";
  CHECK(listed_role_name(settings, "key", "arn:aws:iam::111122223333:role/app") == "other");
}

}  // namespace
}  // namespace understudy::service
