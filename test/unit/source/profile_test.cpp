#include "understudy/source/profile.hpp"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "understudy/aws/sso.hpp"
#include "understudy/source/shared_files.hpp"
#include "unit/source/profile_home.hpp"
#include "unit/source/reading.hpp"

#include <doctest/doctest.h>

namespace understudy::source {
namespace {

TEST_CASE("keys come from the files in the home folder") {
  Home home;
  home.write(".aws/credentials", "[dev]\n" + kKeys);
  const auto got = home.get("dev");
  REQUIRE(got);
  CHECK(got->access_key_id == "AKIAIOSFODNN7EXAMPLE");
  CHECK(got->obtained == home.surroundings.clock.wall());
  CHECK(home.surroundings.sts.asked().empty());
}

TEST_CASE("the files are read anew at each fetch") {
  Home home;
  CHECK(key_id(home.get("dev")) == "NoSuchProfile");
  home.write(".aws/credentials", "[dev]\naws_access_key_id = ONE\naws_secret_access_key = s\n");
  CHECK(key_id(home.get("dev")) == "ONE");
  home.write(".aws/credentials", "[dev]\naws_access_key_id = TWO\naws_secret_access_key = s\n");
  CHECK(key_id(home.get("dev")) == "TWO");
  home.write(".aws/credentials", "[dev\n");
  CHECK(key_id(home.get("dev")) == "ConfigSyntax");
}

TEST_CASE("variables name other files, and ~ is the home folder") {
  Home home;
  home.write("c1", "[profile dev]\nregion = eu-west-1\n");
  home.write("c2", "[dev]\n" + kKeys);
  home.set({{"AWS_CONFIG_FILE", "~/c1"}, {"AWS_SHARED_CREDENTIALS_FILE", (home.path / "c2").string()}});
  CHECK(key_id(home.get("dev")) == "AKIAIOSFODNN7EXAMPLE");
  const auto config = read_shared_config(home.surroundings.environment);
  REQUIRE(config);
  CHECK(config->profile("dev")->get("region") == "eu-west-1");
}

TEST_CASE("a chain is played from the keys outwards") {
  Home home;
  home.write(".aws/config",
             "[profile a]\nrole_arn = arn:aws:iam::111122223333:role/a\nsource_profile = b\n"
             "[profile b]\nrole_arn = arn:aws:iam::111122223333:role/b\nsource_profile = c\nexternal_id = x\n");
  home.write(".aws/credentials", "[c]\n" + kKeys);
  const auto got = home.get("a");
  REQUIRE(got);
  CHECK(got->role_arn == "arn:aws:iam::111122223333:role/a");
  const auto asked = home.surroundings.sts.asked();
  REQUIRE(asked.size() == 2);
  CHECK(asked[0].key_id == "AKIAIOSFODNN7EXAMPLE");
  CHECK(home.surroundings.sts.assume_role(0).external_id == "x");
  CHECK(home.surroundings.sts.assume_role(0).role_session_name == "session");
  CHECK(asked[1].key_id == "ASIAEXAMPLE000000001");
}

TEST_CASE("a refused step ends the chain") {
  Home home;
  home.write(".aws/config",
             "[profile a]\nrole_arn = arn:aws:iam::111122223333:role/a\nsource_profile = b\n"
             "[profile b]\nrole_arn = arn:aws:iam::111122223333:role/b\nsource_profile = b\n" +
                 kKeys);
  home.surroundings.sts.then(Error{Error::Kind::kDenied, "AccessDenied", "no"});
  // From the second profile on its keys win over its role: one step is left, and that is refused.
  CHECK(key_id(home.get("a")) == "AccessDenied");
  CHECK(home.surroundings.sts.asked().size() == 1);
}

TEST_CASE("each role of a chain is played where the profile asked for says that STS is") {
  Home home;
  const std::string role = "role_arn = arn:aws:iam::111122223333:role/";
  home.write(".aws/config",
             "[default]\nendpoint_url = http://default\n[profile a]\nregion = eu-west-1\nservices = s\n" + role +
                 "a\nsource_profile = b\n[profile b]\nendpoint_url = http://b\n" + role +
                 "b\nsource_profile = c\n[profile c]\nuse_fips_endpoint = true\n" + kKeys +
                 "[services s]\nsts =\n  endpoint_url = http://a\n");
  aws::ProfileStsSettings a;
  a.region = "eu-west-1";
  a.endpoints.of_services = {{"sts", "http://a"}};
  aws::ProfileStsSettings b;
  b.endpoints.endpoint_url = "http://b";
  REQUIRE(home.get("a"));
  REQUIRE(home.get("b"));
  const auto asked = home.surroundings.sts.asked();
  REQUIRE(asked.size() == 3);
  CHECK(asked[0].played == a);
  CHECK(asked[1].played == a);
  CHECK(asked[2].played == b);
}

TEST_CASE("a role from the environment's keys") {
  Home home;
  home.write(".aws/config",
             "[profile a]\nrole_arn = arn:aws:iam::111122223333:role/a\ncredential_source = Environment\n");
  CHECK(key_id(home.get("a")) == "NoKeys");
  home.set({{"AWS_ACCESS_KEY_ID", "AKIAENVIRONMENTKEYS1"}, {"AWS_SECRET_ACCESS_KEY", "s"}});
  REQUIRE(home.get("a"));
  CHECK(home.surroundings.sts.asked()[0].key_id == "AKIAENVIRONMENTKEYS1");
}

TEST_CASE("a step with an MFA device waits for a code, which costs no call") {
  Home home;
  home.write(
      ".aws/config",
      "[profile mfa]\nrole_arn = arn:aws:iam::111122223333:role/a\nsource_profile = mfa\nmfa_serial = m\n" + kKeys);
  const auto got = home.get("mfa");
  REQUIRE_FALSE(got);
  CHECK(got.error().kind == Error::Kind::kActionNeeded);
  CHECK(got.error().code == "MfaRequired");
  CHECK(got.error().message.find("profile mfa needs a code of the MFA device m: run understudy mfa app CODE") !=
        std::string::npos);
  CHECK(home.surroundings.sts.asked().empty());
  CHECK(home.surroundings.mfa.post("app", "123456") == MfaDesk::Posting::kTaken);
  REQUIRE(home.get("mfa"));
  CHECK(home.surroundings.sts.assume_role(0).serial_number == "m");
  CHECK(home.surroundings.sts.assume_role(0).token_code == "123456");
}

TEST_CASE("a role starts from whatever its profile names") {
  Home home;
  const std::string role = "role_arn = arn:aws:iam::111122223333:role/a\n";
  home.write(".aws/config",
             "[profile a]\n" + role + "source_profile = b\n[profile b]\ncredential_process = helper --json\n" +
                 "[profile box]\n" + role + "credential_source = EcsContainer\n" + "[profile vm]\n" + role +
                 "credential_source = Ec2InstanceMetadata\n" +
                 "[profile web]\nregion = eu-west-1\nweb_identity_token_file = " + (home.path / "token").string() +
                 "\n" + role + "[profile me]\nlogin_session = arn:aws:iam::111122223333:user/me\n");
  home.surroundings.commands.then(
      Secret(R"({"Version": 1, "AccessKeyId": "AKIAFROMTHEPROCESS01", "SecretAccessKey": "s"})"));
  REQUIRE(home.get("a"));
  CHECK(home.surroundings.commands.texts() == std::vector<std::string>{"helper --json"});
  CHECK(home.surroundings.sts.asked()[0].key_id == "AKIAFROMTHEPROCESS01");
  home.write("token", "fake-jwt\n");
  REQUIRE(home.get("web"));
  REQUIRE(home.surroundings.sts.asked()[1].played);
  CHECK(home.surroundings.sts.asked()[1].played->region == "eu-west-1");
  CHECK(home.get("box").error().code == "NoContainerEndpoint");
  CHECK(home.get("vm").error().code == "ConnectionError");
  CHECK(home.get("me").error().code == "LoginRequired");
  CHECK(ProfileSource(home.surroundings.get(), "a", "session").own_keys().empty());
  CHECK(home.surroundings.commands.texts().size() == 1);
}

TEST_CASE("a profile's ca_bundle counts for its log-in, too, and the environment's before it") {
  Home home;
  std::filesystem::create_directories(home.path / ".aws/sso/cache");
  home.write(".aws/config",
             "[profile dev]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = R\n"
             "ca_bundle = /corp.pem\n[sso-session corp]\nsso_region = eu-west-1\nsso_start_url = https://x\n");
  home.write(".aws/sso/cache/" + aws::sso_cache_name("corp"),
             R"({"accessToken": "fake-token", "expiresAt": "2999-01-01T00:00:00Z"})");
  static_cast<void>(home.get("dev"));
  REQUIRE_FALSE(home.surroundings.http.sent().empty());
  CHECK(home.surroundings.http.sent().back().limits.ca_bundle == "/corp.pem");
  home.set({{"AWS_CA_BUNDLE", "/other.pem"}});
  static_cast<void>(home.get("dev"));
  CHECK(home.surroundings.http.sent().back().limits.ca_bundle.empty());
}

TEST_CASE("a profile says where its log-in is asked, for the roles that start from it, too") {
  Home home;
  std::filesystem::create_directories(home.path / ".aws/sso/cache");
  home.write(".aws/config",
             "[profile dev]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = R\n"
             "services = local\nendpoint_url = http://127.0.0.1:2\n[services local]\nsso =\n"
             "  endpoint_url = http://127.0.0.1:1\n[profile app]\nrole_arn = arn:aws:iam::111122223333:role/a\n"
             "source_profile = dev\nendpoint_url = http://127.0.0.1:3\n"
             "[sso-session corp]\nsso_region = eu-west-1\nsso_start_url = https://x\n");
  home.write(".aws/sso/cache/" + aws::sso_cache_name("corp"),
             R"({"accessToken": "fake-token", "expiresAt": "2999-01-01T00:00:00Z"})");
  const auto asked = [&](const std::string& profile) {
    static_cast<void>(home.get(profile));
    return home.surroundings.http.sent().back().origin.to_string();
  };
  CHECK(asked("dev") == "http://127.0.0.1:1/");
  CHECK(asked("app") == "http://127.0.0.1:3/");
}

TEST_CASE("a profile's own keys are those that its chain starts from") {
  Home home;
  home.write(".aws/config", "[profile a]\nrole_arn = arn:aws:iam::111122223333:role/a\nsource_profile = c\n");
  home.write(".aws/credentials", "[c]\n" + kKeys);
  ProfileSource source(home.surroundings.get(), "a", "session");
  REQUIRE(source.own_keys().size() == 1);
  CHECK(source.own_keys()[0].access_key_id == "AKIAIOSFODNN7EXAMPLE");
  CHECK(ProfileSource(home.surroundings.get(), "none", "session").own_keys().empty());
  CHECK(home.surroundings.sts.asked().empty());
}

TEST_CASE("what a fetch would fail by is told ahead, with the entry's place") {
  const Home home;
  home.write(".aws/config", "[profile good]\n" + kKeys + "[profile half]\naws_access_key_id = AK\n");
  const auto problems_of = [&](const std::string& profile) {
    const auto role = read("profile", fakes::text(profile));
    REQUIRE(role.blueprint);
    std::vector<Problem> problems;
    role.blueprint->look_ahead(home.surroundings.environment, problems);
    return problems;
  };
  CHECK(problems_of("good").empty());
  REQUIRE(problems_of("half").size() == 1);
  CHECK(problems_of("half")[0].path == "roles.app.profile");
  CHECK(problems_of("half")[0].message.starts_with("HalfAPair: " + (home.path / ".aws/config:5").string()));
  CHECK(problems_of("gone")[0].message.starts_with("NoSuchProfile: the shared config files have no profile gone"));
  home.write(".aws/credentials", "no property\n");
  CHECK(problems_of("good")[0].message.starts_with("ConfigSyntax: "));
}

TEST_CASE("the selected profile follows the variables") {
  const auto selected = [](std::map<std::string, std::string, std::less<>> variables) {
    return selected_profile(Environment(std::move(variables)));
  };
  CHECK(selected({}) == "default");
  CHECK(selected({{"AWS_DEFAULT_PROFILE", "b"}}) == "b");
  CHECK(selected({{"AWS_PROFILE", "a"}, {"AWS_DEFAULT_PROFILE", "b"}}) == "a");
  CHECK(selected({{"AWS_PROFILE", ""}}) == "default");
}

}  // namespace
}  // namespace understudy::source
