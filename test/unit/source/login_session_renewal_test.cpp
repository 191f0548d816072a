#include <filesystem>
#include <future>
#include <string>
#include <vector>

#include "login_session_stage.hpp"

#include <doctest/doctest.h>

namespace understudy::source {
namespace {

using std::chrono::minutes;
using Stage = LoginSessionStage;

TEST_CASE("while sign-in can not answer the old ones are given until they end") {
  Stage stage;
  stage.write(minutes(4));
  const auto got = stage.get();
  REQUIRE(got);
  CHECK(got->access_key_id == "ASIAOLD");
  CHECK(stage.fake.log.count(LogLevel::kWarning, "can not be renewed now, and ends at 2026-11-20T23:41:24Z") == 1);
  CHECK_FALSE(stage.get(Freshness::kFresh));
  stage.fake.clock.advance(minutes(4));
  const auto ended = stage.get();
  REQUIRE_FALSE(ended);
  CHECK(ended.error().is_transient());
}

TEST_CASE("of several roles on one session one renews it for all") {
  Stage stage;
  stage.write(minutes(5));
  stage.then_renewed();
  stage.fake.environment = Environment(stage.variables);
  LoginSessionSource source(fakes::with_http(stage.fake.get(), stage.http), stage.settings);
  std::vector<std::future<Result<aws::Credentials>>> others;
  stage.http.on_send([&] {
    while (others.size() < 3) {
      others.push_back(std::async(std::launch::async, [&] { return source.get(Freshness::kCached); }));
    }
  });
  CHECK(source.get(Freshness::kCached)->access_key_id == "ASIANEW");
  for (auto& other : others) {
    CHECK(other.get()->access_key_id == "ASIANEW");
  }
  CHECK(stage.http.sent().size() == 1);
}

TEST_CASE("a renewal that was refused is not asked for again at once") {
  Stage stage;
  stage.write(minutes(-1));
  stage.then(401, {{"error", "TOKEN_EXPIRED"}});
  CHECK(stage.get().error().code == "LoginRequired");
  CHECK(stage.get().error().code == "LoginRequired");
  CHECK(stage.http.sent().size() == 1);
  stage.write(minutes(15));
  CHECK(stage.get());
}

TEST_CASE("a folder that can not be written is no reason to withhold what was renewed") {
  Stage stage;
  stage.write(minutes(0));
  stage.then_renewed();
  stage.http.on_send([&] {
    std::filesystem::remove(stage.file());
    std::filesystem::create_directory(stage.file());
  });
  CHECK(stage.get()->access_key_id == "ASIANEW");
  CHECK(stage.fake.log.count(LogLevel::kWarning, "renewed, but not saved") == 1);
}

}  // namespace
}  // namespace understudy::source
