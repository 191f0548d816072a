#include "understudy/service/containers_settings.hpp"

#include <string>
#include <vector>

#include "understudy/config/yaml.hpp"

#include <doctest/doctest.h>

namespace understudy::service {
namespace {

struct Reading {
  ContainersSettings settings;
  std::vector<Problem> problems;
};

Reading read(const std::string& yaml) {
  Reading reading;
  reading.settings = read_containers_settings(config::parse_yaml(yaml).value(), reading.problems);
  return reading;
}

TEST_CASE("entries are read in their order, ids with slashes too") {
  const auto [settings, problems] = read(R"(
credentials:
  team/app: {role: app}
  audit: {role: other, token_file: /run/understudy/audit.token, mode: "0640", path: /audit/}
)");
  CHECK(problems.empty());
  REQUIRE(settings.credentials.size() == 2);
  CHECK(settings.credentials[0] == ContainerCredentialSettings{"team/app", "app", std::nullopt, 0600, std::nullopt});
  CHECK(settings.credentials[1] ==
        ContainerCredentialSettings{"audit", "other", "/run/understudy/audit.token", 0640, "/audit"});
}

TEST_CASE("an empty section serves nothing") {
  const auto [settings, problems] = read("{}");
  CHECK(problems.empty());
  CHECK(settings.credentials.empty());
}

TEST_CASE("a wrong value is a problem at its key") {
  struct Row {
    const char* entry;
    const char* path;
  };
  for (const Row& row : {
           Row{"app: {}", "credentials.app"},
           Row{"app: {role: \"\"}", "credentials.app.role"},
           Row{"app: app", "credentials.app"},
           Row{"app: {role: a, rol: b}", "credentials.app.rol"},
           Row{"app: {role: a, token_file: \"\"}", "credentials.app.token_file"},
           Row{"app: {role: a, token_file: /t, mode: \"0666\"}", "credentials.app.mode"},
           Row{"app: {role: a, token_file: /t, mode: \"0700\"}", "credentials.app.mode"},
           Row{"app: {role: a, token_file: /t, mode: \"0040\"}", "credentials.app.mode"},
           Row{"app: {role: a, token_file: /t, mode: rw-r-----}", "credentials.app.mode"},
           Row{"app: {role: a, token_file: /t, mode: \"0680\"}", "credentials.app.mode"},
           Row{"app: {role: a, mode: \"0600\"}", "credentials.app.mode"},
           Row{"app: {role: a, path: creds}", "credentials.app.path"},
           Row{"app: {role: a, path: /}", "credentials.app.path"},
           Row{"app: {role: a, path: /a/../b}", "credentials.app.path"},
           Row{"app: {role: a, path: \"/a?b\"}", "credentials.app.path"},
           Row{"app: {role: a, path: /v2/credentials/app}", "credentials.app.path"},
           Row{"app: {role: a, path: /latest}", "credentials.app.path"},
           Row{"../app: {role: a}", "credentials.../app"},
           Row{"\"a?b\": {role: a}", "credentials.a?b"},
           Row{"/app: {role: a}", "credentials./app"},
       }) {
    CAPTURE(row.entry);
    const auto [settings, problems] = read(std::string("credentials:\n  ") + row.entry);
    REQUIRE(problems.size() == 1);
    CHECK(problems[0].path == row.path);
    CHECK(problems[0].line == 2);
  }
}

TEST_CASE("two entries can not have one path, however it is spelt") {
  const auto [settings, problems] = read("credentials:\n  a: {role: a, path: /creds}\n  b: {role: b, path: //creds/}");
  REQUIRE(problems.size() == 1);
  CHECK(problems[0].path == "credentials.b.path");
  CHECK(problems[0].message.find("/creds") != std::string::npos);
}

TEST_CASE("with nothing configured the role is served at its id and at /creds") {
  const auto settings = default_containers_settings("default");
  REQUIRE(settings.credentials.size() == 1);
  CHECK(settings.credentials[0] == ContainerCredentialSettings{"default", "default", std::nullopt, 0600, "/creds"});
}

TEST_CASE("paths of other servers are there where they are asked for") {
  CHECK_FALSE(read("{}").settings.compat.has_value());
  CHECK_FALSE(read("compat: false").settings.compat.has_value());
  CHECK(read("compat: true").settings.compat == CompatSettings{});
  CHECK(read("compat: {source: base}").settings.compat == CompatSettings{"base"});
  for (const char* yaml : {"compat: maybe", "compat: [base]", "compat: {}", "compat: {source: base, x: y}"}) {
    CAPTURE(yaml);
    CHECK(read(yaml).problems.size() == 1);
  }
}

}  // namespace
}  // namespace understudy::service
