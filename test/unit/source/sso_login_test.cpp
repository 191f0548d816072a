#include "understudy/source/sso_login.hpp"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "fakes/fake_surroundings.hpp"
#include "fakes/temp_folder.hpp"
#include "understudy/base/files.hpp"
#include "understudy/base/time_text.hpp"
#include "understudy/source/sso_place.hpp"

#include <doctest/doctest.h>

namespace understudy::source {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

struct Answer {
  int status = 200;
  std::string body;
};
const Answer kRegistered{200,
                         R"({"clientId": "me", "clientSecret": "fake-secret", "clientSecretExpiresAt": 1802993844})"};
const Answer kStarted{200, R"({"deviceCode": "fake-device", "userCode": "ABCD-EFGH", "expiresIn": 600, "interval": 2,
  "verificationUri": "https://x/device", "verificationUriComplete": "https://x/device?user_code=ABCD-EFGH"})"};
const Answer kToken{200, R"({"accessToken": "fake-token", "expiresIn": 28800, "refreshToken": "fake-refresh"})"};
const Answer kPending{400, R"({"error": "authorization_pending"})"};
const Answer kSlowDown{400, R"({"error": "slow_down"})"};
const Answer kUnknownClient{401, R"({"error": "invalid_client"})"};

struct Stage {
  fakes::TempFolder home;
  fakes::FakeNetwork network;
  aws::SsoPlace place{"corp", "https://corp.awsapps.com/start", "eu-west-1", {"sso:account:access"}};
  std::vector<aws::SsoDevice> told;

  Stage() { network.environment = Environment({{"HOME", home.path().string()}, {"UNUSED", "x"}}); }

  Result<SsoLogIn> log_in(const std::vector<Answer>& answers) {
    for (const auto& answer : answers) {
      network.then(answer.status, answer.body);
    }
    const auto surroundings = network.get();
    return source::log_in(surroundings, place, [&](const aws::SsoDevice& device) { told.push_back(device); });
  }
  std::optional<SsoLogIn> standing() { return standing_log_in(network.get(), place); }

  [[nodiscard]] std::filesystem::path token_file() const {
    return sso_token_file(network.environment, place.session, place.start_url);
  }
  [[nodiscard]] std::filesystem::path registration_file() const {
    return sso_cache(network.environment) / aws::sso_registration_name(place);
  }
  /// `/token` and so on, in their order.
  [[nodiscard]] std::vector<std::string> targets() const {
    std::vector<std::string> out;
    for (const auto& sent : network.http.sent()) {
      out.push_back(sent.request.target);
    }
    return out;
  }
  [[nodiscard]] json sent(std::size_t index) const { return json::parse(network.http.sent().at(index).request.body); }
  void keep(const std::filesystem::path& file, const json& content) {
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << content;
  }
  void keep_registration(minutes left, json more = json::object()) {
    more.update({{"clientId", "kept"},
                 {"clientSecret", "fake-kept"},
                 {"expiresAt", format_iso8601(network.clock.wall() + left)}});
    keep(registration_file(), more);
  }
};

TEST_CASE("a log-in registers, tells the person where to go, and leaves what the AWS CLI would") {
  Stage stage;
  const auto done = stage.log_in({kRegistered, kStarted, kPending, kToken});
  REQUIRE(done.has_value());
  CHECK(done->until == stage.network.clock.wall() + std::chrono::hours(8));
  CHECK(done->renews);
  REQUIRE(stage.told.size() == 1);
  CHECK(stage.told[0].user_code == "ABCD-EFGH");
  CHECK(stage.targets() == std::vector<std::string>{"/client/register", "/device_authorization", "/token", "/token"});
  CHECK(stage.network.http.sent()[0].request.headers.get("Host") == "oidc.eu-west-1.amazonaws.com");
  CHECK(stage.sent(0) ==
        json{{"clientName", "understudy-corp"}, {"clientType", "public"}, {"scopes", {"sso:account:access"}}});
  const json client{{"clientId", "me"}, {"clientSecret", "fake-secret"}};
  auto started = client;
  started["startUrl"] = "https://corp.awsapps.com/start";
  CHECK(stage.sent(1) == started);
  auto asked = client;
  asked["deviceCode"] = "fake-device";
  asked["grantType"] = "urn:ietf:params:oauth:grant-type:device_code";
  CHECK(stage.sent(2) == asked);
  CHECK(stage.sent(3) == asked);
  const auto token = json::parse(read_file(stage.token_file()).value());
  CHECK(token.at("accessToken") == "fake-token");
  CHECK(token.at("registrationExpiresAt") == "2027-02-18T23:37:24Z");
  CHECK(json::parse(read_file(stage.registration_file()).value()).at("clientId") == "me");
  for (const auto& file : {stage.token_file(), stage.registration_file()}) {
    CHECK((file_mode(file) & 0777) == 0600);
  }
  CHECK((std::filesystem::status(stage.token_file().parent_path()).permissions()) == std::filesystem::perms::owner_all);
}

