#include "understudy/source/profile_plan.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

namespace understudy::source {
namespace {

/// `KEYID > role/x as session > ..`, for tables.
std::string outline(const Result<ProfilePlan>& plan) {
  if (!plan) {
    return plan.error().code;
  }
  std::string out = "environment";
  if (const auto* keys = std::get_if<ProfilePlan::Keys>(&plan->start)) {
    out = keys->keys.access_key_id + (keys->keys.session_token ? "+token" : "");
  } else if (std::holds_alternative<ProfilePlan::FromContainer>(plan->start)) {
    out = "container";
  } else if (std::holds_alternative<ProfilePlan::FromInstance>(plan->start)) {
    out = "instance";
  } else if (const auto* web = std::get_if<WebIdentitySource::Settings>(&plan->start)) {
    out = "web identity " + web->token.file + " > " + web->call.role_arn + " as " + web->call.role_session_name;
  } else if (const auto* login = std::get_if<LoginSessionSource::Settings>(&plan->start)) {
    out = "login " + login->login_session + " in " + login->region;
  } else if (const auto* process = std::get_if<ProcessSource::Settings>(&plan->start)) {
    out = "process " + process->command;
  } else if (const auto* sso = std::get_if<SsoSource::Settings>(&plan->start)) {
    out =
        "sso " + sso->session + " " + sso->start_url + " " + sso->region + " " + sso->account_id + "/" + sso->role_name;
  }
  for (const auto& step : plan->steps) {
    out += " > " + step.call.role_arn + " as " + step.call.role_session_name;
  }
  return out;
}

Result<ProfilePlan> plan_of(std::string_view config, std::string_view profile) {
  const auto parsed = aws::SharedConfig::parse({config, "config"}, {"", "credentials"});
  REQUIRE(parsed);
  return plan_profile(*parsed, profile, "session");
}

constexpr std::string_view kKeys = "aws_access_key_id=AK\naws_secret_access_key=s\n";

TEST_CASE("a profile leads to its credentials by the SDKs' rules") {
  struct Row {
    std::string what;
    std::string config;  ///< `$` is a pair of keys.
    std::string expected;
  };
  const std::string session = "[sso-session s]\nsso_start_url=u\nsso_region=x\n";
  const std::vector<Row> rows{
      {"keys", "[profile a]\n$", "AK"},
      {"keys with a token", "[profile a]\n$aws_session_token=t", "AK+token"},
      {"a role from another profile", "[profile a]\nrole_arn=r\nsource_profile=b\n[profile b]\n$", "AK > r as session"},
      {"its own session name", "[profile a]\nrole_arn=r\nsource_profile=b\nrole_session_name=me\n[profile b]\n$",
       "AK > r as me"},
      {"a chain",
       "[profile a]\nrole_arn=r\nsource_profile=b\n[profile b]\nrole_arn=q\nsource_profile=c\n[profile c]\n$",
       "AK > q as session > r as session"},
      {"a role from its own keys", "[profile a]\nrole_arn=r\nsource_profile=a\n$", "AK > r as session"},
      {"keys beside role_arn are ignored at first",
       "[profile a]\nrole_arn=r\nsource_profile=b\n$[profile b]\n"
       "aws_access_key_id=OTHER\naws_secret_access_key=s",
       "OTHER > r as session"},
      {"and win from the second profile on",
       "[profile a]\nrole_arn=r\nsource_profile=b\n[profile b]\n$role_arn=q\nsource_profile=c", "AK > r as session"},
      {"the environment", "[profile a]\nrole_arn=r\ncredential_source=Environment", "environment > r as session"},
      {"an instance", "[profile a]\nrole_arn=r\ncredential_source=Ec2InstanceMetadata", "instance > r as session"},
      {"a container", "[profile a]\nrole_arn=r\ncredential_source=EcsContainer", "container > r as session"},
      {"web identity", "[profile a]\nrole_arn=r\nweb_identity_token_file=f\n$", "web identity f > r as session"},
      {"web identity with a name", "[profile a]\nrole_arn=r\nweb_identity_token_file=f\nrole_session_name=me",
       "web identity f > r as me"},
      {"web identity without a role", "[profile a]\nweb_identity_token_file=f", "BadProfile"},
      {"a role from a web identity",
       "[profile a]\nrole_arn=r\nsource_profile=b\n[profile b]\nrole_arn=q\nweb_identity_token_file=f",
       "web identity f > q as session > r as session"},
      {"SSO before keys", "[profile a]\nsso_session=s\nsso_account_id=111122223333\nsso_role_name=R\n$" + session,
       "sso s u x 111122223333/R"},
      {"SSO of the legacy form",
       "[profile a]\nsso_start_url=v\nsso_region=y\nsso_account_id=111122223333\nsso_role_name=R",
       "sso  v y 111122223333/R"},
      {"a session beside the same values",
       "[profile a]\nsso_session=s\nsso_start_url=u\nsso_region=x\nsso_account_id=111122223333\nsso_role_name=R\n" +
           session,
       "sso s u x 111122223333/R"},
      {"a session beside others",
       "[profile a]\nsso_session=s\nsso_region=y\nsso_account_id=111122223333\nsso_role_name=R\n" + session,
       "BadProfile"},
      {"a session that there is not",
       "[profile a]\nsso_session=t\nsso_account_id=111122223333\nsso_role_name=R\n" + session, "BadProfile"},
      {"an account that is none",
       "[profile a]\nsso_session=s\nsso_account_id=1&role_name=Admin\nsso_role_name=R\n" + session, "BadProfile"},
      {"half a session", "[profile a]\nsso_session=s\nsso_account_id=111122223333\n" + session, "BadProfile"},
      {"web identity before SSO", "[profile a]\nsso_session=s\nrole_arn=r\nweb_identity_token_file=f",
       "web identity f > r as session"},
      {"SSO before login", "[profile a]\nsso_start_url=s\nlogin_session=l", "BadProfile"},
      {"login before a process", "[profile a]\nlogin_session=l\ncredential_process=p\nregion=x", "login l in x"},
      {"a process before keys", "[profile a]\ncredential_process=p\n$", "process p"},
      {"a role from such a profile",
       "[profile a]\nrole_arn=r\nsource_profile=b\n[profile "
       "b]\nsso_session=s\nsso_account_id=111122223333\nsso_role_name=R\n" +
           session,
       "sso s u x 111122223333/R > r as session"},
      {"keys before a process from the second profile on",
       "[profile a]\nrole_arn=r\nsource_profile=b\n[profile b]\ncredential_process=p\n$", "AK > r as session"},
      {"no such profile", "[profile b]\n$", "NoSuchProfile"},
      {"no such source profile", "[profile a]\nrole_arn=r\nsource_profile=c", "NoSuchProfile"},
      {"nothing in it", "[profile a]\nregion=x", "NoKeys"},
      {"a role from its own keys without any", "[profile a]\nrole_arn=r\nsource_profile=a", "NoKeys"},
      {"half a pair", "[profile a]\naws_access_key_id=AK", "HalfAPair"},
      {"the other half", "[profile a]\naws_secret_access_key=s", "HalfAPair"},
      {"half a pair further on", "[profile a]\nrole_arn=r\nsource_profile=b\n[profile b]\naws_access_key_id=AK",
       "HalfAPair"},
      {"both sources", "[profile a]\nrole_arn=r\nsource_profile=a\ncredential_source=Environment\n$", "BadProfile"},
      {"no source", "[profile a]\nrole_arn=r\n$", "BadProfile"},
      {"an unknown source", "[profile a]\nrole_arn=r\ncredential_source=Moon", "BadProfile"},
      {"a bad duration", "[profile a]\nrole_arn=r\nsource_profile=a\nduration_seconds=1h\n$", "BadProfile"},
      {"a short duration", "[profile a]\nrole_arn=r\nsource_profile=a\nduration_seconds=899\n$", "BadProfile"},
      {"a circle of two", "[profile a]\nrole_arn=r\nsource_profile=b\n[profile b]\nrole_arn=q\nsource_profile=a",
       "ProfileLoop"},
      {"a circle further on",
       "[profile a]\nrole_arn=r\nsource_profile=b\n[profile b]\nrole_arn=q\nsource_profile=c\n"
       "[profile c]\nrole_arn=p\nsource_profile=b",
       "ProfileLoop"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.what);
    auto config = row.config;
    if (const auto mark = config.find('$'); mark != std::string::npos) {
      config.replace(mark, 1, kKeys);
    }
    CHECK(outline(plan_of(config, "a")) == row.expected);
  }
}

TEST_CASE("a step takes over all that the profile says of it") {
  const auto plan = plan_of(
      "[profile a]\nregion=eu-west-1\nrole_arn=r\nsource_profile=b\nexternal_id=x\nduration_seconds=900\n"
      "mfa_serial=m\n[profile b]\nregion=us-east-1\naws_account_id=111122223333\naws_access_key_id=AK\n"
      "aws_secret_access_key=s",
      "a");
  REQUIRE(plan);
  REQUIRE(plan->steps.size() == 1);
  CHECK(plan->steps[0].profile == "a");
  CHECK(plan->steps[0].call.external_id == "x");
  CHECK(plan->steps[0].call.duration == std::chrono::seconds(900));
  CHECK(plan->steps[0].call.serial_number == "m");
  CHECK(plan->sts.region == "eu-west-1");
  CHECK(std::get<ProfilePlan::Keys>(plan->start).keys.account_id == "111122223333");
}

TEST_CASE("an error says where it is and what to do") {
  CHECK(plan_of("[profile dev]\n", "dve").error().message ==
        "the shared config files have no profile dve; did you mean dev? understudy profiles shows those of config");
  CHECK(plan_of("[profile dev]\n", "zzz").error().message ==
        "the shared config files have no profile zzz; understudy profiles shows those of config");
  CHECK(plan_of("", "dev").error().message ==
        "the shared config files have no profile dev; there are no profiles in them: understudy profiles says which "
        "files they are");
  CHECK(plan_of("[profile a]\nrole_arn=r\nsource_profile=zzz", "a").error().message ==
        "config:3: the shared config files have no profile zzz, which profile a names as its source");
  CHECK(plan_of("[profile a]\naws_access_key_id=AK", "a").error().message ==
        "config:2: profile a has aws_access_key_id and no aws_secret_access_key");
  CHECK(plan_of("[profile a]\nrole_arn=r", "a").error().message ==
        "config:2: profile a: has role_arn and needs source_profile or credential_source beside it");
  CHECK(plan_of("[profile a]\nrole_arn=r\nsource_profile=b\n[profile b]\nrole_arn=q\nsource_profile=a", "a")
            .error()
            .message == "config:6: the source_profile chain a -> b -> a comes back to where it was");
  CHECK(plan_of("\n[profile a]\nregion=x", "a").error().message.starts_with("config:2: profile a leads to no"));
}

TEST_CASE("a value that goes on in an indented line is refused, and that line quoted by nothing") {
  for (const std::string_view config :
       {"[profile a]\nrole_arn=r\nsource_profile=b\n  aws_secret_access_key = fake",
        "[profile a]\nsso_session=s\n  aws_secret_access_key = fake",
        "[profile a]\nsso_session=s\n[sso-session s]\nsso_region=x\n  aws_secret_access_key = fake",
        "[profile a]\nrole_arn=r\ncredential_source=Environment\n  aws_secret_access_key = fake",
        "[profile a]\ncredential_process=helper\n  aws_secret_access_key = fake"}) {
    CAPTURE(config);
    const auto plan = plan_of(config, "a");
    REQUIRE_FALSE(plan);
    CHECK(plan.error().code == "BadProfile");
    CHECK(plan.error().message.find("goes on in the line below") != std::string::npos);
    CHECK(plan.error().message.find("fake") == std::string::npos);
  }
}

TEST_CASE("a plan says which profile it starts at") {
  const std::string role = "role_arn=r\nsource_profile=";
  const auto start_of = [](const std::string& config) {
    const auto plan = plan_of(config, "a");
    REQUIRE(plan);
    return plan->start_profile;
  };
  const std::string keys(kKeys);
  CHECK(start_of("[profile a]\n" + keys) == "a");
  CHECK(start_of("[profile a]\n" + role + "a\n" + keys) == "a");
  CHECK(start_of("[profile a]\n" + role + "b\n[profile b]\n" + role + "c\n[profile c]\n" + keys) == "c");
}

}  // namespace
}  // namespace understudy::source
