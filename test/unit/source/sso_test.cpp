#include "understudy/source/sso.hpp"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>
#include <future>
#include <map>
#include <string>
#include <vector>

#include "fakes/fake_surroundings.hpp"
#include "fakes/temp_folder.hpp"
#include "understudy/base/files.hpp"
#include "understudy/base/time_text.hpp"
#include "unit/source/reading.hpp"

#include <doctest/doctest.h>

namespace understudy::source {
namespace {

using nlohmann::json;
using std::chrono::minutes;

struct Stage {
  fakes::TempFolder home;
  fakes::FakeNetwork network;
  SsoSource::Settings settings{"corp", "https://corp.awsapps.com/start", "eu-west-1", "111122223333", "Dev", "dev"};

  Stage() {
    network.environment = Environment({{"HOME", home.path().string()}, {"UNUSED", "x"}});
    std::filesystem::create_directories(home / ".aws/sso/cache");
  }
  [[nodiscard]] std::filesystem::path file() const {
    return home / ".aws/sso/cache" /
           aws::sso_cache_name(settings.session.empty() ? settings.start_url : settings.session);
  }
  /// A token that still lasts so long.
  void log_in(minutes left) {
    std::ofstream(file()) << json{{"accessToken", "fake-token"},
                                  {"expiresAt", format_iso8601(network.clock.wall() + left)},
                                  {"clientId", "me"},
                                  {"clientSecret", "fake-client-secret"},
                                  {"refreshToken", "fake-refresh"}};
  }
  void then_role() {
    network.then(200, json{{"roleCredentials",
                            {{"accessKeyId", "ASIAIOSFODNN7EXAMPLE"},
                             {"secretAccessKey", "s"},
                             {"sessionToken", "t"},
                             {"expiration", 1795299999000}}}}
                          .dump());
  }
  void then_renewed() { network.then(200, R"({"accessToken": "newer", "expiresIn": 28800, "refreshToken": "next"})"); }
  Result<aws::Credentials> get() { return SsoSource(network.get(), settings).get(Freshness::kCached); }
  [[nodiscard]] Request sent(std::size_t index) const { return network.http.sent().at(index).request; }
};

TEST_CASE("a good token gets the role's credentials") {
  Stage stage;
  stage.log_in(minutes(16));
  stage.then_role();
  const auto got = stage.get();
  REQUIRE(got.has_value());
  CHECK(got->access_key_id == "ASIAIOSFODNN7EXAMPLE");
  CHECK(got->account_id == "111122223333");
  CHECK(got->obtained == stage.network.clock.wall());
  CHECK(stage.network.http.sent().size() == 1);
  CHECK(stage.sent(0).headers.get("Host") == "portal.sso.eu-west-1.amazonaws.com");
  CHECK(stage.sent(0).target == "/federation/credentials?role_name=Dev&account_id=111122223333");
  CHECK(stage.sent(0).headers.get("x-amz-sso_bearer_token") == "fake-token");
}

TEST_CASE("the life of credentials is judged by Identity Center's clock") {
  Stage stage;
  stage.log_in(minutes(60));
  const auto there = stage.network.clock.wall() + std::chrono::hours(2);
  const auto end = std::chrono::duration_cast<std::chrono::milliseconds>((there + minutes(60)).time_since_epoch());
  stage.network.then(200,
                     json{{"roleCredentials",
                           {{"accessKeyId", "ASIAIOSFODNN7EXAMPLE"},
                            {"secretAccessKey", "s"},
                            {"sessionToken", "t"},
                            {"expiration", end.count()}}}}
                         .dump(),
                     {{"Date", format_http_date(there)}});
  const auto got = stage.get();
  REQUIRE(got.has_value());
  CHECK(std::chrono::abs(*got->expiration - got->obtained - minutes(60)) < std::chrono::seconds(1));
}

TEST_CASE("with fifteen minutes left the token is renewed and saved for others") {
  Stage stage;
  stage.log_in(minutes(15));
  stage.then_renewed();
  stage.then_role();
  REQUIRE(stage.get().has_value());
  CHECK(stage.sent(0).headers.get("Host") == "oidc.eu-west-1.amazonaws.com");
  CHECK(json::parse(stage.sent(0).body) == json{{"clientId", "me"},
                                                {"clientSecret", "fake-client-secret"},
                                                {"refreshToken", "fake-refresh"},
                                                {"grantType", "refresh_token"}});
  CHECK(stage.sent(1).headers.get("x-amz-sso_bearer_token") == "newer");
  const auto saved = json::parse(read_file(stage.file()).value());
  CHECK(saved.at("accessToken") == "newer");
  CHECK(saved.at("refreshToken") == "next");
  CHECK(saved.at("clientSecret") == "fake-client-secret");
  CHECK((file_mode(stage.file()) & 0777) == 0600);
}

TEST_CASE("a token that can not be renewed is used until it ends, then a person has to log in") {
  Stage stage;
  stage.log_in(minutes(1));
  stage.network.then(400, R"({"error": "invalid_grant"})");
  stage.then_role();
  REQUIRE(stage.get().has_value());
  CHECK(stage.network.log.count(LogLevel::kWarning, "can not be renewed") == 1);
  stage.log_in(minutes(-1));
  stage.network.then(400, R"({"error": "invalid_grant"})");
  const auto ended = stage.get();
  REQUIRE_FALSE(ended.has_value());
  CHECK(ended.error().kind == Error::Kind::kActionNeeded);
  CHECK(ended.error().code == "SsoLoginRequired");
  CHECK(ended.error().message.ends_with("run: understudy login dev (or aws sso login --profile dev)"));
}

TEST_CASE("of several roles on one log-in one renews the token for all") {
  Stage stage;
  stage.log_in(minutes(15));
  stage.then_renewed();
  for (int role = 0; role < 4; ++role) {
    stage.then_role();
  }
  std::vector<std::future<Result<aws::Credentials>>> others;
  stage.network.http.on_send([&] {
    while (others.size() < 3) {
      others.push_back(std::async(std::launch::async, [&] { return stage.get(); }));
    }
  });
  CHECK(stage.get().has_value());
  for (auto& other : others) {
    CHECK(other.get().has_value());
  }
  CHECK(stage.network.http.sent().size() == 5);
}

TEST_CASE("a failed renewal is asked for once, until its time is over or somebody has logged in") {
  Stage stage;
  stage.log_in(minutes(10));
  stage.network.then(400, R"({"error": "invalid_grant"})");
  for (int role = 0; role < 3; ++role) {
    stage.then_role();
    CHECK(stage.get().has_value());
  }
  CHECK(stage.network.http.sent().size() == 4);
  CHECK(stage.network.log.count(LogLevel::kWarning, "can not be renewed") == 1);
  SUBCASE("after a minute it is tried again") { stage.network.clock.advance(minutes(1)); }
  SUBCASE("another log-in is another token") { stage.log_in(minutes(9)); }
  stage.then_renewed();
  stage.then_role();
  CHECK(stage.get().has_value());
  CHECK(stage.sent(5).headers.get("x-amz-sso_bearer_token") == "newer");
}

TEST_CASE("who logs in anew, or out, while the token is renewed is not overruled") {
  Stage stage;
  stage.log_in(minutes(15));
  stage.then_renewed();
  stage.then_role();
  SUBCASE("anew") {
    stage.network.http.on_send([&] { std::ofstream(stage.file()) << "{}"; });
    CHECK(stage.get().has_value());
    CHECK(read_file(stage.file()).value() == "{}");
  }
  SUBCASE("out") {
    stage.network.http.on_send([&] { std::filesystem::remove(stage.file()); });
    CHECK(stage.get().has_value());
    CHECK_FALSE(std::filesystem::exists(stage.file()));
  }
}

TEST_CASE("an ended token that can not be renewed for the moment is no reason to log in") {
  for (const int status : {503, 429}) {
    CAPTURE(status);
    Stage stage;
    stage.log_in(minutes(-1));
    for (int attempt = 0; attempt < stage.network.retry.max_attempts; ++attempt) {
      stage.network.then(status, "{}");
    }
    const auto got = stage.get();
    REQUIRE_FALSE(got.has_value());
    CHECK(got.error().code == "Http" + std::to_string(status));
  }
  Stage stage;
  stage.log_in(minutes(-1));
  CHECK(stage.get().error().code == "ConnectionError");
}

TEST_CASE("a token of the legacy form goes by its start URL and is not renewed") {
  Stage stage;
  stage.settings.session.clear();
  stage.log_in(minutes(5));
  stage.then_role();
  REQUIRE(stage.get().has_value());
  CHECK(stage.network.http.sent().size() == 1);
}

TEST_CASE("without a token, or with one that is refused, a person has to log in") {
  Stage stage;
  stage.settings.profile.clear();
  CHECK(
      stage.get().error().message.ends_with("nobody has logged in; run: understudy login app --config FILE (or aws "
                                            "sso login --sso-session corp)"));
  stage.settings.session.clear();
  CHECK(stage.get().error().message.ends_with("run: understudy login app --config FILE"));
  stage.settings.session = "corp";
  std::ofstream(stage.file()) << "{}";
  CHECK(stage.get().error().code == "SsoLoginRequired");
  stage.log_in(minutes(60));
  stage.network.then(401, R"({"message": "Session token not found or invalid"})");
  CHECK(stage.get().error().code == "SsoLoginRequired");
  stage.network.then(403, R"({"message": "No access"})", {{"x-amzn-ErrorType", "ForbiddenException"}});
  const auto forbidden = stage.get();
  CHECK(forbidden.error().kind == Error::Kind::kDenied);
  CHECK(forbidden.error().code == "ForbiddenException");
  CHECK(forbidden.error().message.find("role Dev in account 111122223333") != std::string::npos);
}

TEST_CASE("a session that is only named is that of the shared config file") {
  Stage stage;
  stage.settings.start_url.clear();
  stage.settings.region.clear();
  CHECK(stage.get().error().code == "BadSsoSession");
  std::ofstream(stage.home / ".aws/config")
      << "[sso-session corp]\nsso_region = us-west-2\nsso_start_url = https://x\n";
  stage.log_in(minutes(60));
  stage.then_role();
  REQUIRE(stage.get().has_value());
  CHECK(stage.sent(0).headers.get("Host") == "portal.sso.us-west-2.amazonaws.com");
}

TEST_CASE("a session that the shared config file does not have is told ahead, with the entry's place") {
  const Stage stage;
  const auto problems_of = [&](std::vector<Node::Member> where) {
    where.insert(where.end(), {{"account_id", fakes::text("111122223333")}, {"role_name", fakes::text("Dev")}});
    const auto role = read("sso", fakes::map(std::move(where)));
    REQUIRE(role.blueprint);
    std::vector<Problem> problems;
    role.blueprint->look_ahead(stage.network.environment, problems);
    return problems;
  };
  const auto missing = problems_of({{"session", fakes::text("corp")}});
  REQUIRE(missing.size() == 1);
  CHECK(missing[0].path == "roles.app.sso.session");
  CHECK(missing[0].message.starts_with("BadSsoSession: " + (stage.home / ".aws/config").string()));
  CHECK(problems_of({{"start_url", fakes::text("https://x")}, {"region", fakes::text("us-east-1")}}).empty());
  std::ofstream(stage.home / ".aws/config")
      << "[sso-session corp]\nsso_region = us-west-2\nsso_start_url = https://x\n";
  CHECK(problems_of({{"session", fakes::text("corp")}}).empty());
}

}  // namespace
}  // namespace understudy::source
