#include "understudy/app/running.hpp"

#include <string>

#include "serving.hpp"
#include "understudy/app/ready.hpp"

#include <doctest/doctest.h>

namespace understudy::app {
namespace {

constexpr std::string_view kApp = "/v2/credentials/app";

/// kChain, and what is served for it.
struct Stage {
  fakes::FakeClock clock;
  fakes::RecordingLog log;
  Running running{{config_of(kChain), bare_environment(), {}}, clock, log};
  Addresses addresses = running.start({}).value();
  http::NetworkClient network{http::ClientSettings{}};

  Result<void> reload(std::string_view text) {
    auto bound = running.reload(config_of(text));
    if (!bound) {
      return bound.error();
    }
    addresses = *bound;
    return {};
  }

  Response get(std::string_view listener, std::string_view target, Headers headers = {}, std::string method = "GET") {
    Request request;
    request.method = std::move(method);
    request.target = target;
    request.headers = std::move(headers);
    return network.send(parse_url(url_of(addresses, listener)).value(), request, CallLimits()).value();
  }
  std::string body(std::string_view listener, std::string_view target) {
    return std::string(get(listener, target).body.view());
  }
};

std::string changed(std::string_view from, std::string_view to) {
  std::string text(kChain);
  return text.replace(text.find(from), from.size(), to);
}

TEST_CASE("roles that are the same keep their credentials, and those that are not are got anew") {
  Stage stage;
  const auto app = stage.body("containers", kApp);
  const auto audit = stage.body("containers", "/v2/credentials/audit");
  const auto addresses = stage.addresses;
  REQUIRE(stage.reload(changed("session_name: me", "session_name: you")));
  CHECK(stage.addresses == addresses);
  CHECK(stage.body("containers", kApp) == app);
  const auto other = stage.get("containers", "/v2/credentials/audit");
  CHECK(other.status == 200);
  CHECK(other.body.view() != audit);
}

TEST_CASE("credentials that were taken over are renewed in time") {
  Stage stage;
  const auto first = stage.body("containers", kApp);
  REQUIRE(stage.reload(kChain));
  CHECK(stage.body("containers", kApp) == first);
  stage.clock.advance(std::chrono::minutes(56));
  stage.running.now()->retry_waiting();  // Has those who renew look at the clock, as they do now and again.
  const auto* const role = stage.running.now()->role("app");
  while (role->state()->generation < 2) {
    std::this_thread::yield();
  }
  CHECK(stage.body("containers", kApp) != first);
}

TEST_CASE("tokens and sessions that were given before are good") {
  Stage stage;
  const auto token = stage.get("imds", "/latest/api/token", {{"X-aws-ec2-metadata-token-ttl-seconds", "60"}}, "PUT");
  REQUIRE(token.status == 200);
  REQUIRE(stage.reload(changed("tokens: optional", "tokens: required")));
  CHECK(stage.get("imds", "/latest/meta-data/").status == 401);
  CHECK(
      stage.get("imds", "/latest/meta-data/", {{"X-aws-ec2-metadata-token", std::string(token.body.view())}}).status ==
      200);
}

TEST_CASE("what can not be served is refused, and what was goes on") {
  struct Row {
    std::string what;
    std::string text;
    std::string says;
  };
  const std::vector<Row> rows{
      {"an address of another's", changed("imds: 127.0.0.1:0", "imds: 192.0.2.1:0"), "ip address add 192.0.2.1"},
      {"a folder that is no file", changed("app: {role: app}", "app: {role: app, token_file: /}"), "/"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.what);
    Stage stage;
    const auto app = stage.body("containers", kApp);
    const auto before = stage.running.now();
    const auto refused = stage.reload(row.text);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().message.find(row.says) != std::string::npos);
    CHECK(stage.running.now() == before);
    CHECK(stage.body("containers", kApp) == app);
    REQUIRE(stage.reload(kChain));
    CHECK(stage.body("containers", kApp) == app);
  }
}

TEST_CASE("the process's own can not be changed, which is said") {
  Stage stage;
  REQUIRE(stage.reload(std::string(kChain) + "log_level: debug\n"));
  CHECK(stage.log.contains("start understudy anew to change them"));
}

TEST_CASE("what has given up begins nothing more") {
  Stage stage;
  stage.running.give_up();
  CHECK(stage.reload(kChain));
  CHECK(stage.running.now()->responds(std::chrono::seconds(10)));
}

}  // namespace
}  // namespace understudy::app
