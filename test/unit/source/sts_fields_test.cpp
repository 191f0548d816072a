#include "understudy/source/sts_fields.hpp"

#include <fstream>
#include <string>
#include <vector>

#include "fakes/fake_clock.hpp"
#include "fakes/fake_source.hpp"
#include "fakes/nodes.hpp"
#include "fakes/temp_folder.hpp"

#include <doctest/doctest.h>

namespace understudy::source {
namespace {

using fakes::list;
using fakes::map;
using fakes::text;

TEST_CASE("a session is named after its role's key as STS takes it") {
  CHECK(default_session_name("app") == "understudy-app");
  CHECK(default_session_name("a/b c:ü") == "understudy-a-b-c---");
  CHECK(default_session_name("a_b=c,d.e@f+g") == "understudy-a_b=c,d.e@f+g");
  CHECK(default_session_name(std::string(100, 'x')).size() == 64);
}

TEST_CASE("policies stand in the entry, or in a file that is read at each call") {
  const fakes::TempFolder folder;
  const auto path = (folder / "policy.json").string();
  std::vector<Problem> problems;
  const auto node = map({{"policy_file", text(path)}, {"policy_arns", list({text("arn:aws:iam::aws:policy/A")})}});
  Fields fields(node, problems);
  const auto settings = read_policies(fields);
  CHECK(current_policies(settings).error().kind == Error::Kind::kNotFound);
  std::ofstream(path) << "{\"Version\": 1}\n";
  CHECK(current_policies(settings)->policy == "{\"Version\": 1}");
  std::ofstream(path) << "{\"Version\": 2}\n";
  CHECK(current_policies(settings)->policy == "{\"Version\": 2}");
  CHECK(current_policies(settings)->policy_arns == std::vector<std::string>{"arn:aws:iam::aws:policy/A"});
  CHECK(problems.empty());
}

TEST_CASE("a policy in two places is a problem") {
  std::vector<Problem> problems;
  const auto node = fakes::placed(map({{"policy", text("{}")}, {"policy_file", text("p.json")}}), "saml");
  Fields fields(node, problems);
  static_cast<void>(read_policies(fields));
  REQUIRE(problems.size() == 1);
  CHECK(problems[0].path == "saml.policy_file");
}

TEST_CASE("a duration lies between what its call takes") {
  const auto read = [](const std::string& value, std::vector<Problem>& problems) {
    const auto node = map({{"duration", text(value)}});
    Fields fields(node, problems);
    return read_duration(fields, std::chrono::minutes(15), std::chrono::hours(36));
  };
  std::vector<Problem> problems;
  CHECK(read("15m", problems) == std::chrono::minutes(15));
  CHECK(read("36h", problems) == std::chrono::hours(36));
  CHECK(problems.empty());
  CHECK_FALSE(read("14m", problems));
  CHECK_FALSE(read("37h", problems));
  REQUIRE(problems.size() == 2);
  CHECK(problems[0].message == "expected a duration from 15m to 36h");
}

TEST_CASE("an answer's credentials know account and role, and without any it is no answer") {
  fakes::FakeClock clock;
  aws::StsAnswer answer;
  CHECK(credentials_of(answer, "AssumeRole", "").error().code == "BadAnswer");
  answer.credentials = fakes::numbered_credentials(1, clock.wall());
  answer.account = "444455556666";
  CHECK(credentials_of(answer, "GetFederationToken", "")->account_id == "444455556666");
  const auto played = credentials_of(answer, "AssumeRole", "arn:aws:iam::111122223333:role/app");
  CHECK(played->account_id == "111122223333");
  CHECK(played->role_arn == "arn:aws:iam::111122223333:role/app");
}

}  // namespace
}  // namespace understudy::source
