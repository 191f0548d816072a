#include "understudy/source/sts_client.hpp"

#include <string>
#include <vector>

#include "fakes/fake_clock.hpp"
#include "fakes/fake_http.hpp"
#include "fakes/fake_pause.hpp"
#include "fakes/fake_source.hpp"
#include "fakes/recording_log.hpp"
#include "understudy/aws/sigv4.hpp"
#include "understudy/base/time_text.hpp"

#include <doctest/doctest.h>

namespace understudy::source {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

const aws::StsCall kCall =
    aws::AssumeRole{"arn:aws:iam::111122223333:role/app", "me", std::nullopt, {}, {}, {}, "", "", "", "", {}};

struct Stage {
  fakes::FakeClock clock;
  fakes::FakeHttp http;
  fakes::RecordingLog log;
  fakes::FakePause pause;
  std::vector<const aws::ProfileStsSettings*> played;
  int max_attempts = 3;
  aws::Credentials keys = fakes::permanent_credentials();

  StsClient client() {
    return StsClient(http, clock, log, {max_attempts, pause, [] { return 0.5; }},
                     {[this](const aws::ProfileStsSettings* profile) -> Result<aws::StsEndpoint> {
                        played.push_back(profile);
                        return aws::StsEndpoint{
                            {"https", "sts.eu-west-1.amazonaws.com", 443, "/"}, "eu-west-1", "authorities.pem"};
                      },
                      {}});
  }

  /// An answer as of the server's clock, which is `skew` ahead of ours.
  Response dated(Response response, seconds skew = seconds(0)) {
    response.headers.set("Date", format_http_date(clock.wall() + skew));
    return response;
  }
  Response granted(seconds skew = seconds(0)) {
    aws::StsAnswer answer;
    answer.arn = "arn:aws:sts::111122223333:assumed-role/app/me";
    answer.user_id = "AROAEXAMPLE:me";
    answer.credentials = fakes::numbered_credentials(1, clock.wall() + skew);
    return dated(aws::render_answer("AssumeRole", answer, "1"), skew);
  }
  Response refused(int status, std::string code, seconds skew = seconds(0)) {
    return dated(aws::render_error(status, {Error::Kind::kDenied, std::move(code), "because"}, "1"), skew);
  }

