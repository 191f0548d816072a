#include "understudy/metadata/tree.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace understudy::metadata {
namespace {

std::string read(const Tree& tree, std::string_view path) {
  const auto* const content = tree.find(path);
  return content != nullptr ? *content->text : "(nothing)";
}

Tree small_tree() {
  return Tree({{"meta-data/ami-id", "ami-1"},
               {"meta-data/iam/info", "{}"},
               {"meta-data/iam/security-credentials/app", "", Content::Kind::kRoleCredentials},
               {"meta-data/placement/availability-zone", "us-east-1a"},
               {"meta-data/placement/region", "us-east-1"},
               {"meta-data/empty", ""},
               {"dynamic/instance-identity/document", "{}"}});
}

TEST_CASE("folders list what is in them, sorted, with a slash behind folders and no newline at the end") {
  const auto tree = small_tree();
  CHECK(read(tree, "latest/meta-data") == "ami-id\nempty\niam/\nplacement/");
  CHECK(read(tree, "latest/meta-data/iam") == "info\nsecurity-credentials/");
  CHECK(read(tree, "latest/meta-data/iam/security-credentials") == "app");
  CHECK(read(tree, "latest/dynamic") == "instance-identity/");
}

TEST_CASE("a folder may be listed as something else than its name") {
  const Tree tree({{"meta-data/public-keys/0/openssh-key", "ssh-ed25519 AAAA\n", Content::Kind::kText, "0=mine"},
                   {"meta-data/public-keys/1/openssh-key", "ssh-ed25519 BBBB\n", Content::Kind::kText, "1=yours"}});
  CHECK(read(tree, "latest/meta-data") == "public-keys/");
  CHECK(read(tree, "latest/meta-data/public-keys") == "0=mine\n1=yours");
  CHECK(read(tree, "latest/meta-data/public-keys/0") == "openssh-key");
  CHECK(read(tree, "latest/meta-data/public-keys/1/openssh-key") == "ssh-ed25519 BBBB\n");
}

TEST_CASE("a category below any interface came with its version") {
  const std::string mac = "meta-data/network/interfaces/macs/02:00:00:00:00:01";
  const Tree tree({{mac + "/vpc-ipv4-cidr-block", "10.0.0.0/16"}, {mac + "/vpc-ipv4-cidr-blocks", "10.0.0.0/16"}});
  CHECK(read(tree, "2016-04-19/" + mac) == "vpc-ipv4-cidr-block");
  CHECK(read(tree, "2016-04-19/" + mac + "/vpc-ipv4-cidr-blocks") == "(nothing)");
  CHECK(read(tree, "2016-06-30/" + mac) == "vpc-ipv4-cidr-block\nvpc-ipv4-cidr-blocks");
  CHECK(read(tree, "2009-04-04/meta-data/network") == "(nothing)");
}

TEST_CASE("the root lists every version, and a version its three categories without slashes") {
  const auto tree = small_tree();
  const auto root = read(tree, "");
  CHECK(root.starts_with("1.0\n2007-01-19\n"));
  CHECK(root.ends_with("\n2026-04-15\nlatest"));
  CHECK(read(tree, "latest") == "dynamic\nmeta-data\nuser-data");
  CHECK(read(tree, "1.0") == "dynamic\nmeta-data\nuser-data");
}

TEST_CASE("a leaf gives its value, an empty one the empty text") {
  const auto tree = small_tree();
  CHECK(read(tree, "latest/meta-data/ami-id") == "ami-1");
  CHECK(read(tree, "latest/meta-data/empty").empty());
  CHECK(tree.find("latest/meta-data/iam/security-credentials/app")->kind == Content::Kind::kRoleCredentials);
}

TEST_CASE("what is not there is nothing: unknown names, children of leaves, versions that never were") {
  const auto tree = small_tree();
  for (const char* path :
       {"latest/user-data", "latest/meta-data/nothing", "latest/meta-data/ami-id/x", "latest/meta-data/iam/info/x",
        "latest/api", "latest/api/token", "2020-01-01", "2020-01-01/meta-data", "meta-data", "Latest",
        "latest/meta-dat", "latest/meta-data/ia", "latest/Meta-data", "latest/"}) {
    CAPTURE(path);
    CHECK(tree.find(path) == nullptr);
  }
}

TEST_CASE("a path exists from its version on, and listings of earlier versions leave it out") {
  const auto tree = small_tree();
  struct Row {
    const char* path;
    const char* content;
  };
  for (const Row& row : {
           Row{"1.0/meta-data", "ami-id\nempty"},
           Row{"2007-12-15/meta-data", "ami-id\nempty"},
           Row{"2008-02-01/meta-data", "ami-id\nempty\nplacement/"},
           Row{"2012-01-12/meta-data", "ami-id\nempty\niam/\nplacement/"},
           Row{"2011-05-01/meta-data/iam", "(nothing)"},
           Row{"2011-05-01/meta-data/iam/info", "(nothing)"},
           Row{"2012-01-12/meta-data/iam/info", "{}"},
           Row{"2018-09-24/meta-data/placement", "availability-zone"},
           Row{"2018-09-24/meta-data/placement/region", "(nothing)"},
           Row{"2019-10-01/meta-data/placement", "availability-zone\nregion"},
           Row{"2008-09-01/dynamic", "(nothing)"},
           Row{"2009-04-04/dynamic/instance-identity/document", "{}"},
       }) {
    CAPTURE(row.path);
    CHECK(read(tree, row.path) == row.content);
  }
}

TEST_CASE("a category's version holds for the category and what is below, not for names that begin alike") {
  CHECK(first_version_of("meta-data/iam") == find_version("2012-01-12"));
  CHECK(first_version_of("meta-data/iam/info") == find_version("2012-01-12"));
  CHECK(first_version_of("meta-data/iamb") == find_version("1.0"));
  CHECK(first_version_of("meta-data/placement/region") == find_version("2019-10-01"));
  CHECK(find_version("latest") == find_version("2026-04-15"));
  CHECK_FALSE(find_version("2026-04-16").has_value());
  CHECK_FALSE(find_version("").has_value());
}

}  // namespace
}  // namespace understudy::metadata
