#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fakes/fake_clock.hpp"
#include "fakes/recording_log.hpp"
#include "understudy/app/application.hpp"
#include "understudy/config/load.hpp"
#include "understudy/http/client.hpp"

#include <doctest/doctest.h>

namespace understudy::app {

/// The environment of a test: nothing of the user's, and no second attempts.
inline Environment bare_environment() { return Environment({{"HOME", "/nonexistent"}, {"AWS_MAX_ATTEMPTS", "1"}}); }

/// The configuration that `text` describes. REQUIRES: it is a good one.
inline config::Config config_of(std::string_view text, const Environment& environment = bare_environment()) {
  auto loaded = config::load_config_text(text, "test.yaml", environment, {});
  if (!loaded) {
    FAIL(loaded.error().front());
  }
  return loaded->config;
}

/// An application built from a configuration's text, on real sockets, and a client of it.
class Serving {
 public:
  explicit Serving(std::string_view text)
      : application_(Application::build(config_of(text), bare_environment(), clock, log).value()) {}

  /// REQUIRES: before all that follows.
  void start() { addresses_ = application_->start().value(); }

  [[nodiscard]] std::uint16_t port(std::string_view listener) const {
    for (const auto& bound : addresses_) {
      if (bound.name == listener) {
        return bound.port;
      }
    }
    FAIL("no listener is called " << listener);
    return 0;
  }
  [[nodiscard]] Response send(std::string_view listener, Request request) {
    return network_.send(Url{"http", "127.0.0.1", port(listener), "/"}, request, CallLimits()).value();
  }
  [[nodiscard]] Response get(std::string_view listener, std::string target, Headers headers = {}) {
    Request request;
    request.target = std::move(target);
    request.headers = std::move(headers);
    return send(listener, std::move(request));
  }

  [[nodiscard]] Application& application() { return *application_; }

  fakes::FakeClock clock;
  fakes::RecordingLog log;

 private:
  std::unique_ptr<Application> application_;
  std::vector<http::BoundAddress> addresses_;
  http::NetworkClient network_{http::ClientSettings{}};
};

/// An embedded STS, the roles app and audit (a chain), and listeners for all of it.
inline constexpr std::string_view kChain = R"(region: us-east-1
listen: {imds: 127.0.0.1:0, containers: 127.0.0.1:0, sts: 127.0.0.1:0}
sts: {endpoint: embedded}
roles:
  base: {static: {access_key_id: AKIAIOSFODNN7EXAMPLE, secret_access_key: fake-secret}}
  app: {assume_role: arn:aws:iam::111122223333:role/app, source: base}
  audit: {assume_role: {arn: arn:aws:iam::444455556666:role/audit, session_name: me}, source: app}
imds: {role: app, tokens: optional}
containers:
  credentials:
    app: {role: app}
    audit: {role: audit}
)";

[[nodiscard]] inline bool holds(const Response& response, std::string_view text) {
  return response.body.view().find(text) != std::string_view::npos;
}

}  // namespace understudy::app
