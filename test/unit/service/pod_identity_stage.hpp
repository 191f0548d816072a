#pragma once

#include <string>
#include <utility>

#include "fakes/cluster.hpp"
#include "fakes/fake_clock.hpp"
#include "fakes/fake_roles.hpp"
#include "fakes/recording_log.hpp"
#include "get_request.hpp"
#include "understudy/service/pod_identity.hpp"

#include <doctest/doctest.h>

/// What the tests of Pod Identity have in common.
namespace understudy::service {

inline Request with_token(const std::string& token) {
  return get("/v1/credentials", {{"Host", "169.254.170.23"}, {"Authorization", token}}, "10.0.0.7");
}

struct PodIdentityStage {
  explicit PodIdentityStage(PodIdentityRules rules = {}, bool verifies = true)
      : endpoint({{"default", "app", &app}, {"shop", "app", &cart}, {"default", "late", &late}}, std::move(rules),
                 verifies ? &keys : nullptr, {{}, false, ""}, clock, log) {
    app.publish(fakes::some_credentials(clock.wall(), "1"));
    cart.publish(fakes::some_credentials(clock.wall(), "2"));
    CHECK(keys.read().has_value());
  }
  Response ask(const Request& request) { return answer_now(endpoint, request); }
  /// Of the cluster, for a service account.
  std::string token(const char* name_space = "default", const char* account = "app") {
    return cluster.token(clock.wall(), name_space, account);
  }

  fakes::Cluster cluster;
  fakes::FakeClock clock;
  fakes::RecordingLog log;
  std::string jwks = cluster.jwks();
  TokenKeys keys{[this]() -> Result<std::string> { return jwks; }, "jwks.json", TokenKeys::kFile, clock, log};
  fakes::FakeRole app{"app"};
  fakes::FakeRole cart{"cart"};
  fakes::FakeRole late{"late"};
  PodIdentity endpoint;
};

inline void check_refusal(const Response& response, int status, const std::string& text) {
  CHECK(response.status == status);
  CHECK(response.headers ==
        Headers{{"Content-Type", "text/plain; charset=utf-8"}, {"X-Content-Type-Options", "nosniff"}});
  CHECK(response.body.view() == text + "\n");
}

}  // namespace understudy::service
