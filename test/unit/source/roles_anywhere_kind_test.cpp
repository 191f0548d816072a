#include <string>
#include <utility>
#include <vector>

#include "fakes/nodes.hpp"
#include "understudy/source/roles_anywhere.hpp"

#include <doctest/doctest.h>

namespace understudy::source {
namespace {

const std::string kAnchor = "arn:aws:rolesanywhere:eu-west-1:111122223333:trust-anchor/0b1c";
const std::string kProfile = "arn:aws:rolesanywhere:eu-west-1:111122223333:profile/5a7d";
const std::string kRole = "arn:aws:iam::111122223333:role/edge";

using Texts = std::vector<std::pair<std::string, std::string>>;

struct Read {
  std::unique_ptr<Blueprint> blueprint;
  std::string problems;
};

/// Reads a good entry in which these members stand in place of its own, or beside them.
Read read(const Texts& changes) {
  Texts texts{{"trust_anchor_arn", kAnchor},
              {"profile_arn", kProfile},
              {"role_arn", kRole},
              {"certificate", "c.pem"},
              {"private_key", "k.pem"}};
  for (const auto& change : changes) {
    std::erase_if(texts, [&](const auto& text) { return text.first == change.first; });
    texts.push_back(change);
  }
  std::vector<Node::Member> members;
  for (const auto& [key, value] : texts) {
    members.push_back({key, fakes::text(value)});
  }
  const auto entry = fakes::placed(fakes::map({{"roles_anywhere", fakes::map(members)}}), "roles.edge");
  std::vector<Problem> problems;
  Fields fields(entry, problems);
  Read out;
  out.blueprint = roles_anywhere_kind().read({"edge", *entry.find("roles_anywhere"), fields}, problems);
  for (const auto& problem : problems) {
    out.problems += problem.path + ": " + problem.message + "\n";
  }
  return out;
}

TEST_CASE("an entry is read with its role, and the region of the trust anchor") {
  const auto got = read({});
  CHECK(got.problems.empty());
  REQUIRE(got.blueprint);
  CHECK(got.blueprint->role_arn() == kRole);
  CHECK(got.blueprint->describe() == "role " + kRole + " by the certificate c.pem");
  CHECK(read({{"chain", "x.pem"}, {"duration", "12h"}, {"session_name", "me"}, {"region", "us-east-1"}}).blueprint);
}

TEST_CASE("what is wrong in an entry is named with its place") {
  struct Row {
    std::string key;
    std::string value;
    std::string complaint;
  };
  const std::vector<Row> rows{
      {"trust_anchor_arn", kProfile, "trust_anchor_arn: expected something like arn:aws:rolesanywhere:us-east-1"},
      {"trust_anchor_arn", "x", "trust_anchor_arn: expected something like"},
      {"profile_arn", kAnchor, "profile_arn: expected something like"},
      {"profile_arn", "arn:aws:rolesanywhere:us-east-1:111122223333:profile/1",
       "profile_arn: expected a profile in the trust anchor's region eu-west-1, found one in us-east-1"},
      {"role_arn", "edge", "role_arn: \"edge\" is no ARN"},
      {"duration", "14m", "roles.edge.roles_anywhere: Roles Anywhere would refuse this: "},
      {"duration", "13h", "Roles Anywhere would refuse this: "},
      {"session_name", "a b", "Roles Anywhere would refuse this: "},
      {"region", "a b", "region: \"a b\" is no region"},
      {"certficate", "c", "certficate: unknown key; did you mean \"certificate\"?"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.value);
    const auto got = read({{row.key, row.value}});
    CHECK_FALSE(got.blueprint);
    CAPTURE(got.problems);
    CHECK(got.problems.find(row.complaint) != std::string::npos);
  }
}

}  // namespace
}  // namespace understudy::source
