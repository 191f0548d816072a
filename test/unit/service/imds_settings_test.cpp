#include "understudy/service/imds_settings.hpp"

#include <string>
#include <vector>

#include "understudy/config/yaml.hpp"

#include <doctest/doctest.h>

namespace understudy::service {
namespace {

struct Reading {
  ImdsSettings settings;
  std::vector<Problem> problems;
};

Reading read(const std::string& yaml) {
  Reading reading;
  reading.settings = read_imds_settings(config::parse_yaml(yaml).value(), reading.problems);
  return reading;
}

TEST_CASE("every key of imds is read") {
  const auto [settings, problems] = read(
      "{role: app, tokens: optional, role_name: my-role, hop_limit: 2, enabled: false, extended_credentials: true,"
      " instance: {type: m7g.large}}");
  CHECK(problems.empty());
  CHECK(settings.role == "app");
  CHECK_FALSE(settings.tokens_required);
  CHECK(settings.role_name == "my-role");
  CHECK(settings.hop_limit == 2);
  CHECK_FALSE(settings.is_enabled);
  CHECK(settings.extended_credentials);
  CHECK(settings.instance.type == "m7g.large");
}

TEST_CASE("single paths are texts, or null to take them away") {
  const auto [settings, problems] =
      read("paths: {meta-data/kernel-id: aki-1, meta-data/ami-launch-index: 3, meta-data/system: null, user-data: hi}");
  CHECK(problems.empty());
  CHECK(settings.paths == metadata::PathOverrides{{"meta-data/kernel-id", "aki-1"},
                                                  {"meta-data/ami-launch-index", "3"},
                                                  {"meta-data/system", std::nullopt},
                                                  {"user-data", "hi"}});
  for (const std::string yaml :
       {"paths: {latest/meta-data/system: x}", "paths: {meta-data: x}", "paths: {meta-data//a: x}",
        "paths: {meta-data/../a: x}", "paths: {meta-data/a: [x]}", "paths: {user-data/a: x}", "paths: x"}) {
    CAPTURE(yaml);
    CHECK(read(yaml).problems.size() == 1);
  }
}

TEST_CASE("what is left out: the service is on, tokens are required, one hop, no role") {
  const auto [settings, problems] = read("{}");
  CHECK(problems.empty());
  CHECK(settings == ImdsSettings{});
  CHECK(settings.is_enabled);
  CHECK(settings.tokens_required);
  CHECK_FALSE(settings.extended_credentials);
  CHECK(settings.hop_limit == 1);
}

TEST_CASE("a wrong value is a problem at its key") {
  struct Row {
    const char* yaml;
    const char* path;
  };
  for (const Row& row :
       {Row{"tokens: sometimes", "tokens"}, Row{"hop_limit: 0", "hop_limit"}, Row{"hop_limit: 65", "hop_limit"},
        Row{"role_name: a/b", "role_name"}, Row{"role_name: \"\"", "role_name"}, Row{"role_name: ..", "role_name"},
        Row{"instance: {id: x}", "instance.id"}, Row{"instance: 5", "instance"}, Row{"token: required", "token"},
        Row{"role: [app]", "role"}, Row{"enabled: off", "enabled"},
        Row{"extended_credentials: 1", "extended_credentials"}}) {
    CAPTURE(row.yaml);
    const auto [settings, problems] = read(row.yaml);
    REQUIRE(problems.size() == 1);
    CHECK(problems[0].path == row.path);
  }
}

}  // namespace
}  // namespace understudy::service
