#include "understudy/source/json_call.hpp"

#include <string>
#include <vector>

#include "fakes/fake_http.hpp"
#include "fakes/fake_surroundings.hpp"

#include <doctest/doctest.h>

namespace understudy::source {
namespace {

using nlohmann::json;
using Variables = std::map<std::string, std::string, std::less<>>;

struct Stage {
  fakes::FakeSurroundings fake;
  fakes::FakeHttp http;
  int made = 0;

  Result<JsonAnswer> call() {
    const auto surroundings = fakes::with_http(fake.get(), http);
    return call_json(surroundings, "the service", {"https", "oidc.us-east-1.amazonaws.com", 443, "/"}, [&] {
      ++made;
      return json_post("/token", {{"clientId", "me"}});
    });
  }
  void then(int status, std::string body, Headers headers = {}) {
    http.then(Response{status, std::move(headers), Body(std::move(body)), std::nullopt});
  }
};

TEST_CASE("a call is one POST of JSON to the service's host") {
  Stage stage;
  stage.then(200, R"({"accessToken": "t", "expiresIn": 600})");
  const auto answer = stage.call();
  REQUIRE(answer.has_value());
  CHECK(answer->status == 200);
  CHECK(answer->text("accessToken") == "t");
  CHECK(answer->text("expiresIn").empty());
  const auto sent = stage.http.sent().at(0).request;
  CHECK(sent.method == "POST");
  CHECK(sent.target == "/token");
  CHECK(sent.headers.get("Host") == "oidc.us-east-1.amazonaws.com");
  CHECK(sent.headers.get("Content-Type") == "application/json");
  CHECK(sent.body == R"({"clientId":"me"})");
}

TEST_CASE("what may pass is tried again with a new request, three times in all") {
  Stage stage;
  stage.then(503, "");
  stage.then(429, R"({"__type": "com.amazonaws.sso#TooManyRequestsException", "message": "slower"})");
  stage.then(200, R"({"a": "b"})");
  CHECK(stage.call().has_value());
  CHECK(stage.made == 3);
  stage.then(500, "");
  stage.then(503, "");
  stage.then(429, R"({"message": "slower"})");
  const auto failed = stage.call();
  REQUIRE_FALSE(failed.has_value());
  CHECK(failed.error() == Error{Error::Kind::kThrottled, "Http429", "the service answered 429: slower"});
}

TEST_CASE("another answer is for the caller to judge, with its code wherever it stands") {
  struct Row {
    std::string body;
    Headers headers;
    std::string code;
    std::string message;
  };
  const std::vector<Row> rows{
      {R"({"error": "authorization_pending", "error_description": "not yet"})", {}, "authorization_pending", "not yet"},
      {R"({"message": "no"})", {{"x-amzn-errortype", "ForbiddenException:http://x/"}}, "ForbiddenException", "no"},
      {R"({"__type": "a.b#UnauthorizedException", "Message": "no"})", {}, "UnauthorizedException", "no"},
      {"<html>", {}, "", ""},
      {R"({"code": 7, "message": ["no"]})", {}, "", ""},
  };
  for (const auto& row : rows) {
    Stage stage;
    stage.then(400, row.body, row.headers);
    const auto answer = stage.call();
    REQUIRE(answer.has_value());
    CHECK(answer->status == 400);
    CHECK(answer->code == row.code);
    CHECK(answer->message == row.message);
    CHECK(stage.made == 1);
  }
}

TEST_CASE("a success that is no JSON object is no answer") {
  for (const std::string body : {"", "<html>", "[1]", "{\"cut\": "}) {
    Stage stage;
    for (int i = 0; i < 3; ++i) {
      stage.then(200, body);
    }
    const auto answer = stage.call();
    REQUIRE_FALSE(answer.has_value());
    CHECK(answer.error().code == "BadAnswer");
  }
}

TEST_CASE("a service is where its variable says, then where all are, then at its own host") {
  fakes::FakeNetwork network;
  const auto url = [&](Variables variables) {
    network.environment = Environment(std::move(variables));
    const auto found = service_url(network.get(), "SSO_OIDC", "oidc.eu-west-1.amazonaws.com");
    return found ? found->to_string() : found.error().code;
  };
  CHECK(url({}) == "https://oidc.eu-west-1.amazonaws.com/");
  CHECK(url({{"AWS_ENDPOINT_URL", "http://127.0.0.1:1"}}) == "http://127.0.0.1:1/");
  CHECK(url({{"AWS_ENDPOINT_URL", "http://127.0.0.1:1"}, {"AWS_ENDPOINT_URL_SSO_OIDC", "http://127.0.0.1:2"}}) ==
        "http://127.0.0.1:2/");
  CHECK(url({{"AWS_ENDPOINT_URL", "http://127.0.0.1:1"}, {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true"}}) ==
        "https://oidc.eu-west-1.amazonaws.com/");
  CHECK(url({{"AWS_ENDPOINT_URL", "nowhere"}}) == "InvalidUrl");
}

TEST_CASE("the profile that is played says where a service is after the variables, and whom to trust there") {
  fakes::FakeNetwork network;
  const auto went = [&](Variables variables) {
    network.environment = Environment(std::move(variables));
    auto surroundings = network.get();
    aws::ProfileStsSettings profile;
    profile.endpoints.of_services = {{"sso_oidc", "http://127.0.0.1:3"}};
    profile.endpoints.endpoint_url = "http://127.0.0.1:4";
    profile.ca_bundle = "/corp.pem";
    go_by_profile(surroundings, profile);
    const auto url = [&](std::string_view service) { return service_url(surroundings, service, "x")->to_string(); };
    return url("SSO_OIDC") + " " + url("SSO") + " " + surroundings.ca_bundle;
  };
  CHECK(went({}) == "http://127.0.0.1:3/ http://127.0.0.1:4/ /corp.pem");
  CHECK(went({{"AWS_ENDPOINT_URL_SSO", "http://127.0.0.1:2"}}) == "http://127.0.0.1:3/ http://127.0.0.1:2/ /corp.pem");
  CHECK(went({{"AWS_ENDPOINT_URL", "http://127.0.0.1:1"}}) == "http://127.0.0.1:1/ http://127.0.0.1:1/ /corp.pem");
  CHECK(went({{"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true"}}) == "https://x/ https://x/ /corp.pem");
  CHECK(went({{"AWS_CA_BUNDLE", "/other.pem"}}) == "http://127.0.0.1:3/ http://127.0.0.1:4/ ");
}

TEST_CASE("a target stands below the path of its endpoint") {
  const auto below = [](const char* url) { return target_below(*parse_url(url), "/v1/token"); };
  CHECK(below("https://signin.example") == "/v1/token");
  CHECK(below("https://signin.example/") == "/v1/token");
  CHECK(below("https://signin.example/base") == "/base/v1/token");
  CHECK(below("https://signin.example/base/") == "/base/v1/token");
}

}  // namespace
}  // namespace understudy::source
