#include "understudy/source/default_chain.hpp"

#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include "fakes/fake_surroundings.hpp"
#include "fakes/temp_folder.hpp"

#include <doctest/doctest.h>

namespace understudy::source {
namespace {

using Variables = std::map<std::string, std::string, std::less<>>;

const std::string kKeys = "aws_access_key_id = AKIAFROMTHEPROFILE01\naws_secret_access_key = s\n";
const Variables kWeb{{"AWS_WEB_IDENTITY_TOKEN_FILE", "/nowhere/token"},
                     {"AWS_ROLE_ARN", "arn:aws:iam::111122223333:role/ci"}};
const Variables kEnvironment{{"AWS_ACCESS_KEY_ID", "AKIAENVIRONMENTKEYS1"}, {"AWS_SECRET_ACCESS_KEY", "s"}};
const Variables kContainer{{"AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:8080/creds"}};
const std::string kDocument =
    R"("AccessKeyId":"ASIAFROMAENDPOINT001","SecretAccessKey":"s","Token":"t","Expiration":"2026-11-21T23:37:24Z"})";

struct Stage {
  fakes::TempFolder home;
  fakes::FakeNetwork network;

  void profile(const std::string& text) const {
    std::filesystem::create_directories(home / ".aws");
    std::ofstream(home / ".aws/config") << text;
  }
  Result<aws::Credentials> get(Variables variables = {}) {
    variables.emplace("HOME", home.path().string());
    network.environment = Environment(std::move(variables));
    return DefaultChain(network.get(), "session").get(Freshness::kCached);
  }
};

std::string key_id(const Result<aws::Credentials>& got) { return got ? got->access_key_id : got.error().code; }

Variables with(Variables left, const Variables& right) {
  left.insert(right.begin(), right.end());
  return left;
}

TEST_CASE("the first that is there is taken, in the SDKs' order") {
  Stage stage;
  stage.profile("[default]\n" + kKeys);
  CHECK(key_id(stage.get(with(with(kEnvironment, kWeb), kContainer))) == "AKIAENVIRONMENTKEYS1");
  CHECK(stage.get(with(kWeb, kContainer)).error().message.find("/nowhere/token") != std::string::npos);
  CHECK(key_id(stage.get(kContainer)) == "AKIAFROMTHEPROFILE01");
  stage.profile("[default]\nregion = eu-west-1\n");
  stage.network.then(200, "{" + kDocument);
  CHECK(key_id(stage.get(kContainer)) == "ASIAFROMAENDPOINT001");
  stage.network.then(200, "fake-token");
  stage.network.then(200, "app");
  stage.network.then(200, R"({"Code":"Success",)" + kDocument);
  CHECK(key_id(stage.get()) == "ASIAFROMAENDPOINT001");
}

TEST_CASE("one that is there and broken hides what comes behind it") {
  Stage stage;
  stage.profile("[default]\n" + kKeys);
  CHECK(key_id(stage.get({{"AWS_ACCESS_KEY_ID", "AKIAENVIRONMENTKEYS1"}})) == "HalfAPair");
  CHECK(key_id(stage.get({{"AWS_WEB_IDENTITY_TOKEN_FILE", "/t"}})) == "HalfAWebIdentity");
  CHECK(key_id(stage.get(with({{"AWS_PROFILE", "gone"}}, kContainer))) == "NoSuchProfile");
  stage.profile("[default]\naws_access_key_id = A\n");
  CHECK(key_id(stage.get(kContainer)) == "HalfAPair");
  stage.profile("[default\n");
  CHECK(key_id(stage.get(kContainer)) == "ConfigSyntax");
}

TEST_CASE("a profile without a way to credentials is passed over, named or not") {
  Stage stage;
  const std::string role = "role_arn = arn:aws:iam::111122223333:role/a\n";
  stage.profile("[profile place]\nregion = eu-west-1\n[profile lost]\n" + role + "source_profile = place\n[default]\n" +
                role + "source_profile = gone\n");
  stage.network.then(200, "{" + kDocument);
  CHECK(key_id(stage.get(with({{"AWS_PROFILE", "place"}}, kContainer))) == "ASIAFROMAENDPOINT001");
  stage.network.then(200, "{" + kDocument);
  CHECK(key_id(stage.get(with({{"AWS_DEFAULT_PROFILE", "place"}}, kContainer))) == "ASIAFROMAENDPOINT001");
  CHECK(stage.get({{"AWS_PROFILE", "place"}}).error().message.find("no profile place with a way") != std::string::npos);
  CHECK(key_id(stage.get(with({{"AWS_PROFILE", "lost"}}, kContainer))) == "NoKeys");
  CHECK(key_id(stage.get(kContainer)) == "NoSuchProfile");
}

TEST_CASE("where nothing is there the error says where it looked, after one attempt") {
  Stage stage;
  const auto got = stage.get();
  REQUIRE_FALSE(got.has_value());
  CHECK(got.error().kind == Error::Kind::kNotFound);
  CHECK(got.error().code == "NoCredentials");
  CHECK(got.error().message.find("run aws configure or aws sso login") != std::string::npos);
  CHECK(stage.network.http.sent().size() == 1);
  stage.network.then(403, "");
  CHECK(key_id(stage.get()) == "NoCredentials");
  CHECK(stage.get({{"AWS_EC2_METADATA_DISABLED", "true"}}).error().message.find("AWS_EC2_METADATA_DISABLED") !=
        std::string::npos);
  CHECK(stage.network.http.sent().size() == 2);
}

TEST_CASE("the keys of its own are those of what it takes") {
  Stage stage;
  stage.profile("[default]\n" + kKeys);
  stage.network.environment = Environment(Variables{{"HOME", stage.home.path().string()}});
  const auto keys = DefaultChain(stage.network.get(), "session").own_keys();
  REQUIRE(keys.size() == 1);
  CHECK(keys[0].access_key_id == "AKIAFROMTHEPROFILE01");
  stage.profile("");
  CHECK(DefaultChain(stage.network.get(), "session").own_keys().empty());
}

}  // namespace
}  // namespace understudy::source
