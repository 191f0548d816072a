#include "understudy/service/guarded_sts.hpp"

#include <string>
#include <vector>

#include "fakes/fake_clock.hpp"
#include "fakes/recording_log.hpp"
#include "fakes/sts_caller.hpp"
#include "understudy/service/embedded_sts.hpp"
#include "understudy/source/upstream.hpp"

#include <doctest/doctest.h>

namespace understudy::service {
namespace {

const std::string kIdentity = "Action=GetCallerIdentity&Version=2011-06-15";

/// An embedded STS that knows jane, behind its listener's guard.
struct Stage {
  explicit Stage(GuardRules rules = {{"sts.example"}, false, "this-process"})
      : sts({{{"jane", "AKIAIOSFODNN7EXAMPLE", Secret("secret"), "111122223333", {}}}, {}, "", "us-east-1", Secret()},
            clock, log),
        guarded(sts, std::move(rules), clock, log) {}

  Response ask(Headers headers, std::string method = "POST", std::string target = "/", std::string body = kIdentity) {
    return answer_now(
        guarded, {std::move(method), std::move(target), std::move(headers), std::move(body), Peer{"10.0.0.9", 4711}});
  }
  [[nodiscard]] bool served() const { return sts.calls("GetCallerIdentity") > 0; }

  fakes::FakeClock clock;
  fakes::RecordingLog log;
  EmbeddedSts sts;
  GuardedSts guarded;
};

TEST_CASE("what comes from a browser or for somebody else's name is refused in STS's form before it is looked at") {
  struct Row {
    const char* name;
    Headers headers;
    Rule rule;
  };
  const std::vector<Row> rows{
      {"another's name", {{"Host", "evil.example"}}, Rule::kHost},
      {"AWS's own name", {{"Host", "sts.us-east-1.amazonaws.com"}}, Rule::kHost},
      {"a script", {{"Host", "127.0.0.1:1341"}, {"Origin", "http://evil.example"}}, Rule::kOrigin},
      {"a sandboxed script", {{"Host", "127.0.0.1:1341"}, {"Origin", "null"}}, Rule::kOrigin},
      {"another site's page", {{"Host", "localhost"}, {"Sec-Fetch-Site", "cross-site"}}, Rule::kFetchSite},
      {"a page of a site beside it", {{"Host", "localhost"}, {"Sec-Fetch-Site", "same-site"}}, Rule::kFetchSite},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    for (const auto& [method, target] :
         {std::pair{"POST", "/"}, {"GET", "/?Action=x"}, {"DELETE", "/"}, {"GET", "/x"}}) {
      CAPTURE(method);
      Stage stage;
      const auto response = stage.ask(row.headers, method, target);
      CHECK(response.status == 403);
      CHECK(response.headers.get("Content-Type") == "text/xml");
      CHECK(response.headers.get("x-amzn-RequestId")->size() == 36);
      const auto error = aws::parse_error(response);
      CHECK(error.code == "AccessDenied");
      CHECK(error.message.find("its log says which rule") != std::string::npos);
      CHECK(stage.guarded.refusals().count(row.rule) == 1);
      CHECK(stage.log.contains("sts: refused a request from 10.0.0.9: "));
      CHECK_FALSE(stage.served());
    }
  }
}

TEST_CASE("who reads JSON alone is refused in JSON") {
  Stage stage;
  const auto response = stage.ask({{"Host", "evil.example"}, {"Accept", "application/json"}});
  CHECK(response.status == 403);
  CHECK(response.headers.get("Content-Type") == "application/json");
  CHECK(response.body.view().find(R"("Code":"AccessDenied")") != std::string_view::npos);
}

TEST_CASE("clients in containers and behind proxies are served by what they call it") {
  for (const auto* host : {"127.0.0.1:1341", "169.254.170.2:1341", "[fd00:ec2::23]", "localhost", "understudy:1341",
                           "sts", "sts.example", "sts.example:1341"}) {
    CAPTURE(host);
    Stage stage;
    const auto response = stage.ask({{"Host", host}, {"X-Forwarded-For", "10.0.0.7"}});
    CHECK(aws::parse_error(response).code == "MissingAuthenticationToken");
    CHECK(stage.served());
    CHECK(stage.log.lines().empty());
  }
}

TEST_CASE("a signed call passes, under a name of AWS's where that is among the hosts") {
  Stage stage({{"sts.us-east-1.amazonaws.com"}, false, ""});
  HandlerClient http(stage.guarded);
  const fakes::StsCaller caller{http, stage.clock};
  const aws::Credentials jane{"AKIAIOSFODNN7EXAMPLE", Secret("secret"), {}, {}, {}, "", ""};
  const auto answer = caller.call(aws::GetCallerIdentity{}, &jane);
  REQUIRE(answer.has_value());
  CHECK(answer->arn == "arn:aws:iam::111122223333:user/jane");
}

TEST_CASE("a request of this process to itself is told so") {
  Stage stage;
  CHECK(stage.ask({{"Host", "127.0.0.1"}, {std::string(source::kViaHeader), "this-process"}}).status ==
        source::kLoopStatus);
  CHECK_FALSE(stage.served());
}

}  // namespace
}  // namespace understudy::service