TEST_CASE("a start URL without a session is registered without scopes and renewed by nobody") {
  Stage stage;
  stage.place = {"", "https://corp.awsapps.com/start", "eu-west-1", {}};
  const auto done = stage.log_in({kRegistered, kStarted, kToken});
  REQUIRE(done.has_value());
  CHECK_FALSE(done->renews);
  CHECK(stage.sent(0) == json{{"clientName", "understudy"}, {"clientType", "public"}});
}

TEST_CASE("questions keep the interval, and 5 s more from each slow_down and each failure on") {
  struct Row {
    std::vector<Answer> answers;
    std::vector<seconds> waits;
  };
  const Answer down{503, ""};
  const Answer many{429, ""};
  const std::vector<Row> rows{
      {{kToken}, {seconds(2)}},
      {{kPending, kPending, kToken}, {seconds(2), seconds(2), seconds(2)}},
      {{kPending, kSlowDown, kPending, kToken}, {seconds(2), seconds(2), seconds(7), seconds(7)}},
      {{kSlowDown, kSlowDown, kToken}, {seconds(2), seconds(7), seconds(12)}},
      {{down, kPending, kToken}, {seconds(2), seconds(7), seconds(7)}},
      {{many, kToken}, {seconds(2), seconds(7)}},
  };
  for (const auto& row : rows) {
    Stage stage;
    // One attempt at each call, so that the waits are the questions' alone.
    const Retry once{1, stage.network.pause, [] { return 0.0; }};
    auto answers = row.answers;
    answers.insert(answers.begin(), {kRegistered, kStarted});
    for (const auto& answer : answers) {
      stage.network.then(answer.status, answer.body);
    }
    const auto all = stage.network.get();
    const Surroundings surroundings{all.sts,   all.http, all.commands,    once,       all.mfa,    all.renewals,
                                    all.clock, all.log,  all.environment, all.jitter, all.region, all.via};
    CHECK(log_in(surroundings, stage.place, [](const auto&) {}).has_value());
    CHECK(stage.network.pause.waits == std::vector<milliseconds>(row.waits.begin(), row.waits.end()));
  }
}

TEST_CASE("what ends a log-in says why and what to do, and leaves no token") {
  struct Row {
    std::vector<Answer> answers;
    Error::Kind kind;
    std::string code;
    std::string words;
  };
  const std::vector<Row> rows{
      {{kRegistered, kStarted, kPending, {400, R"({"error": "expired_token"})"}},
       Error::Kind::kActionNeeded,
       "DeviceCodeExpired",
       "within 10m; run it again"},
      {{kRegistered, kStarted, {400, R"({"error": "access_denied"})"}},
       Error::Kind::kDenied,
       "AccessDenied",
       "refused in the browser"},
      {{kRegistered, kStarted, {400, R"({"error": "invalid_grant", "error_description": "no"})"}},
       Error::Kind::kInvalid,
       "invalid_grant",
       "refuses the log-in: no;"},
      {{kRegistered, {400, R"({"error": "invalid_request", "error_description": "Invalid start url"})"}},
       Error::Kind::kInvalid,
       "invalid_request",
       "Invalid start url; are sso_start_url https://corp.awsapps.com/start and sso_region eu-west-1 right?"},
      {{{403, "{}"}}, Error::Kind::kDenied, "Http403", "refuses the log-in; are sso_start_url"},
      {{kRegistered, {200, "{}"}}, Error::Kind::kUnavailable, "BadAnswer", "no JSON object"},
      {{kRegistered, {200, R"({"x": 1})"}}, Error::Kind::kUnavailable, "BadAnswer", "without a device code"},
      {{{200, R"({"x": 1})"}}, Error::Kind::kUnavailable, "BadAnswer", "registered a client without"},
      {{kRegistered, kStarted, {200, R"({"x": 1})"}}, Error::Kind::kUnavailable, "BadAnswer", "without a token"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.words);
    Stage stage;
    auto answers = row.answers;
    // Bad answers are asked for anew: the last one as often as it takes.
    answers.insert(answers.end(), 3, row.answers.back());
    const auto done = stage.log_in(answers);
    REQUIRE_FALSE(done.has_value());
    CHECK(done.error().kind == row.kind);
    CHECK(done.error().code == row.code);
    CHECK(done.error().message.find(row.words) != std::string::npos);
    CHECK(done.error().message.find("fake-") == std::string::npos);
    CHECK_FALSE(std::filesystem::exists(stage.token_file()));
  }
}

