#pragma once

#include "fakes/fake_clock.hpp"
#include "fakes/fake_commands.hpp"
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
  Environment environment;

  [[nodiscard]] source::Surroundings get() {
    return {sts, http, commands, retry, clock, log, environment, [] { return 0.0; }, "us-east-1"};
  }
};

}  // namespace understudy::fakes
