#pragma once

#include <string>
#include <utility>

#include "fakes/fake_clock.hpp"
#include "fakes/fake_roles.hpp"
#include "fakes/recording_log.hpp"
#include "understudy/service/imds.hpp"

#include <doctest/doctest.h>

/// What the tests of the instance metadata service stand on.
namespace understudy::service {

inline constexpr const char* kTokenHeader = "X-aws-ec2-metadata-token";
inline constexpr const char* kTtlHeader = "X-aws-ec2-metadata-token-ttl-seconds";
inline constexpr const char* kRolePath = "/latest/meta-data/iam/security-credentials/app";

inline Request request_of(std::string method, std::string target, Headers headers = {}) {
  Request request;
  request.method = std::move(method);
  request.target = std::move(target);
  request.headers = std::move(headers);
  request.peer = {"127.0.0.1", 4711};
  return request;
}

inline metadata::Instance instance_at(WallTime started, metadata::InstanceSettings settings = {}) {
  settings.id = "i-0123456789abcdef0";
  return metadata::derive_instance(settings, {"us-east-1", "app", "arn:aws:iam::111122223333:role/app", started});
}

/// An IMDS with a role that has credentials, and what stands around it.
struct ImdsStage {
  explicit ImdsStage(ImdsSettings with = {}, bool has_role = true)
      : settings(std::move(with)),
        show(settings, instance_at(clock.wall(), settings.instance),
             has_role ? listed_role_name(settings, role.key(), role.arn()) : ""),
        imds(settings, show, has_role ? &role : nullptr, signer, {}, clock, log) {
    role.publish(fakes::some_credentials(clock.wall()));
  }

  /// As a connection does, whose patience ends at once.
  Response ask(const Request& request) {
    auto answer = imds.answer(request, Patience::kMayWait);
    auto* const response = std::get_if<Response>(&answer);
    return response != nullptr ? std::move(*response) : answer_now(imds, request);
  }
  Response get(std::string target, Headers headers = {}) {
    return ask(request_of("GET", std::move(target), std::move(headers)));
  }
  std::string token(const char* ttl = "21600") {
    return std::string(ask(request_of("PUT", "/latest/api/token", {{kTtlHeader, ttl}})).body.view());
  }
  Headers signed_in() { return {{kTokenHeader, token()}}; }

  fakes::FakeClock clock;
  fakes::RecordingLog log;
  IdentitySigner signer{[this]() -> Result<IdentityKeys> { return make_identity_keys(clock.wall()); }, clock, log};
  fakes::FakeRole role{"app", "arn:aws:iam::111122223333:role/team/app"};
  ImdsSettings settings;
  ImdsShow show;
  Imds imds;
};

inline ImdsSettings optional_tokens() {
  ImdsSettings settings;
  settings.tokens_required = false;
  return settings;
}

inline std::string header(const Response& response, const char* name) {
  return std::string(response.headers.get(name).value_or("(none)"));
}

inline void check_empty(const Response& response, int status) {
  CHECK(response.status == status);
  CHECK(response.body.size() == 0);
  CHECK(header(response, "Content-Type") == "text/plain");
  CHECK(header(response, "Server") == "EC2ws");
}

}  // namespace understudy::service