TEST_CASE("nobody is waited for longer than the code lives") {
  Stage stage;
  stage.network.http.on_send([&] { stage.network.clock.advance(minutes(2)); });
  const auto done = stage.log_in({kRegistered, kStarted, kPending, kPending, kPending, kPending, kPending, kToken});
  REQUIRE_FALSE(done.has_value());
  CHECK(done.error().code == "DeviceCodeExpired");
  CHECK(stage.targets().size() == 7);
}

TEST_CASE("where the network was gone at the end, that is the reason") {
  Stage stage;
  stage.network.http.on_send([&] { stage.network.clock.advance(minutes(2)); });
  const auto done = stage.log_in({kRegistered, kStarted, kPending});
  REQUIRE_FALSE(done.has_value());
  CHECK(done.error().code == "ConnectionError");
  CHECK(stage.network.log.count(LogLevel::kWarning, "still waiting") > 0);
}

TEST_CASE("a pause that is cut short breaks the log-in off") {
  Stage stage;
  stage.network.pause.interrupted = true;
  const auto done = stage.log_in({kRegistered, kStarted});
  REQUIRE_FALSE(done.has_value());
  CHECK(done.error().code == "Interrupted");
  CHECK(stage.targets().size() == 2);
}

TEST_CASE("a registration in the cache is used as long as it is good for more than 15 minutes") {
  const auto registers_with = [](minutes left, const json& more) {
    Stage stage;
    stage.keep_registration(left, more);
    const bool starts_at_once = left > minutes(15) && more.empty();
    REQUIRE(stage.log_in(starts_at_once ? std::vector{kStarted, kToken} : std::vector{kRegistered, kStarted, kToken})
                .has_value());
    CHECK(json::parse(read_file(stage.token_file()).value()).at("clientId") == (starts_at_once ? "kept" : "me"));
    return stage.targets().front() == "/client/register";
  };
  CHECK_FALSE(registers_with(minutes(16), json::object()));
  CHECK(registers_with(minutes(15), json::object()));
  CHECK(registers_with(minutes(60), {{"grantTypes", {"authorization_code", "refresh_token"}}}));
}

TEST_CASE("a registration that Identity Center does not know any more is made anew, once") {
  Stage stage;
  stage.keep_registration(minutes(60));
  CHECK(stage.log_in({kUnknownClient, kRegistered, kStarted, kToken}).has_value());
  CHECK(json::parse(read_file(stage.registration_file()).value()).at("clientId") == "me");
  Stage other;
  other.keep_registration(minutes(60));
  CHECK(other.log_in({kUnknownClient, kRegistered, kUnknownClient}).error().code == "invalid_client");
}

TEST_CASE("a cache that can not be written is known before anybody opens a browser") {
  Stage stage;
  std::ofstream(stage.home / ".aws") << "a file in the way";
  const auto done = stage.log_in({kRegistered, kStarted, kToken});
  REQUIRE_FALSE(done.has_value());
  CHECK(stage.told.empty());
  CHECK(stage.targets().empty());
}

TEST_CASE("a log-in stands with more than 15 minutes left, and tells whether it is renewed") {
  Stage stage;
  CHECK_FALSE(stage.standing().has_value());
  REQUIRE(stage.log_in({kRegistered, kStarted, kToken}).has_value());
  REQUIRE(stage.standing().has_value());
  CHECK(stage.standing()->renews);
  stage.network.clock.advance(std::chrono::hours(8) - minutes(15));
  CHECK_FALSE(stage.standing().has_value());
  stage.keep(stage.token_file(),
             {{"accessToken", "fake-token"}, {"expiresAt", format_iso8601(stage.network.clock.wall() + minutes(60))}});
  REQUIRE(stage.standing().has_value());
  CHECK_FALSE(stage.standing()->renews);
  stage.keep(stage.token_file(), "no token");
  CHECK_FALSE(stage.standing().has_value());
}

}  // namespace
}  // namespace understudy::source
