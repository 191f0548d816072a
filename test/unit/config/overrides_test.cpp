#include "understudy/config/overrides.hpp"

#include <string>
#include <vector>

#include "unit/config/trees.hpp"

#include <doctest/doctest.h>

namespace understudy::config {
namespace {

constexpr std::string_view kFile =
    "region: us-east-1\n"
    "hosts: [a, b]\n"
    "roles:\n"
    "  app: {assume_role: {arn: x}, source: my-base}\n"
    "  app-2: {profile: p}\n"
    "  my-base: {static: {access_key_id: AKIAIOSFODNN7EXAMPLE}}\n"
    "imds: {role: app}\n";

Node laid_over(std::string_view file, std::map<std::string, std::string, std::less<>> variables, const Flags& flags,
               std::vector<Problem>& problems) {
  return apply_overrides(tree_of(file), Environment(std::move(variables)), flags, problems);
}

TEST_CASE("a variable sets the value whose path it spells") {
  struct Row {
    std::string variable;
    std::string path;
  };
  for (const auto& row : std::vector<Row>{
           {"UNDERSTUDY_REGION", "region"},
           {"UNDERSTUDY_LOG_LEVEL", "log_level"},
           {"UNDERSTUDY_CONFIG_STRICT", "config.strict"},
           {"UNDERSTUDY_LISTEN_STS", "listen.sts"},
           {"UNDERSTUDY_STS_ENDPOINT", "sts.endpoint"},
           {"UNDERSTUDY_STS_SEAL_KEY_FILE", "sts.seal_key_file"},
           {"UNDERSTUDY_IMDS_ROLE", "imds.role"},
           {"UNDERSTUDY_IMDS_ROLE_NAME", "imds.role_name"},
           {"UNDERSTUDY_IMDS_INSTANCE_TYPE", "imds.instance.type"},
           {"UNDERSTUDY_ROLES_APP_SOURCE", "roles.app.source"},
           {"UNDERSTUDY_ROLES_APP_ASSUME_ROLE_EXTERNAL_ID", "roles.app.assume_role.external_id"},
           {"UNDERSTUDY_ROLES_APP_2_PROFILE", "roles.app-2.profile"},
           {"UNDERSTUDY_ROLES_MY_BASE_STATIC_SECRET_ACCESS_KEY", "roles.my-base.static.secret_access_key"},
       }) {
    CAPTURE(row.variable);
    std::vector<Problem> problems;
    const auto tree = laid_over(kFile, {{row.variable, "value"}}, {}, problems);
    CHECK(problems.empty());
    CHECK(text_at(tree, row.path) == "value");
    const Node* node = at(tree, row.path);
    REQUIRE(node != nullptr);
    CHECK(node->path == row.path + " (" + row.variable + ")");
    CHECK(node->line == 0);
    CHECK_FALSE(node->quoted);
  }
}

TEST_CASE("a flag wins over a variable, and a variable over the file") {
  std::vector<Problem> problems;
  CHECK(text_at(laid_over(kFile, {}, {}, problems), "region") == "us-east-1");
  CHECK(text_at(laid_over(kFile, {{"UNDERSTUDY_REGION", "b"}}, {}, problems), "region") == "b");
  const auto tree = laid_over(kFile, {{"UNDERSTUDY_REGION", "b"}}, {.region = "c"}, problems);
  CHECK(text_at(tree, "region") == "c");
  CHECK(at(tree, "region")->path == "region (--region)");
  CHECK(problems.empty());
}

TEST_CASE("an empty variable is none, and so is one of another name") {
  std::vector<Problem> problems;
  const auto tree = laid_over(kFile,
                              {{"UNDERSTUDY_REGION", ""},
                               {"UNDERSTUDY", "x"},
                               {"MY_UNDERSTUDY_REGION", "x"},
                               {"UNDERSTUDY_CONFIG", "/etc/x.yaml"},
                               {"UNDERSTUDY_PORT", "tcp://10.0.0.1:80"},
                               {"UNDERSTUDY_PORT_80_TCP_ADDR", "10.0.0.1"},
                               {"UNDERSTUDY_SERVICE_HOST", "10.0.0.1"}},
                              {}, problems);
  CHECK(problems.empty());
  CHECK(tree.members.size() == 4);
  CHECK(text_at(tree, "region") == "us-east-1");
}

TEST_CASE("a variable that names nothing becomes an unknown key with its origin") {
  std::vector<Problem> problems;
  const auto tree = laid_over(kFile, {{"UNDERSTUDY_REGIN", "x"}, {"UNDERSTUDY_IMDS_ROLL", "y"}}, {}, problems);
  CHECK(problems.empty());
  REQUIRE(at(tree, "regin") != nullptr);
  CHECK(at(tree, "regin")->path == "regin (UNDERSTUDY_REGIN)");
  CHECK(at(tree, "imds.roll")->path == "imds.roll (UNDERSTUDY_IMDS_ROLL)");
}

TEST_CASE("a variable for a map, a list or a role that there is not is a problem") {
  struct Row {
    std::string variable;
    std::string says;
  };
  for (const auto& row : std::vector<Row>{
           {"UNDERSTUDY_HOSTS", "hosts is a list"},
           {"UNDERSTUDY_ROLES_APP_ASSUME_ROLE", "roles.app.assume_role is a map"},
           {"UNDERSTUDY_IMDS", "imds is a map"},
           {"UNDERSTUDY_ROLES_NEW_PROFILE", "roles here: app, app-2, my-base"},
       }) {
    CAPTURE(row.variable);
    std::vector<Problem> problems;
    static_cast<void>(laid_over(kFile, {{row.variable, "value"}}, {}, problems));
    REQUIRE(problems.size() == 1);
    CHECK(problems[0].path == row.variable);
    CHECK(problems[0].message.find(row.says) != std::string::npos);
  }
}

TEST_CASE("moving one listener leaves the others, but for admin, at their defaults where the file names none") {
  std::vector<Problem> problems;
  const auto tree = laid_over("sts: {endpoint: embedded}\n", {}, {.imds = "127.0.0.1:0"}, problems);
  CHECK(text_at(tree, "listen.imds") == "127.0.0.1:0");
  CHECK(text_at(tree, "listen.containers") == "127.0.0.1:1339");
  CHECK(text_at(tree, "listen.sts") == "127.0.0.1:1341");
  const auto remote = laid_over("", {{"UNDERSTUDY_LISTEN_CONTAINERS", "127.0.0.1:9"}}, {}, problems);
  CHECK(text_at(remote, "listen.imds") == "127.0.0.1:1338");
  CHECK(text_at(remote, "listen.containers") == "127.0.0.1:9");
  CHECK(at(remote, "listen.sts") == nullptr);
  CHECK(at(remote, "listen.admin") == nullptr);
  CHECK(text_at(laid_over("", {}, {.admin = "127.0.0.1:0"}, problems), "listen.admin") == "127.0.0.1:0");
}

TEST_CASE("moving one listener adds nothing to those that the file names") {
  std::vector<Problem> problems;
  const auto tree = laid_over("listen: {imds: 127.0.0.1:1}\n", {}, {.imds = "127.0.0.1:2"}, problems);
  CHECK(text_at(tree, "listen.imds") == "127.0.0.1:2");
  CHECK(at(tree, "listen")->members.size() == 1);
  CHECK(at(laid_over("region: x\n", {}, {.region = "y"}, problems), "listen") == nullptr);
}

TEST_CASE("an STS alone is embedded and listens where the flag, the file or nobody says") {
  struct Row {
    std::string file;
    Flags flags;
    std::string address;
  };
  for (const auto& row : std::vector<Row>{
           {"", {.sts_alone = true}, "127.0.0.1:1341"},
           {"", {.sts = "127.0.0.1:7", .sts_alone = true}, "127.0.0.1:7"},
           {"listen: {imds: 127.0.0.1:1, sts: 127.0.0.1:5}\n", {.sts_alone = true}, "127.0.0.1:5"},
           {"listen: {sts: 127.0.0.1:5}\n", {.sts = "127.0.0.1:7", .sts_alone = true}, "127.0.0.1:7"},
           {"listen: {imds: 127.0.0.1:1}\nsts: {endpoint: \"https://x\"}\n", {.sts_alone = true}, "127.0.0.1:1341"},
       }) {
    CAPTURE(row.file);
    std::vector<Problem> problems;
    const auto tree = laid_over(row.file, {}, row.flags, problems);
    CHECK(problems.empty());
    CHECK(text_at(tree, "sts.endpoint") == "embedded");
    CHECK(at(tree, "listen")->members.size() == 1);
    CHECK(text_at(tree, "listen.sts") == row.address);
  }
}

TEST_CASE("a section of another form stays for its reader to complain about") {
  std::vector<Problem> problems;
  const auto tree = laid_over("listen: 1338\n", {}, {.imds = "127.0.0.1:2"}, problems);
  CHECK(at(tree, "listen")->kind == Node::Kind::kScalar);
}

}  // namespace
}  // namespace understudy::config