  /// The time that the `index`-th request was signed at; checks that the signature is right.
  WallTime signed_at(std::size_t index) {
    const auto request = http.sent().at(index).request;
    const auto presented = aws::read_signature(request);
    REQUIRE(presented);
    CHECK(presented->access_key_id == keys.access_key_id);
    CHECK(presented->scope.region == "eu-west-1");
    CHECK(presented->scope.service == "sts");
    CHECK(aws::expected_signature(request, *presented, keys.secret_access_key).signature == presented->signature);
    return presented->time;
  }
};

TEST_CASE("a call is one signed POST of the form") {
  Stage stage;
  stage.http.then(stage.granted());
  const aws::ProfileStsSettings dev;
  const auto answer = stage.client().call(kCall, &stage.keys, &dev);
  REQUIRE(answer);
  CHECK(answer->credentials->access_key_id == "ASIAEXAMPLE000000001");
  CHECK(answer->credentials->obtained == stage.clock.wall());
  CHECK(stage.played == std::vector{&dev});
  REQUIRE(stage.http.sent().size() == 1);
  const auto sent = stage.http.sent()[0];
  CHECK(sent.origin.host == "sts.eu-west-1.amazonaws.com");
  CHECK(sent.limits.ca_bundle == "authorities.pem");
  CHECK(sent.limits.connect == seconds(3));
  CHECK(sent.limits.total == seconds(10));
  CHECK(sent.limits.max_body == 64 * 1024);
  CHECK(sent.request.method == "POST");
  CHECK(sent.request.target == "/");
  CHECK(sent.request.headers.get("Host") == "sts.eu-west-1.amazonaws.com");
  CHECK(sent.request.headers.get("Content-Type") == "application/x-www-form-urlencoded; charset=utf-8");
  CHECK_FALSE(sent.request.headers.get("Date"));
  CHECK(sent.request.body == aws::encode_call(kCall));
  CHECK(stage.signed_at(0) == stage.clock.wall());
}

TEST_CASE("a call with a proof of its own is not signed") {
  Stage stage;
  stage.http.then(stage.refused(403, "IDPRejectedClaim"));
  const auto answer = stage.client().call(
      aws::AssumeRoleWithWebIdentity{"arn:aws:iam::111122223333:role/app", "me", Secret("jwt"), "", {}, std::nullopt},
      nullptr, nullptr);
  CHECK(answer.error().code == "IDPRejectedClaim");
  CHECK_FALSE(stage.http.sent().at(0).request.headers.get("Authorization"));
}

TEST_CASE("without an endpoint nothing is sent") {
  Stage stage;
  StsClient client(stage.http, stage.clock, stage.log, {3, stage.pause, [] { return 0.0; }},
                   {[](const aws::ProfileStsSettings*) -> Result<aws::StsEndpoint> {
                      return Error{Error::Kind::kInvalid, "MissingRegion", "set region"};
                    },
                    {}});
  CHECK(client.call(kCall, &stage.keys, nullptr).error().code == "MissingRegion");
  CHECK(stage.http.sent().empty());
}

TEST_CASE("what may pass is tried three times with a growing wait, each time signed anew") {
  Stage stage;
  stage.http.on_send([&] { stage.clock.advance(seconds(10)); });
  stage.http.then(Error{Error::Kind::kUnavailable, "Timeout", "no answer"});
  stage.http.then(stage.refused(503, "ServiceUnavailable"));
  stage.http.then(stage.granted());
  const auto began = stage.clock.wall();
  REQUIRE(stage.client().call(kCall, &stage.keys, nullptr));
  CHECK(stage.pause.waits == std::vector{milliseconds(500), milliseconds(1000)});
  CHECK(stage.signed_at(0) == began);
  CHECK(stage.signed_at(2) == began + seconds(20));
}

TEST_CASE("each refusal is tried again or not by what it means") {
  struct Row {
    int status;
    std::string code;
    std::size_t attempts;
    Error::Kind kind;
  };
  const std::vector<Row> rows{
      {400, "Throttling", 3, Error::Kind::kThrottled},
      {400, "IDPCommunicationError", 3, Error::Kind::kUnavailable},
      {400, "InvalidIdentityToken", 3, Error::Kind::kDenied},
      {500, "InternalFailure", 3, Error::Kind::kUnavailable},
      {429, "Anything", 3, Error::Kind::kThrottled},
      {403, "AccessDenied", 1, Error::Kind::kDenied},
      {403, "InvalidClientTokenId", 1, Error::Kind::kDenied},
      {403, "SignatureDoesNotMatch", 1, Error::Kind::kDenied},
      {403, "ExpiredToken", 1, Error::Kind::kExpired},
      {400, "ValidationError", 1, Error::Kind::kDenied},
  };
  for (const auto& row : rows) {
    CAPTURE(row.code);
    Stage stage;
    for (std::size_t i = 0; i < row.attempts; ++i) {
      stage.http.then(stage.refused(row.status, row.code));
    }
    const auto answer = stage.client().call(kCall, &stage.keys, nullptr);
    REQUIRE_FALSE(answer);
    CHECK(answer.error().code == row.code);
    CHECK(answer.error().kind == row.kind);
    CHECK(stage.http.sent().size() == row.attempts);
  }
}

TEST_CASE("an answer that makes no sense is tried again and then an error") {
  Stage stage;
  for (int i = 0; i < 3; ++i) {
    stage.http.then(Response{200, {}, "<html>", std::nullopt});
  }
  const auto answer = stage.client().call(kCall, &stage.keys, nullptr);
  CHECK(answer.error().kind == Error::Kind::kUnavailable);
  CHECK(answer.error().code == "BadAnswer");
  CHECK(stage.http.sent().size() == 3);
}

TEST_CASE("the wait doubles up to twenty seconds") {
  Stage stage;
  stage.max_attempts = 8;
  REQUIRE_FALSE(stage.client().call(kCall, &stage.keys, nullptr));
  CHECK(stage.pause.waits == std::vector{milliseconds(500), milliseconds(1000), milliseconds(2000), milliseconds(4000),
                                         milliseconds(8000), milliseconds(10000), milliseconds(10000)});
}

TEST_CASE("an interrupted wait gives up with the last error") {
  Stage stage;
  stage.pause.interrupted = true;
  CHECK(stage.client().call(kCall, &stage.keys, nullptr).error().code == "ConnectionError");
  CHECK(stage.http.sent().size() == 1);
}

TEST_CASE("a clock that is off is corrected once, for all later calls") {
  for (const auto& code :
       {"SignatureDoesNotMatch", "RequestTimeTooSkewed", "InvalidSignatureException", "AuthFailure"}) {
    CAPTURE(code);
    for (const auto skew : {seconds(hours(2)), -seconds(hours(2)), seconds(minutes(5))}) {
      Stage stage;
      stage.http.then(stage.refused(403, code, skew));
      stage.http.then(stage.granted(skew));
      stage.http.then(stage.granted(skew));
      auto client = stage.client();
      const auto answer = client.call(kCall, &stage.keys, nullptr);
      REQUIRE(answer);
      CHECK(answer->credentials->obtained == stage.clock.wall() + skew);
      REQUIRE(client.call(kCall, &stage.keys, nullptr));
      CHECK(stage.signed_at(0) == stage.clock.wall());
      CHECK(stage.signed_at(1) == stage.clock.wall() + skew);
      CHECK(stage.signed_at(2) == stage.clock.wall() + skew);
      CHECK(stage.pause.waits.empty());
      CHECK(stage.log.count(LogLevel::kWarning, skew > seconds(0) ? "clock is" : "ahead of STS's") == 1);
    }
  }
}

TEST_CASE("a clock that somebody has set right is believed again") {
  Stage stage;
  stage.http.then(stage.refused(403, "RequestTimeTooSkewed", hours(2)));
  stage.http.then(stage.granted(hours(2)));
  auto client = stage.client();
  REQUIRE(client.call(kCall, &stage.keys, nullptr));
  stage.http.then(stage.refused(403, "RequestTimeTooSkewed"));
  stage.http.then(stage.granted());
  REQUIRE(client.call(kCall, &stage.keys, nullptr));
  CHECK(stage.signed_at(3) == stage.clock.wall());
  CHECK(stage.log.count(LogLevel::kWarning, "clock is") == 1);
  CHECK(stage.log.count(LogLevel::kInfo, "clock is STS's again") == 1);
}

TEST_CASE("a clock is corrected for the next call where this one has no attempt left") {
  Stage stage;
  stage.max_attempts = 1;
  stage.http.then(stage.refused(403, "SignatureDoesNotMatch", hours(2)));
  stage.http.then(stage.granted(hours(2)));
  auto client = stage.client();
  CHECK(client.call(kCall, &stage.keys, nullptr).error().code == "SignatureDoesNotMatch");
  CHECK(client.call(kCall, &stage.keys, nullptr));
  CHECK(stage.signed_at(1) == stage.clock.wall() + hours(2));
}

TEST_CASE("a refusal that the clock does not explain is not tried again") {
  struct Row {
    std::string what;
    std::string code;
    seconds skew;
  };
  for (const auto& row :
       {Row{"a small skew", "SignatureDoesNotMatch", minutes(4)}, Row{"another code", "AccessDenied", hours(2)}}) {
    CAPTURE(row.what);
    Stage stage;
    stage.http.then(stage.refused(403, row.code, row.skew));
    CHECK(stage.client().call(kCall, &stage.keys, nullptr).error().code == row.code);
    CHECK(stage.http.sent().size() == 1);
  }
}

TEST_CASE("a wrong secret behind a wrong clock is refused after one correction") {
  Stage stage;
  stage.http.then(stage.refused(403, "SignatureDoesNotMatch", hours(2)));
  stage.http.then(stage.refused(403, "SignatureDoesNotMatch", hours(2)));
  CHECK(stage.client().call(kCall, &stage.keys, nullptr).error().code == "SignatureDoesNotMatch");
  CHECK(stage.http.sent().size() == 2);
}

TEST_CASE("a call with an MFA code is sent once, whatever comes back") {
  auto role = std::get<aws::AssumeRole>(kCall);
  role.token_code = "123456";
  for (const aws::StsCall& call :
       {aws::StsCall(role), aws::StsCall(aws::GetSessionToken{std::nullopt, "m", "123456"})}) {
    Stage stage;
    stage.http.then(stage.refused(503, "ServiceUnavailable"));
    CHECK_FALSE(stage.client().call(call, &stage.keys, nullptr).has_value());
    CHECK(stage.http.sent().size() == 1);
  }
}

TEST_CASE("no log line of a failing call holds a secret") {
  Stage stage;
  stage.keys = fakes::numbered_credentials(7, stage.clock.wall());
  REQUIRE_FALSE(stage.client().call(kCall, &stage.keys, nullptr));
  CHECK(stage.log.count("attempt") == 2);
  CHECK_FALSE(stage.log.contains("secret-7"));
  CHECK_FALSE(stage.log.contains("token-7"));
}

}  // namespace
}  // namespace understudy::source
