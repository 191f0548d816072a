#include "understudy/source/web_identity.hpp"

#include <fstream>
#include <map>
#include <string>

#include "fakes/fake_surroundings.hpp"
#include "fakes/temp_folder.hpp"

#include <doctest/doctest.h>

namespace understudy::source {
namespace {

using Variables = std::map<std::string, std::string, std::less<>>;

const Error kExpired{Error::Kind::kExpired, "ExpiredToken", "Token expired"};
const std::string kArn = "arn:aws:iam::111122223333:role/ci";

struct Stage {
  fakes::TempFolder folder;
  std::string path = (folder / "token").string();
  fakes::FakeSurroundings surroundings;

  void write(const std::string& token) const { std::ofstream(path) << token; }
  Result<aws::Credentials> get() {
    WebIdentitySource::Settings settings;
    settings.call.role_arn = kArn;
    settings.call.role_session_name = "me";
    settings.token.file = path;
    return WebIdentitySource(surroundings.get(), settings).get(Freshness::kCached);
  }
  [[nodiscard]] std::string token_of(std::size_t call) const {
    const auto asked = surroundings.sts.asked().at(call);
    CHECK(asked.key_id.empty());
    return std::string(std::get<aws::AssumeRoleWithWebIdentity>(asked.call).web_identity_token.reveal());
  }
};

TEST_CASE("the role is played with the token that the file has now, unsigned") {
  Stage stage;
  stage.write("first\n");
  const auto got = stage.get();
  REQUIRE(got.has_value());
  CHECK(got->role_arn == kArn);
  CHECK(got->account_id == "111122223333");
  stage.write("second");
  REQUIRE(stage.get().has_value());
  CHECK(stage.token_of(0) == "first");
  CHECK(stage.token_of(1) == "second");
}

TEST_CASE("a token that has ended is read once more, and then the file is waited for") {
  Stage stage;
  stage.write("old");
  stage.surroundings.sts.then(kExpired);
  CHECK(stage.get().has_value());
  CHECK(stage.surroundings.sts.asked().size() == 2);
  stage.surroundings.sts.then(kExpired);
  stage.surroundings.sts.then(kExpired);
  const auto ended = stage.get();
  REQUIRE_FALSE(ended.has_value());
  CHECK(ended.error().is_transient());
  CHECK(ended.error().code == "ExpiredToken");
  CHECK(ended.error().message.find(stage.path) != std::string::npos);
}

TEST_CASE("a command gives a token for each call, and once more where that has ended") {
  Stage stage;
  WebIdentitySource::Settings settings;
  settings.call.role_arn = kArn;
  settings.token.command = "issue";
  WebIdentitySource source(stage.surroundings.get(), settings);
  for (const auto* token : {"first\n", "second", "third", "fourth", "fifth"}) {
    stage.surroundings.commands.then(Secret(token));
  }
  REQUIRE(source.get(Freshness::kCached).has_value());
  stage.surroundings.sts.then(kExpired);
  REQUIRE(source.get(Freshness::kCached).has_value());
  CHECK(stage.token_of(0) == "first");
  CHECK(stage.token_of(1) == "second");
  CHECK(stage.token_of(2) == "third");
  stage.surroundings.sts.then(kExpired);
  stage.surroundings.sts.then(kExpired);
  CHECK(source.get(Freshness::kCached).error().message.find("token of the token_command has ended") !=
        std::string::npos);
}

TEST_CASE("a refusal is passed on, and a file that is not there asks nobody") {
  Stage stage;
  CHECK(stage.get().error().kind == Error::Kind::kNotFound);
  CHECK(stage.surroundings.sts.asked().empty());
  stage.write("token");
  stage.surroundings.sts.then(Error{Error::Kind::kDenied, "InvalidIdentityToken", "no"});
  CHECK(stage.get().error().code == "InvalidIdentityToken");
  CHECK(stage.surroundings.sts.asked().size() == 1);
}

TEST_CASE("the environment names file, role and session") {
  const auto said = [](Variables variables) { return web_identity_in(Environment(std::move(variables)), "mine"); };
  CHECK(said({}).error().kind == Error::Kind::kNotFound);
  CHECK(said({{"AWS_WEB_IDENTITY_TOKEN_FILE", "/t"}}).error().code == "HalfAWebIdentity");
  const auto whole = said({{"AWS_WEB_IDENTITY_TOKEN_FILE", "/t"}, {"AWS_ROLE_ARN", kArn}});
  REQUIRE(whole.has_value());
  CHECK(whole->token.file == "/t");
  CHECK(whole->call.role_arn == kArn);
  CHECK(whole->call.role_session_name == "mine");
  CHECK(said({{"AWS_WEB_IDENTITY_TOKEN_FILE", "/t"}, {"AWS_ROLE_ARN", kArn}, {"AWS_ROLE_SESSION_NAME", "theirs"}})
            ->call.role_session_name == "theirs");
}

}  // namespace
}  // namespace understudy::source
