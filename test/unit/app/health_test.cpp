#include "understudy/app/health.hpp"

#include <string>
#include <utility>
#include <vector>

#include "fakes/fake_http.hpp"

#include <doctest/doctest.h>

namespace understudy::app {
namespace {

Response answer(int status, std::string body) {
  Response response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

Error nobody() { return {Error::Kind::kUnavailable, "ConnectionError", "nobody is there"}; }

/// `code: message`, or the words.
std::string told(const Result<std::string>& health) {
  return health ? *health : health.error().code + ": " + health.error().message;
}

config::Listeners all_listeners() {
  config::Listeners listeners;
  listeners.imds = ListenAddress{"0.0.0.0", 80};
  listeners.containers = ListenAddress{"127.0.0.1", 1339};
  listeners.sts = ListenAddress{"::1", 1341};
  listeners.admin = ListenAddress{"127.0.0.1", 1340};
  return listeners;
}

TEST_CASE("the first listener that somebody listens on is asked") {
  fakes::FakeHttp http;
  http.then(nobody());
  http.then(answer(200, "ready\n"));
  CHECK(told(health_of(http, all_listeners())) == "ready");
  const auto sent = http.sent();
  REQUIRE(sent.size() == 2);
  CHECK(sent[0].origin.authority() == "127.0.0.1:1340");
  CHECK(sent[1].origin.authority() == "127.0.0.1:1339");
  CHECK(sent[1].request.target == "/readyz");
  CHECK(sent[1].request.headers.get("Host") == "127.0.0.1:1339");
}

TEST_CASE("what it answers is told, and nobody else is asked then") {
  struct Row {
    Result<Response> answer;
    std::string told;
  };
  const std::vector<Row> rows{
      {answer(503, "role a has no credentials: x\nrole b has none\n"),
       "NotReady: 127.0.0.1:1340 is not ready: role a has no credentials: x; role b has none"},
      {answer(404, "what?"),
       "NotReady: 127.0.0.1:1340 is not ready: it answered with status 404, as no understudy does here"},
      {Error{Error::Kind::kUnavailable, "Timeout", "no answer in time"}, "Timeout: no answer in time"},
      {answer(503, "\x1b[2J"), "NotReady: 127.0.0.1:1340 is not ready: \\x1B[2J"},
  };
  for (const auto& row : rows) {
    fakes::FakeHttp http;
    http.then(row.answer);
    CHECK(told(health_of(http, all_listeners())) == row.told);
    CHECK(http.sent().size() == 1);
  }
}

TEST_CASE("IMDS is asked as a client asks it") {
  struct Row {
    std::vector<Response> answers;
    std::string told;
  };
  const std::string here = "NotReady: 127.0.0.1 is not ready: ";
  const std::vector<Row> rows{
      {{answer(200, "t"), answer(200, "app"), answer(200, R"({"Code": "Success", "Token": "secret"})")}, "ready"},
      {{answer(200, "t"), answer(404, "")}, "ready, with no role"},
      {{answer(200, "t"), answer(200, "app"), answer(200, R"({"Code": "AssumeRoleUnauthorizedAccess"})")},
       here + "its role has no credentials: AssumeRoleUnauthorizedAccess"},
      {{answer(200, "t"), answer(200, "app"), answer(200, "secret")}, here + "its role has no credentials: "},
      {{answer(200, "t"), answer(200, "app"), answer(503, "")}, here + "its role has no credentials (status 503)"},
      {{answer(403, "")}, here + "it answered with status 403, as no understudy does here"},
      {{answer(200, "t"), answer(401, "")}, here + "it answered with status 401, as no understudy does here"},
  };
  config::Listeners listeners;
  listeners.imds = ListenAddress{"0.0.0.0", 80};
  for (const auto& row : rows) {
    CAPTURE(row.told);
    fakes::FakeHttp http;
    for (const auto& each : row.answers) {
      http.then(each);
    }
    CHECK(told(health_of(http, listeners)) == row.told);
    const auto sent = http.sent();
    REQUIRE(sent.size() == row.answers.size());
    CHECK(sent[0].request.method == "PUT");
    if (sent.size() == 3) {
      CHECK(sent[2].request.target == "/latest/meta-data/iam/security-credentials/app");
      CHECK(sent[2].request.headers.get("X-aws-ec2-metadata-token") == "t");
    }
  }
}

TEST_CASE(
    "Pod Identity answers for every role, so IMDS beside it is not asked, and is asked by the name that pods use") {
  config::Listeners listeners;
  listeners.imds = ListenAddress{"0.0.0.0", 80};
  listeners.pod_identity = ListenAddress{"127.0.0.1", 8170};
  fakes::FakeHttp http;
  http.then(answer(503, "role app has no credentials: ConnectionError: x\n"));
  CHECK(told(health_of(http, listeners)) ==
        "NotReady: 127.0.0.1:8170 is not ready: role app has no credentials: ConnectionError: x");
  REQUIRE(http.sent().size() == 1);
  CHECK(http.sent()[0].origin.authority() == "127.0.0.1:8170");
  CHECK(http.sent()[0].request.target == "/readyz");
  CHECK(http.sent()[0].request.headers == Headers{{"Host", "169.254.170.23"}});
}

TEST_CASE("STS alone is ready where it answers at all") {
  config::Listeners listeners;
  listeners.sts = ListenAddress{"::1", 1341};
  fakes::FakeHttp http;
  http.then(answer(400, "<ErrorResponse/>"));
  CHECK(told(health_of(http, listeners)) == "ready");
}

TEST_CASE("containers is asked by TLS and a name of its certificate, and nobody else who speaks it") {
  config::Config config;
  config.listen.containers = ListenAddress{"0.0.0.0", 8443};
  config.listen.pod_identity = ListenAddress{"127.0.0.1", 8170};
  CHECK(askable_listeners(config) == config.listen);
  config.containers.tls = service::TlsSettings{"", "", "/ca", {}, 1};
  CHECK(askable_listeners(config) == config.listen);
  fakes::FakeHttp http;
  http.then(answer(200, "ready\n"));
  CHECK(told(health_of(http, config.listen, "web.example")) == "ready");
  CHECK(http.sent().at(0).origin.to_string() == "https://web.example:8443/readyz");
  config.pod_identity.emplace().tls = service::TlsSettings{"", "", "/ca", {}, 1};
  config.listen.containers = ListenAddress{"unix:/run/containers.sock", 0};
  CHECK(askable_listeners(config) == config::Listeners{});
}

TEST_CASE("where nobody can be asked it is said why") {
  fakes::FakeHttp http;
  CHECK(told(health_of(http, {})).starts_with("NoAddress: the configuration opens no listener"));
  config::Listeners open;
  open.admin = ListenAddress{"127.0.0.1", 0};
  CHECK(told(health_of(http, open)).starts_with("NoAddress: "));
  CHECK(told(health_of(http, all_listeners())) ==
        "NoServer: nobody listens at 127.0.0.1:1340, 127.0.0.1:1339, 127.0.0.1:80, [::1]:1341; is the server running, "
        "and with this configuration?");
}

TEST_CASE("a URL is asked as it is, at /readyz where it has no path") {
  struct Row {
    Url url;
    std::string target;
  };
  const std::vector<Row> rows{{{"http", "127.0.0.1", 1340, "/"}, "/readyz"},
                              {{"http", "127.0.0.1", 1340, "/healthz"}, "/healthz"}};
  for (const auto& row : rows) {
    fakes::FakeHttp http;
    http.then(answer(200, "ok\n"));
    CHECK(told(health_at(http, row.url)) == "ready");
    CHECK(http.sent().at(0).request.target == row.target);
  }
}

TEST_CASE("a URL without a path may be that of an IMDS or of pods, which are asked as their clients ask") {
  struct Row {
    const char* target;
    std::vector<Response> answers;
    std::string told;
  };
  const std::string here = "NotReady: 127.0.0.1:1338 is not ready: ";
  const std::vector<Row> rows{
      {"/", {answer(401, ""), answer(200, "t"), answer(200, "app"), answer(200, R"({"Code": "Success"})")}, "ready"},
      {"/", {answer(404, ""), answer(200, "t"), answer(404, "")}, "ready, with no role"},
      {"/",
       {answer(401, ""), answer(200, "t"), answer(200, "app"), answer(503, "")},
       here + "its role has no credentials (status 503)"},
      {"/", {answer(401, ""), answer(404, "")}, here + "it answered with status 401, as no understudy does here"},
      {"/", {answer(403, "no"), answer(200, "ready\n")}, "ready"},
      {"/", {answer(403, "no"), answer(503, "role a has no credentials: x\n")}, here + "role a has no credentials: x"},
      {"/", {answer(403, "no"), answer(403, "no")}, here + "it answered with status 403, as no understudy does here"},
      {"/x", {answer(401, "")}, here + "it answered with status 401, as no understudy does here"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.told);
    fakes::FakeHttp http;
    for (const auto& each : row.answers) {
      http.then(each);
    }
    CHECK(told(health_at(http, {"http", "127.0.0.1", 1338, row.target})) == row.told);
    CHECK(http.sent().size() == row.answers.size());
  }
}

}  // namespace
}  // namespace understudy::app
