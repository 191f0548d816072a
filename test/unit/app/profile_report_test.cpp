#include "understudy/app/profile_report.hpp"

#include <nlohmann/json.hpp>

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

namespace understudy::app {
namespace {

using Files = std::map<std::string, std::string>;

ProfileReport report_of(const Files& files, std::map<std::string, std::string, std::less<>> variables = {}) {
  variables.emplace("HOME", "/h");
  return read_profiles(Environment(std::move(variables)), [&](const std::filesystem::path& path) {
    const auto found = files.find(path);
    if (found == files.end()) {
      return Result<std::string>(Error{Error::Kind::kNotFound, "FileError", path.string() + ": it is not there"});
    }
    return found->second == "unreadable" ? Error{Error::Kind::kUnavailable, "FileError", path.string() + ": denied"}
                                         : Result<std::string>(found->second);
  });
}

const std::string kKeys = "aws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = hidden\n";
const std::string kRole = "role_arn = arn:aws:iam::111122223333:role/a\n";

/// The last column of profile a's line.
std::string way_told(const std::string& config) {
  const auto text = profiles_text(report_of({{"/h/.aws/config", "[profile a]\n" + config}}));
  const auto line = text.find("  a");
  REQUIRE(line != std::string::npos);
  const auto way = text.find("-       ", line);
  REQUIRE(way != std::string::npos);
  return text.substr(way + 8, text.find('\n', way) - way - 8);
}

TEST_CASE("a line says how a profile gets its credentials, or what is wrong and where") {
  struct Row {
    std::string config;
    std::string expected;
  };
  const std::vector<Row> rows{
      {kKeys, "keys ...MPLE"},
      {kRole + "source_profile = a\n" + kKeys, "keys ...MPLE, then role arn:aws:iam::111122223333:role/a"},
      {kRole + "source_profile = b\n[profile b]\nrole_arn = r\nsource_profile = c\n[profile c]\n" + kKeys,
       "keys ...MPLE of profile c, then role r, then role arn:aws:iam::111122223333:role/a"},
      {"role_arn = r\ncredential_source = Environment", "keys in the environment, then role r"},
      {"role_arn = r\ncredential_source = EcsContainer", "the container endpoint, then role r"},
      {"role_arn = r\ncredential_source = Ec2InstanceMetadata", "the instance's role, then role r"},
      {"role_arn = r\nweb_identity_token_file = /t", "web identity of /t as role r"},
      {"sso_start_url = https://x\nsso_region = y\nsso_account_id = 111122223333\nsso_role_name = R",
       "IAM Identity Center: role R in account 111122223333, log-in at https://x"},
      {"login_session = arn:aws:iam::111122223333:user/me", "aws login as arn:aws:iam::111122223333:user/me"},
      {"credential_process = helper --password hidden", "what its credential_process prints"},
      {"role_arn = r\nmfa_serial = m\nsource_profile = a\n" + kKeys, "keys ...MPLE, then role r with an MFA code"},
      {"aws_access_key_id = AKIAIOSFODNN7EXAMPLE",
       "! HalfAPair: /h/.aws/config:2: profile a has aws_access_key_id and no aws_secret_access_key"},
      {"role_arn = r\nsource_profile = dve\n[profile dev]\n",
       "! NoSuchProfile: /h/.aws/config:3: the shared config files have no profile dve, which profile a names as its "
       "source; did you mean dev?"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.config);
    CHECK(way_told(row.config) == row.expected);
  }
}

TEST_CASE("the lines are aligned, and the selected profile is marked") {
  const Files files{{"/h/.aws/config", "[profile dev]\nregion = eu-west-1\n" + kKeys + "[profile longer]\n" + kKeys}};
  CHECK(profiles_text(report_of(files, {{"AWS_PROFILE", "dev"}})) ==
        "/h/.aws/config\n/h/.aws/credentials (not there)\n\n"
        "  PROFILE  REGION     CREDENTIALS\n"
        "* dev      eu-west-1  keys ...MPLE\n"
        "  longer   -          keys ...MPLE\n");
  CHECK(profiles_text(report_of({{"/h/.aws/config", "\n"}})).ends_with("\nThere are no profiles in them.\n"));
}

TEST_CASE("one profile is told with each property and its place") {
  const Files files{{"/h/.aws/config", "[profile a]\nregion = eu-west-1\noutput =\ns3 =\n  endpoint_url = http://x\n"},
                    {"/h/.aws/credentials", "[a]\n" + kKeys}};
  CHECK(profile_text(report_of(files), "a") ==
        "a: keys ...MPLE\n"
        "  aws_access_key_id      /h/.aws/credentials:2  ...MPLE\n"
        "  aws_secret_access_key  /h/.aws/credentials:3  (not shown)\n"
        "  output                 /h/.aws/config:3       (empty)\n"
        "  region                 /h/.aws/config:2       eu-west-1\n"
        "  s3.endpoint_url        /h/.aws/config:4       http://x\n");
}

TEST_CASE("a value is told where it is known to be no secret, and has one line") {
  CHECK(shown_value("region", "eu-west-1") == "eu-west-1");
  CHECK(shown_value("aws_access_key_id", "AKIAIOSFODNN7EXAMPLE") == "...MPLE");
  CHECK(shown_value("aws_access_key_id", "short") == "...");
  for (const auto* key : {"aws_secret_access_key", "aws_session_token", "aws_security_token", "credential_process",
                          "aws_acess_key_id", "password", ""}) {
    CAPTURE(key);
    CHECK_FALSE(shown_value(key, "hidden"));
  }
  CHECK(shown_value("endpoint_url", "http://me:hidden@h:1/") == "http://...@h:1/");
  CHECK(shown_value("sso_start_url", "me:hidden@h") == "...@h");
  CHECK(shown_value("role_session_name", "me@example.com") == "me@example.com");
  CHECK_FALSE(shown_value("region", "eu-west-1\naws_secret_access_key = hidden"));
  CHECK_FALSE(shown_value("aws_access_key_id", "AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = hidden"));
}

TEST_CASE("no form tells a secret, wherever it stands") {
  const auto report = report_of(
      {{"/h/.aws/config",
        "[profile a]\n" + kRole + "source_profile = b\n  aws_secret_access_key = hidden\n" +
            "[profile b]\ncredential_process = x hidden\nregion = y\n hidden\ns3 =\n  pass = hidden\n" +
            "[profile e]\nsso_session = s\nsso_account_id = 111122223333\nsso_role_name = R\nendpoint_url = "
            "http://hidden:hidden@h\n" +
            "[sso-session s]\nsecret = hidden\nsso_region = y\nsso_start_url = https://me:hidden@h/start\n" +
            "[services t]\nsts =\n  secret = hidden\n  endpoint_url = http://me:hidden@h\n"},
       {"/h/.aws/credentials", "[c]\n" + kKeys + "aws_session_token = hidden\n[d]\naws_access_key_id = hidden\n"}});
  auto told = profiles_text(report) + profiles_json(report, std::nullopt);
  for (const auto* name : {"a", "b", "c", "d", "e"}) {
    told += profile_text(report, name) + profiles_json(report, name);
  }
  CHECK(told.find("hidden") == std::string::npos);
  CHECK(told.find("AKIA") == std::string::npos);
}

TEST_CASE("JSON has every key, whatever is known") {
  const auto report =
      report_of({{"/h/.aws/config", "[default]\nregion = eu-west-1\n" + kKeys + "[profile a]\n" + kRole +
                                        "source_profile = default\nmfa_serial = m\n[profile half]\n"}});
  const auto json = nlohmann::json::parse(profiles_json(report, std::nullopt));
  CHECK(json["files"]["config"] == nlohmann::json{{"path", "/h/.aws/config"}, {"state", "read"}});
  CHECK(json["files"]["credentials"]["state"] == "absent");
  CHECK(json["selected_profile"] == "default");
  CHECK(json["error"].is_null());
  const auto& a = json["profiles"]["a"];
  CHECK(a["region"].is_null());
  CHECK(a["start"] == nlohmann::json{{"way", "keys"}, {"profile", "default"}, {"access_key_id", "...MPLE"}});
  CHECK(a["roles"][0] ==
        nlohmann::json{{"profile", "a"}, {"role_arn", "arn:aws:iam::111122223333:role/a"}, {"mfa_serial", "m"}});
  CHECK(a["error"].is_null());
  CHECK(json["profiles"]["half"]["start"].is_null());
  CHECK(json["profiles"]["half"]["roles"] == nlohmann::json::array());
  CHECK(json["profiles"]["half"]["error"]["code"] == "NoKeys");
  CHECK(json["profiles"]["default"]["properties"]["region"] ==
        nlohmann::json{
            {"value", "eu-west-1"}, {"nested", nlohmann::json::object()}, {"file", "/h/.aws/config"}, {"line", 2}});
  CHECK(nlohmann::json::parse(profiles_json(report, "a"))["profiles"].size() == 1);
  CHECK(nlohmann::json::parse(profiles_json(report, "b"))["error"]["code"] == "NoSuchProfile");
}

TEST_CASE("files that are not there, can not be read or are no config files are an error with its reason") {
  CHECK(report_of({}).error->code == "NoSharedFiles");
  const auto denied = report_of({{"/h/.aws/config", "[default]\n"}, {"/h/.aws/credentials", "unreadable"}});
  CHECK(denied.error->message == "/h/.aws/credentials: denied");
  CHECK(denied.credentials.state == ProfileReport::File::State::kUnreadable);
  const auto broken = report_of({{"/h/.aws/config", "[default\n"}});
  CHECK(broken.error->code == "ConfigSyntax");
  CHECK(broken.shared.profiles().empty());
  CHECK(nlohmann::json::parse(profiles_json(broken, std::nullopt))["error"]["code"] == "ConfigSyntax");
}

}  // namespace
}  // namespace understudy::app
