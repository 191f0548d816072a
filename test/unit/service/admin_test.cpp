#include "understudy/service/admin.hpp"

#include <string>

#include "fakes/fake_clock.hpp"
#include "fakes/recording_log.hpp"

#include <doctest/doctest.h>

namespace understudy::service {
namespace {

using nlohmann::json;

struct Stage {
  fakes::FakeClock clock;
  fakes::RecordingLog log;
  json last;
  Admin admin{Secret("an-example-token"),
              {{"GET", "probe", [](const json&) { return admin_json(200, {{"is", "up"}}); }, true},
               {"GET", "v1/thing", [](const json&) { return admin_json(200, {{"got", true}}); }},
               {"POST", "v1/thing",
                [this](const json& body) {
                  last = body;
                  return admin_json(202, nlohmann::ordered_json::object());
                }}},
              GuardRules{{}, true, "mark"},
              clock,
              log};

  Response ask(std::string method, std::string target, Headers headers = {}, std::string body = "") {
    Request request;
    request.method = std::move(method);
    request.target = std::move(target);
    request.headers = std::move(headers);
    request.body = std::move(body);
    request.peer = {"127.0.0.1", 4711};
    return answer_now(admin, request);
  }
};

const Headers kToken{{"Authorization", "Bearer an-example-token"}};

std::string code_of(const Response& response) { return json::parse(response.body.view()).value("code", std::string()); }

TEST_CASE("what a request has to bring, in order") {
  struct Row {
    const char* name;
    std::string method;
    std::string target;
    Headers headers;
    std::string body;
    int status;
    std::string code;
  };
  auto with = [](const char* name, const char* value) {
    auto headers = kToken;
    headers.add(name, value);
    return headers;
  };
  const std::vector<Row> rows{
      {"an open route", "GET", "/probe", {}, "", 200, ""},
      {"HEAD as GET", "HEAD", "/probe", {}, "", 200, ""},
      {"another host before all else", "GET", "/none", {{"Host", "evil.example"}}, "", 403, "Forbidden"},
      {"a browser", "GET", "/v1/thing", with("Origin", "null"), "", 403, "Forbidden"},
      {"a proxy", "GET", "/v1/thing", with("X-Forwarded-For", "10.0.0.1"), "", 403, "Forbidden"},
      {"no route", "GET", "/v1/other", kToken, "", 404, "NotFound"},
      {"no way up", "GET", "/v1/../probe", kToken, "", 404, "NotFound"},
      {"another method", "DELETE", "/v1/thing", {}, "", 405, "MethodNotAllowed"},
      {"no token", "GET", "/v1/thing", {}, "", 401, "AuthorizationFailed"},
      {"the bare token", "GET", "/v1/thing", {{"Authorization", "an-example-token"}}, "", 401, "AuthorizationFailed"},
      {"another token", "GET", "/v1/thing", {{"Authorization", "Bearer x"}}, "", 401, "AuthorizationFailed"},
      {"two of them", "GET", "/v1/thing", with("Authorization", "Bearer x"), "", 401, "AuthorizationFailed"},
      {"the token", "GET", "/v1/thing", kToken, "", 200, ""},
      {"no body is an empty one", "POST", "/v1/thing", kToken, " \n", 202, ""},
      {"no JSON", "POST", "/v1/thing", kToken, "{", 400, "BadRequest"},
      {"no object", "POST", "/v1/thing", kToken, "[]", 400, "BadRequest"},
      {"a deep one", "POST", "/v1/thing", kToken, "{\"a\":" + std::string(5000, '['), 400, "BadRequest"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    Stage stage;
    const auto response = stage.ask(row.method, row.target, row.headers, row.body);
    CHECK(response.status == row.status);
    CHECK(response.headers.get("Content-Type") == "application/json");
    CHECK(code_of(response) == row.code);
  }
}

TEST_CASE("a refusal tells what to do instead") {
  Stage stage;
  CHECK(stage.ask("PUT", "/v1/thing").headers.get("Allow") == "GET, POST");
  CHECK(stage.ask("GET", "/v1/thing").headers.get("WWW-Authenticate") == "Bearer");
  CHECK(stage.log.contains("admin.token_file"));
}

TEST_CASE("a route gets the body") {
  Stage stage;
  CHECK(stage.ask("POST", "/v1/thing", kToken, R"({"role": "app"})").status == 202);
  CHECK(stage.last == json{{"role", "app"}});
}

TEST_CASE("a request of this process to itself is told so") {
  Stage stage;
  CHECK(stage.ask("GET", "/v1/thing", {{"X-Understudy-Via", "mark"}}).status == 508);
}

}  // namespace
}  // namespace understudy::service
