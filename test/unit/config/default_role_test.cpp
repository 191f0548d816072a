#include "understudy/config/default_role.hpp"

#include <map>
#include <string>

#include "unit/config/trees.hpp"

#include <doctest/doctest.h>

namespace understudy::config {
namespace {

using Variables = std::map<std::string, std::string, std::less<>>;

constexpr const char* kArn = "arn:aws:iam::111122223333:role/app";

Node completed(std::string_view file, Variables variables, const Flags& flags = {}) {
  return with_default_role(tree_of(file), Environment(std::move(variables)), flags);
}

TEST_CASE("with no configuration the role default starts from what the AWS CLI would take") {
  const auto tree = completed("", {});
  CHECK(text_at(tree, "roles.default.default_chain") == "true");
  CHECK(at(tree, "roles.base") == nullptr);
  CHECK(text_at(tree, "imds.role") == "default");
  CHECK(text_at(tree, "containers.credentials.default.role") == "default");
  CHECK(text_at(tree, "containers.credentials.default.path") == "/creds");
}

TEST_CASE("a role ARN is assumed from a base of its own") {
  for (const bool by_flag : {true, false}) {
    CAPTURE(by_flag);
    const auto tree = by_flag ? completed("", {}, {.role_arn = kArn}) : completed("", {{"UNDERSTUDY_ROLE_ARN", kArn}});
    CHECK(text_at(tree, "roles.default.assume_role") == kArn);
    CHECK(text_at(tree, "roles.default.source") == "base");
    CHECK(text_at(tree, "roles.base.default_chain") == "true");
    CHECK(at(tree, "roles.default.assume_role")->path ==
          std::string("roles.default.assume_role ") + (by_flag ? "(--role-arn)" : "(UNDERSTUDY_ROLE_ARN)"));
  }
}

TEST_CASE("a profile is where the role starts") {
  CHECK(text_at(completed("", {}, {.profile = "dev"}), "roles.default.profile") == "dev");
  const auto tree = completed("", {{"AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"}, {"AWS_SECRET_ACCESS_KEY", "fake"}},
                              {.role_arn = kArn, .profile = "dev"});
  CHECK(text_at(tree, "roles.base.profile") == "dev");
  CHECK(at(tree, "roles.base.default_chain") == nullptr);
}

TEST_CASE("a configuration with roles is left as it is") {
  const auto tree = completed("roles: {app: {profile: x}}\nimds: {role: app}\n", {});
  CHECK(at(tree, "roles.default") == nullptr);
  CHECK(at(tree, "containers") == nullptr);
}

TEST_CASE("a role ARN on the command line wins over the configuration and keeps its base") {
  const auto tree = completed(
      "roles: {base: {environment: true}, app: {profile: x}, default: {profile: y}}\nimds: {role: app, tokens: "
      "optional}\n",
      {}, {.role_arn = kArn});
  CHECK(text_at(tree, "roles.default.assume_role") == kArn);
  CHECK(at(tree, "roles.default.profile") == nullptr);
  CHECK(text_at(tree, "roles.base.environment") == "true");
  CHECK(text_at(tree, "roles.app.profile") == "x");
  CHECK(text_at(tree, "imds.role") == "default");
  CHECK(text_at(tree, "imds.tokens") == "optional");
}

TEST_CASE("a path that another entry has is left to it") {
  const auto tree = completed("containers: {credentials: {app: {role: app, path: /creds}}}\n", {}, {.role_arn = kArn});
  CHECK(text_at(tree, "containers.credentials.app.path") == "/creds");
  CHECK(text_at(tree, "containers.credentials.default.role") == "default");
  CHECK(at(tree, "containers.credentials.default.path") == nullptr);
}

TEST_CASE("a configuration without roles is completed and keeps what it says") {
  const auto tree = completed("imds: {role: other}\nroles:\n", {});
  CHECK(text_at(tree, "roles.default.default_chain") == "true");
  CHECK(text_at(tree, "imds.role") == "other");
}

TEST_CASE("where callers are told apart, containers get no default role") {
  const auto tree = completed("containers: {callers: {labels: true}}\n", {}, {.role_arn = kArn});
  CHECK(text_at(tree, "imds.role") == "default");
  CHECK(at(tree, "containers.credentials") == nullptr);
}

}  // namespace
}  // namespace understudy::config
