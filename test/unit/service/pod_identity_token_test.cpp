#include <future>
#include <memory>
#include <string>
#include <variant>

#include "pod_identity_stage.hpp"

#include <doctest/doctest.h>

namespace understudy::service {
namespace {

TEST_CASE("a token that is missing, none, twice or not good any more is refused in the agent's words") {
  PodIdentityStage stage;
  const auto refused = [&](const Headers& more) {
    Headers headers{{"Host", "169.254.170.23"}};
    for (const auto& [name, value] : more) {
      headers.add(name, value);
    }
    return stage.ask(get("/v1/credentials", headers));
  };
  check_refusal(refused({}), 400, "Service account token cannot be empty");
  check_refusal(refused({{"Authorization", ""}}), 400, "Service account token cannot be empty");
  check_refusal(
      refused({{"Authorization", "abc"}}), 400,
      "Service account token cannot be parsed: token is malformed: token contains an invalid number of segments");
  check_refusal(refused({{"Authorization", "Bearer " + stage.token()}}), 400,
                "Service account token cannot be parsed: token is malformed: tokenstring should not contain 'bearer '");
  check_refusal(refused({{"Authorization", stage.token()}, {"Authorization", stage.token()}}), 400,
                "Service account token cannot be parsed: token is malformed: Authorization is there more than once");
  check_refusal(refused({{"Authorization", stage.cluster.sign(fakes::Cluster::claims(stage.clock.wall(), "default",
                                                                                     "app", "sts.amazonaws.com"))}}),
                400,
                "Service account token failed basic claim validations: invalid audience: expected "
                "pods.eks.amazonaws.com");
  const auto token = stage.token();
  stage.clock.advance(std::chrono::hours(1));
  check_refusal(refused({{"Authorization", token}}), 400,
                "Service account token failed basic claim validations: token is expired");
  check_refusal(refused({{"Authorization", stage.cluster.token(stage.clock.wall() + std::chrono::seconds(1))}}), 400,
                "Service account token failed basic claim validations: token is not valid yet");
}

TEST_CASE("another audience than EKS's can be asked for") {
  PodIdentityStage stage({.audience = "me"});
  const auto claims = fakes::Cluster::claims(stage.clock.wall(), "default", "app", "me");
  CHECK(stage.ask(with_token(stage.cluster.sign(claims))).status == 200);
  CHECK(stage.ask(with_token(stage.token())).status == 400);
}

TEST_CASE("what the cluster did not sign is refused, with no part of it in the log") {
  PodIdentityStage stage;
  const auto token = stage.token();
  for (std::size_t i = token.rfind('.') + 1; i < token.size(); i += 5) {
    auto forged = token;
    forged[i] = forged[i] == 'A' ? 'B' : 'A';
    if (forged != token) {
      CHECK(stage.ask(with_token(forged)).status == 400);
    }
  }
  const auto stolen = stage.token("default", "late");
  const auto mixed = token.substr(0, token.find('.')) +
                     stolen.substr(stolen.find('.'), stolen.rfind('.') - stolen.find('.')) +
                     token.substr(token.rfind('.'));
  check_refusal(stage.ask(with_token(mixed)), 400,
                "JWT signature validation failed: cryptographic validation failed: signature is invalid");
  check_refusal(stage.ask(with_token(fakes::Cluster().token(stage.clock.wall()))), 400,
                "JWT signature validation failed: cryptographic validation failed: signature is invalid");
  const auto unsigned_token =
      base64url(R"({"alg":"none"})") + "." + base64url(fakes::Cluster::claims(stage.clock.wall())) + ".";
  check_refusal(stage.ask(with_token(unsigned_token)), 400,
                "JWT signature validation failed: cryptographic validation failed: signature is invalid");
  CHECK_FALSE(stage.log.contains(token.substr(0, 30)));
}

TEST_CASE("a key that is not known is read, once, and then answers") {
  PodIdentityStage stage;
  stage.keys.start();
  const fakes::Cluster next("key-2");
  stage.jwks = next.jwks();
  const auto request = with_token(next.token(stage.clock.wall()));
  check_refusal(
      stage.ask(request), 400,
      "JWT signature validation failed: cryptographic validation failed: no matching key found for the token's "
      "kid");
  auto answer = stage.endpoint.answer(request, Patience::kMayWait);
  REQUIRE(std::holds_alternative<std::shared_ptr<Deferred>>(answer));
  const auto woken = std::make_shared<std::promise<void>>();
  std::get<std::shared_ptr<Deferred>>(answer)->on_ready([woken] { woken->set_value(); });
  woken->get_future().wait();
  CHECK(stage.ask(request).status == 200);
  CHECK(stage.ask(with_token(stage.token())).status == 400);
}

TEST_CASE("without keys nobody gets credentials") {
  PodIdentityStage stage;
  TokenKeys none{[]() -> Result<std::string> { return Error{}; }, "jwks.json", TokenKeys::kUrl, stage.clock, stage.log};
  PodIdentity endpoint({{"default", "app", &stage.app}}, {}, &none, {{}, false, ""}, stage.clock, stage.log);
  const auto answer = endpoint.answer(with_token(stage.token()), Patience::kMayWait);
  CHECK(std::holds_alternative<std::shared_ptr<Deferred>>(answer));
  check_refusal(
      answer_now(endpoint, with_token(stage.token())), 503,
      "(ServiceUnavailableException): the keys that tokens are verified with could not be read yet, fault: server");
}

TEST_CASE("where signatures are not verified the claims are all that counts") {
  PodIdentityStage stage({}, false);
  const auto unsigned_token =
      base64url(R"({"alg":"none"})") + "." + base64url(fakes::Cluster::claims(stage.clock.wall())) + ".";
  CHECK(stage.ask(with_token(unsigned_token)).status == 200);
  CHECK(stage.ask(with_token(fakes::Cluster().token(stage.clock.wall(), "shop", "till"))).status == 404);
}

}  // namespace
}  // namespace understudy::service
