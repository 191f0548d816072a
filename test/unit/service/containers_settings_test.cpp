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
  CHECK(read("compat: {source: base}").settings.compat == CompatSettings{"base", "understudy-"});
  CHECK(read("compat: {source: base, session_prefix: ecs-local-}").settings.compat ==
        CompatSettings{"base", "ecs-local-"});
  for (const char* yaml : {"compat: maybe", "compat: [base]", "compat: {}", "compat: {source: base, x: y}",
                           "compat: {source: base, session_prefix: a b}",
                           "compat: {source: base, session_prefix: abcdefghijklmnopqrstuvwxyz0123456}"}) {
    CAPTURE(yaml);
    CHECK(read(yaml).problems.size() == 1);
  }
}

TEST_CASE("the engine's socket is named, looked for, or left alone") {
  CHECK_FALSE(read("{}").settings.docker);
  CHECK_FALSE(read("docker: false").settings.docker);
  CHECK(read("docker: true").settings.docker == ContainerEngineSettings{});
  CHECK(read("docker: /run/my.sock").settings.docker == ContainerEngineSettings{"/run/my.sock"});
  CHECK(read("docker: tcp://127.0.0.1:2375").problems.size() == 1);
}

TEST_CASE("it matters which containers run with an engine, tasks or callers, and tasks are told with the first two") {
  CHECK_FALSE(read("ecs: {cluster: dev}").settings.has_containers());
  CHECK(read("docker: true").settings.has_tasks());
  CHECK(read("tasks: {shop: {}}").settings.has_tasks());
  CHECK_FALSE(read("callers: {labels: true}").settings.has_tasks());
  CHECK(read("callers: {labels: true}").settings.has_containers());
}

TEST_CASE("the path of callers is no entry's") {
  const auto [settings, problems] = read("callers: {labels: true}\ncredentials: {a: {role: a, path: /creds}}");
  REQUIRE(problems.size() == 1);
  CHECK(problems[0].path == "credentials.a.path");
}

TEST_CASE("with callers, a token leads to one role") {
  const auto problems_of = [](const std::string& yaml) { return read(yaml).problems; };
  const std::string two = "credentials:\n  a: {role: a, token_file: /run/t}\n  b: {role: b, token_file: /run/./t}\n";
  const auto problems = problems_of(two + "callers: {labels: true}\n");
  REQUIRE(problems.size() == 1);
  CHECK(problems[0].path == "credentials.b.token_file");
  CHECK(problems[0].line == 3);
  CHECK(problems[0].message.starts_with("entry a has this file and the role a: give each its own"));
  CHECK(problems_of(two).empty());
  CHECK(problems_of("callers: {labels: true}\n"
                    "credentials:\n  a: {role: a, token_file: /run/t}\n  b: {role: a, token_file: /run/t}\n")
            .empty());
  CHECK(problems_of("callers: {labels: true}\n"
                    "credentials:\n  a: {role: a}\n  b: {role: b}\n  c: {role: c, token_file: /run/t}\n")
            .empty());
}

TEST_CASE("nobody is held back or audited unless that is said, and the agent's limit is the default") {
  CHECK_FALSE(read("{}").settings.rate_limit);
  CHECK_FALSE(read("{}").settings.audit_log);
  CHECK(read("audit_log: true").settings.audit_log);
  CHECK(read("rate_limit: {}").settings.rate_limit == RateLimitSettings{40, 60});
  CHECK(read("rate_limit: {per_second: 5, burst: 7}").settings.rate_limit == RateLimitSettings{5, 7});
  for (const char* yaml : {"rate_limit: true", "rate_limit: {per_second: 0}", "rate_limit: {rate: 1}"}) {
    CAPTURE(yaml);
    CHECK(read(yaml).problems.size() == 1);
  }
}

}  // namespace
}  // namespace understudy::service
