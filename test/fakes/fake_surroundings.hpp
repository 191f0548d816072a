#pragma once

#include <optional>
#include <string>
#include <utility>

#include "fakes/fake_clock.hpp"
#include "fakes/fake_commands.hpp"
#include "fakes/fake_http.hpp"
#include "fakes/fake_pause.hpp"
#include "fakes/fake_sts.hpp"
#include "fakes/recording_log.hpp"
#include "understudy/source/kind.hpp"

namespace understudy::fakes {

/// An HTTP client for sources that must not use it.
class NoHttp final : public HttpClient {
 public:
  Result<Response> send(const Url&, const Request&, const CallLimits&) override {
    return Error{Error::Kind::kUnavailable, "ConnectionError", "this test has no network"};
  }
};

/// Everything a source may use, all of it fake. Sources built from it must not outlive it.
struct FakeSurroundings {
  FakeClock clock;
  RecordingLog log;
  FakeSts sts{clock};
  NoHttp http;
  FakeCommands commands;
  FakePause pause;
  source::Retry retry{3, pause, [] { return 0.0; }};
  source::MfaDesk mfa{clock};
  source::Renewals renewals{clock};
  Environment environment;

  [[nodiscard]] source::Surroundings get() {
    return {sts, http,        commands,           retry,       mfa,         renewals, clock,
            log, environment, [] { return 0.0; }, "us-east-1", "fake-mark", "app"};
  }
};

/// `from` with another HTTP client.
inline source::Surroundings with_http(const source::Surroundings& from, HttpClient& http) {
  return {from.sts,         http,        from.commands, from.retry, from.mfa, from.renewals, from.clock, from.log,
          from.environment, from.jitter, from.region,   from.via,   from.role};
}

/// The same with an HTTP client that the test answers for.
struct FakeNetwork : FakeSurroundings {
  FakeHttp http;

  [[nodiscard]] source::Surroundings get() { return with_http(FakeSurroundings::get(), http); }
  void then(int status, std::string body, Headers headers = {}) {
    http.then(Response{status, std::move(headers), Body(std::move(body)), std::nullopt});
  }
};

}  // namespace understudy::fakes
