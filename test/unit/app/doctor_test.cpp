#include "understudy/app/doctor.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "unit/app/ward.hpp"

#include <doctest/doctest.h>

namespace understudy::app {
namespace {

TEST_CASE("in a clean shell clients fail, and the way to us is one variable") {
  auto bare = ward({});
  const auto off = bare.diagnosis();
  CHECK(off.winner() == nullptr);
  CHECK_FALSE(off.ours_wins());
  CHECK(off.to_type == Lines{"understudy serve &", kExportOurs});
  const auto on = bare.with_container().diagnosis();
  CHECK(on.to_type == Lines{kExportOurs});
}

TEST_CASE("the server is started before its keys are taken out of the shell") {
  auto keys = ward({{"AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"}, {"AWS_SECRET_ACCESS_KEY", "fake"}});
  CHECK(keys.diagnosis().to_type ==
        Lines{"understudy serve &", "unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN", kExportOurs});
}

TEST_CASE("the token file is named where our endpoint asks for one") {
  auto bare = ward({});
  bare.served.credentials.front().token_file = "/run/my dir/token";
  CHECK(bare.with_container().diagnosis().to_type ==
        Lines{kExportOurs, "export AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE='/run/my dir/token'"});
}

TEST_CASE("ours wins by the container variables") {
  auto ready = ward({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", kOurs}});
  const auto diagnosis = ready.with_container().diagnosis();
  CHECK(diagnosis.ours_wins());
  CHECK(diagnosis.to_type.empty());
  CHECK(says(*diagnosis.winner(), "arn:aws:iam::111122223333:role/app"));
}

TEST_CASE("ours wins by the instance endpoint, named or pretended") {
  auto named = ward({{"AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1:1338/"}});
  const auto by_name = named.with_instance("http://127.0.0.1:1338").diagnosis();
  CHECK(by_name.ours_wins());
  CHECK(says(*by_name.winner(), "role app"));
  auto link_local = ward({});
  CHECK(link_local.with_instance("http://169.254.169.254").diagnosis().ours_wins());
  const auto& requests = named.endpoints.seen;
  const auto get = std::ranges::find(requests, "/latest/meta-data/iam/security-credentials/", &Request::target);
  REQUIRE(get != requests.end());
  CHECK(get->headers.get("X-aws-ec2-metadata-token") == "fake-token");
}

TEST_CASE("whatever comes first is taken out of the way") {
  struct Row {
    const char* what;
    Texts variables;
    Texts files;
    std::size_t winner;
    Step::State state;
    Lines remedy;
  };
  const std::string unset_keys = "unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN";
  const std::string no_profile = "unset AWS_PROFILE AWS_DEFAULT_PROFILE";
  const std::string no_files = "export AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null";
  const std::string unset_web = "unset AWS_WEB_IDENTITY_TOKEN_FILE AWS_ROLE_ARN AWS_ROLE_SESSION_NAME";
  const auto takes = Step::State::kTakes;
  const auto fails = Step::State::kBroken;
  const std::vector<Row> rows{
      {"keys",
       {{"AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"}, {"AWS_SECRET_ACCESS_KEY", "fake"}},
       {},
       0,
       takes,
       {unset_keys}},
      {"half a pair", {{"AWS_SECRET_ACCESS_KEY", "fake"}}, {}, 0, fails, {unset_keys}},
      {"web identity", {{"AWS_WEB_IDENTITY_TOKEN_FILE", "/t"}, {"AWS_ROLE_ARN", "a"}}, {}, 1, takes, {unset_web}},
      {"half of it", {{"AWS_WEB_IDENTITY_TOKEN_FILE", "/t"}}, {}, 1, fails, {unset_web}},
      {"credentials file",
       {{"HOME", "/h"}},
       {{"/h/.aws/credentials", "[default]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = fake\n"}},
       2,
       takes,
       {no_profile, no_files}},
      {"sso in the config file, with a region",
       {{"HOME", "/h"}, {"AWS_PROFILE", "dev"}},
       {{"/h/.aws/config", "[profile dev]\nsso_session = x\nregion = eu-west-1\n"}},
       2,
       takes,
       {no_profile, no_files, "export AWS_REGION=eu-west-1 AWS_DEFAULT_REGION=eu-west-1"}},
      {"another place",
       {{"AWS_CONFIG_FILE", "/c"}},
       {{"/c", "[default]\ncredential_process = x\n"}},
       2,
       takes,
       {no_profile, no_files}},
      {"a place below HOME",
       {{"HOME", "/h"}, {"AWS_CONFIG_FILE", "~/c"}},
       {{"/h/c", "[default]\ncredential_process = x\n"}},
       2,
       takes,
       {no_profile, no_files}},
      {"boto 2's keys",
       {{"HOME", "/h"}},
       {{"/h/.boto", "[Credentials]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = fake\n"}},
       3,
       takes,
       {"export BOTO_CONFIG=/dev/null"}},
      {"a profile that there is not", {{"AWS_PROFILE", "gone"}}, {}, 2, fails, {no_profile}},
      {"a file that can not be read",
       {{"AWS_CONFIG_FILE", "/c"}},
       {{"/c", "[default\n"}},
       2,
       fails,
       {no_profile, no_files}},
  };
  for (const auto& row : rows) {
    CAPTURE(row.what);
    auto patient = ward(row.variables, row.files);
    patient.variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = kOurs;
    const auto diagnosis = patient.with_container().diagnosis();
    CHECK_FALSE(diagnosis.ours_wins());
    CHECK(diagnosis.winner() == &diagnosis.steps.at(row.winner));
    CHECK(diagnosis.winner()->state == row.state);
    CHECK(diagnosis.to_type == row.remedy);
  }
}

TEST_CASE("a profile with a region only is not in the way") {
  auto patient = ward({{"HOME", "/h"}, {"AWS_CONTAINER_CREDENTIALS_FULL_URI", kOurs}},
                      {{"/h/.aws/config", "[default]\nregion = eu-west-1\n"}});
  CHECK(patient.with_container().diagnosis().ours_wins());
}

TEST_CASE("boto 2's files without keys, or not looked at, are not in the way") {
  const std::string keys = "[Credentials]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\n";
  auto other =
      ward({{"HOME", "/h"}, {"AWS_CONTAINER_CREDENTIALS_FULL_URI", kOurs}}, {{"/h/.boto", "[Boto]\ndebug = 1\n"}});
  CHECK(other.with_container().diagnosis().ours_wins());
  auto unread = ward({{"HOME", "/h"}, {"BOTO_CONFIG", "/dev/null"}, {"AWS_CONTAINER_CREDENTIALS_FULL_URI", kOurs}},
                     {{"/h/.boto", keys}});
  CHECK(unread.with_container().diagnosis().ours_wins());
}

TEST_CASE("the report shows the chain, the verdict and what to type, and no key") {
  auto patient = ward({{"AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"}, {"AWS_SECRET_ACCESS_KEY", "fake-secret"}});
  const auto text = render(patient.with_container().diagnosis());
  CHECK(text.find("* 1. keys in the environment: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are set\n") !=
        std::string::npos);
  CHECK(text.find("\nBefore understudy comes: keys in the environment.\n") != std::string::npos);
  CHECK(text.find("\n  unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN\n") != std::string::npos);
  CHECK(text.find(kExportOurs) != std::string::npos);
  CHECK(text.find("AKIAIOSFODNN7EXAMPLE") == std::string::npos);
  CHECK(text.find("fake-secret") == std::string::npos);
}

TEST_CASE("words for the shell are quoted where they need it") {
  CHECK(shell_word("http://127.0.0.1:1339/creds") == "http://127.0.0.1:1339/creds");
  CHECK(shell_word("a b") == "'a b'");
  CHECK(shell_word("it's") == R"('it'\''s')");
  CHECK(shell_word("$(x)") == "'$(x)'");
  CHECK(shell_word("") == "''");
}

}  // namespace
}  // namespace understudy::app
