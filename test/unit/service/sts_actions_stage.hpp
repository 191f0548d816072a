#pragma once

#include <string>
#include <utility>

#include "fakes/fake_clock.hpp"
#include "fakes/recording_log.hpp"
#include "fakes/sts_caller.hpp"
#include "understudy/service/embedded_sts.hpp"

#include <doctest/doctest.h>

/// What the tests of the embedded STS's actions stand on.
namespace understudy::service {

inline const std::string kApp = "arn:aws:iam::111122223333:role/team/app";
inline const std::string kAudit = "arn:aws:iam::444455556666:role/audit";
inline const std::string kMfa = "arn:aws:iam::111122223333:mfa/jane";

inline aws::AssumeRole assume(const std::string& role) {
  aws::AssumeRole call;
  call.role_arn = role;
  call.role_session_name = "me";
  return call;
}

/// An embedded STS with that trust table, jane as its user, and a client.
struct StsStage {
  explicit StsStage(TrustTable trust = {})
      : sts({{{"jane", "AKIAIOSFODNN7EXAMPLE", Secret("secret"), "111122223333", {}}},
             std::move(trust),
             "111122223333",
             "us-east-1",
             Secret()},
            clock, log) {}

  fakes::FakeClock clock;
  fakes::RecordingLog log;
  EmbeddedSts sts;
  HandlerClient http{sts};
  fakes::StsCaller caller{http, clock};
  aws::Credentials jane{"AKIAIOSFODNN7EXAMPLE", Secret("secret"), {}, {}, {}, "", ""};

  [[nodiscard]] Result<aws::StsAnswer> call(const aws::StsCall& call) const { return caller.call(call, &jane); }
  [[nodiscard]] Result<aws::StsAnswer> call(const aws::StsCall& call, const aws::Credentials& as) const {
    return caller.call(call, &as);
  }
  [[nodiscard]] aws::Credentials keys(const aws::StsCall& call) const { return *this->call(call)->credentials; }
};

inline void check_refused(const Result<aws::StsAnswer>& answer, const std::string& code, const std::string& message) {
  REQUIRE_FALSE(answer.has_value());
  CAPTURE(answer.error().message);
  CHECK(answer.error().code == code);
  CHECK(answer.error().message.find(message) != std::string::npos);
}

}  // namespace understudy::service
