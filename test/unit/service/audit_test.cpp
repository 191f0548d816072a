#include "understudy/service/audit.hpp"

#include <string>
#include <vector>

#include "fakes/fake_clock.hpp"
#include "fakes/recording_log.hpp"

#include <doctest/doctest.h>

namespace understudy::service {
namespace {

class Inner final : public Handler {
 public:
  Answer answer(const Request& /*request*/, Patience /*patience*/) override {
    Response response;
    response.status = status;
    return response;
  }
  int status = 200;
};

struct Stage {
  /// The line that is written, without its beginning; empty: none.
  std::string told(const std::string& target, int status, Headers headers = {{"User-Agent", "aws-cli/2.15"}}) {
    inner.status = status;
    Request request;
    request.target = target;
    request.headers = std::move(headers);
    request.peer = {"172.18.0.2", 4711};
    const auto before = log.lines().size();
    CHECK(answer_now(audited, request).status == status);
    return log.lines().size() == before ? "" : log.lines().back().text;
  }

  fakes::FakeClock clock;
  fakes::RecordingLog log;
  Inner inner;
  Audited audited{
      inner,
      {"dev", [](const std::string& address) { return address == "172.18.0.2" ? std::string("arn:T") : ""; }, clock,
       log}};
};

TEST_CASE("a request for credentials is a line in the agent's form") {
  Stage stage;
  const std::string start = "audit: 2026-11-20T23:37:24Z ";
  struct Row {
    const char* target;
    int status;
    const char* line;
  };
  for (const auto& [target, status, line] : std::vector<Row>{
           {"/v2/credentials/app", 200,
            "200 172.18.0.2:4711 \"/v2/credentials\" \"aws-cli/2.15\" arn:T GetCredentials 2 dev -"},
           {"/v1/credentials?id=app", 200,
            "200 172.18.0.2:4711 \"/v1/credentials\" \"aws-cli/2.15\" arn:T GetCredentials 2 dev -"},
           {"//creds/", 200, "200 172.18.0.2:4711 \"/creds\" \"aws-cli/2.15\" arn:T GetCredentials 2 dev -"},
           {"/v2/credentials/a-guess", 400,
            "400 172.18.0.2:4711 \"/v2/credentials\" \"aws-cli/2.15\" - GetCredentialsInvalidRoleType 2 dev -"},
           {"/v1/credentials", 404,
            "404 172.18.0.2:4711 \"/v1/credentials\" \"aws-cli/2.15\" - GetCredentialsInvalidRoleType 2 dev -"},
           {"/v2/credentials/a-guess", 429, "429 172.18.0.2:4711 \"/v2/credentials\" \"aws-cli/2.15\" - - 2 dev -"},
           {"/v4/web/task", 429, "429 172.18.0.2:4711 \"/v4/web/task\" \"aws-cli/2.15\" - - 2 dev -"},
           {"/creds", 403, "403 172.18.0.2:4711 \"/creds\" \"aws-cli/2.15\" - GetCredentialsInvalidRoleType 2 dev -"},
       }) {
    CAPTURE(target);
    CHECK(stage.told(target, status) == start + line);
  }
}

TEST_CASE("text of the client can not forge a line") {
  Stage stage;
  const auto line = stage.told("/creds", 200, {{"User-Agent", "x\"\n2026 200"}});
  CHECK(line.find('\n') == std::string::npos);
  CHECK(line.find("\"x\\x22\\x0A2026 200\" arn:T") != std::string::npos);
  CHECK(stage.told("/creds", 200, {}).find("\"/creds\" \"-\" arn:T") != std::string::npos);
}

TEST_CASE("what the limit refuses is written also where its path can name nothing") {
  Stage stage;
  for (const char* target : {"/v4/../x", "/v2/credentials/a%2Fb", "/v3/\n", "*"}) {
    CAPTURE(target);
    CHECK(stage.told(target, 429) ==
          "audit: 2026-11-20T23:37:24Z 429 172.18.0.2:4711 \"/\" \"aws-cli/2.15\" - - 2 dev -");
    CHECK(stage.told(target, 404).empty());
  }
}

TEST_CASE("other paths, and what is not there, are not written") {
  Stage stage;
  for (const char* target : {"/v2/metadata", "/v2/stats/x", "/v3/web", "/v4/web/task", "/api/web/x"}) {
    CAPTURE(target);
    CHECK(stage.told(target, 200).empty());
  }
  for (const char* target : {"/nowhere", "/v1/credentials/x", "/v1", "/v2/credentialsx", "/healthz"}) {
    CAPTURE(target);
    CHECK(stage.told(target, 404).empty());
  }
}

}  // namespace
}  // namespace understudy::service
