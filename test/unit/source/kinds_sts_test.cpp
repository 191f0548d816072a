#include <string>
#include <vector>

#include "fakes/fake_surroundings.hpp"
#include "unit/source/reading.hpp"

#include <doctest/doctest.h>

namespace understudy::source {
namespace {

using fakes::map;
using fakes::text;
using Members = std::vector<Node::Member>;

const std::string kArn = "arn:aws:iam::111122223333:role/app";
const std::string kProvider = "arn:aws:iam::111122223333:saml-provider/idp";

Node with(Members members, Members more) {
  members.insert(members.end(), more.begin(), more.end());
  return map(std::move(members));
}
Node web_identity(Members more) {
  return with({{"role_arn", text(kArn)}, {"token_file", text("/t")}}, std::move(more));
}
Node saml(Members more) {
  return with({{"role_arn", text(kArn)}, {"principal_arn", text(kProvider)}}, std::move(more));
}

TEST_CASE("each way says what it does, of which role, and whether it needs a source") {
  struct Row {
    std::string way;
    Node value;
    std::string says;
    std::string role_arn;
    Blueprint::NeedsBase needs;
  };
  const auto no = Blueprint::NeedsBase::kNo;
  for (const auto& row : {
           Row{"web_identity", web_identity({}), "with the web identity token in /t", kArn, no},
           Row{"web_identity", map({{"role_arn", text(kArn)}, {"token_command", text("issue --password x")}}),
               "with the web identity token of a command", kArn, no},
           Row{"web_identity", text("true"), "the web identity of the environment", "", no},
           Row{"saml", saml({{"assertion_file", text("/a")}}), "with a SAML assertion from /a", kArn, no},
           Row{"saml", saml({{"assertion_command", text("idp --password x")}}), "a SAML assertion from a command", kArn,
               no},
           Row{"federation_token", map({{"name", text("guest")}}), "a federated session named guest", "",
               Blueprint::NeedsBase::kRequired},
           Row{"session_token", map({}), "a session of the user", "", Blueprint::NeedsBase::kRequired},
           Row{"sso",
               map({{"session", text("corp")}, {"account_id", text("111122223333")}, {"role_name", text("Dev")}}),
               "role Dev in account 111122223333 of IAM Identity Center", "", no},
           Row{"container", map({{"full_uri", text("https://h/x")}}), "the container endpoint https://h/x", "", no},
           Row{"container", text("true"), "the container endpoint of the environment", "", no},
           Row{"instance", map({}), "the instance metadata service http://169.254.169.254/", "", no},
           Row{"instance", text("true"), "the instance metadata service of the environment", "", no},
           Row{"process", text("helper --token x"), "what a command prints", "", no},
           Row{"process", map({{"command", text("helper")}, {"timeout", text("5s")}}), "what a command prints", "", no},
       }) {
    CAPTURE(row.says);
    const auto got = read(row.way, row.value);
    CAPTURE(got.complaints());
    REQUIRE(got.blueprint);
    CHECK(got.blueprint->describe().find(row.says) != std::string::npos);
    CHECK(got.blueprint->role_arn() == row.role_arn);
    CHECK(got.blueprint->needs_base() == row.needs);
    CHECK_FALSE(got.blueprint->has_permanent_keys());
  }
}

TEST_CASE("what a way can not be is one problem that says what was expected") {
  struct Row {
    std::string way;
    Node value;
    std::string complaint;
  };
  for (const auto& row : {
           Row{"web_identity", text("yes"), "web_identity: expected a map"},
           Row{"web_identity", map({{"role_arn", text(kArn)}}),
               "web_identity: expected token_file or token_command, one of the two"},
           Row{"web_identity", map({{"role_arn", text("app")}, {"token_file", text("/t")}}), "web_identity.role_arn: "},
           Row{"web_identity", web_identity({{"duration", text("13h")}}), "expected a duration from 15m to 12h"},
           Row{"web_identity", web_identity({{"token_fil", text("/x")}}), "did you mean \"token_file\"?"},
           Row{"web_identity", web_identity({{"session_name", text("a b")}}), "STS would refuse this: "},
           Row{"saml", saml({}), "saml: expected assertion_file or assertion_command, one of the two"},
           Row{"saml", saml({{"assertion_file", text("a")}, {"assertion_command", text("b")}}), "one of the two"},
           Row{"saml", saml({{"assertion_file", text("a")}, {"policy", text("x")}}), "STS would refuse this: "},
           Row{"federation_token", map({}), "\"name\" is required"},
           Row{"federation_token", map({{"name", text("x")}}), "STS would refuse this: "},
           Row{"federation_token", map({{"name", text("guest")}, {"duration", text("37h")}}), "from 15m to 36h"},
           Row{"session_token", map({{"duration", text("37h")}}), "from 15m to 36h"},
           Row{"session_token", map({{"mfa", map({})}}), "mfa: \"serial\" is required"},
           Row{"session_token", map({{"mfa", map({{"serial", text("short")}})}}), "STS would refuse this: "},
           Row{"sso", map({{"session", text("corp")}, {"role_name", text("Dev")}}), "\"account_id\" is required"},
           Row{"container", text("yes"), "container: expected a map"},
           Row{"container", map({{"full_uri", text("http://10.0.0.1/x")}}), "is not asked over plain http"},
           Row{"container", map({{"full_uri", text("x")}}), "container.full_uri: "},
           Row{"instance", map({{"endpoint", text("x")}}), "instance.endpoint: "},
           Row{"instance", map({{"rolle", text("x")}}), "did you mean \"role\"?"},
           Row{"process", text(""), "expected a command"},
           Row{"process", map({{"timeout", text("5s")}}), "\"command\" is required"},
           Row{"process", map({{"command", text("x")}, {"timeout", text("1h")}}), "expected a time from 1s to 10m"},
       }) {
    CAPTURE(row.complaint);
    const auto got = read(row.way, row.value);
    CHECK_FALSE(got.blueprint);
    CAPTURE(got.complaints());
    CHECK(got.complaints().find(row.complaint) != std::string::npos);
    CHECK(got.problems.size() == 1);
  }
}

TEST_CASE("web_identity: true asks what the environment says") {
  fakes::FakeSurroundings surroundings;
  const auto got = read("web_identity", text("true"));
  CHECK(got.blueprint->build(surroundings.get(), nullptr)->get(Freshness::kCached).error().code == "NoWebIdentity");
}

}  // namespace
}  // namespace understudy::source
