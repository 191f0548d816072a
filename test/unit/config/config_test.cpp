#include "understudy/config/config.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "unit/config/trees.hpp"

#include <doctest/doctest.h>

namespace understudy::config {
namespace {

/// The configuration of a newcomer, with documented example keys.
constexpr std::string_view kExample = R"(region: us-east-1
listen: {imds: 127.0.0.1:1338, containers: 127.0.0.1:1339}
sts: {endpoint: embedded}            # or a URL
roles:
  base: {static: {access_key_id: AKIAIOSFODNN7EXAMPLE, secret_access_key: fake-secret}}
  app:  {assume_role: arn:aws:iam::111122223333:role/app, source: base, duration: 1h}
  audit: {assume_role: {arn: arn:aws:iam::444455556666:role/audit, external_id: x, session_name: me, tags: {team: a}}, source: app}   # a chain
imds: {role: app, tokens: required}
identity: {keys: /var/lib/understudy/identity}
containers:
  credentials:
    app:   {role: app}
    audit: {role: audit, token_file: /run/understudy/audit.token}
)";

struct Read {
  Config config;
  std::vector<Problem> problems;
  std::vector<Problem> warnings;
};

Read read(std::string_view text) {
  Read out;
  out.config = read_config(tree_of(text), out.problems, out.warnings);
  return out;
}

TEST_CASE("a configuration with a chain, both endpoints and an embedded STS is read as written") {
  const auto [config, problems, warnings] = read(kExample);
  for (const auto& problem : problems) {
    FAIL_CHECK(problem.path << ": " << problem.message);
  }
  CHECK(warnings.empty());
  CHECK(config.region == "us-east-1");
  CHECK(config.listen.imds == ListenAddress{"127.0.0.1", 1338});
  CHECK(config.listen.containers == ListenAddress{"127.0.0.1", 1339});
  CHECK_FALSE(config.listen.sts.has_value());
  CHECK(config.sts.embedded);
  REQUIRE(config.roles.size() == 3);
  CHECK(config.roles[0].key == "base");
  CHECK(config.roles[0].base.empty());
  CHECK(config.roles[0].blueprint->has_permanent_keys());
  CHECK(config.roles[1].key == "app");
  CHECK(config.roles[1].base == "base");
  CHECK(config.roles[1].blueprint->role_arn() == "arn:aws:iam::111122223333:role/app");
  CHECK(config.roles[2].base == "app");
  CHECK(config.imds.role == "app");
  CHECK(config.imds.tokens_required);
  CHECK(config.identity.keys == "/var/lib/understudy/identity");
  REQUIRE(config.containers.credentials.size() == 2);
  CHECK(config.containers.credentials[1].role == "audit");
  CHECK(config.containers.credentials[1].token_file == "/run/understudy/audit.token");
}

TEST_CASE("without a section for them, listeners open at their default addresses") {
  const auto remote = read("region: us-east-1\n").config;
  CHECK(remote.listen.imds == ListenAddress{"127.0.0.1", 1338});
  CHECK(remote.listen.containers == ListenAddress{"127.0.0.1", 1339});
  CHECK_FALSE(remote.listen.sts.has_value());
  const auto embedded = read("sts: {endpoint: embedded}\n").config;
  CHECK(embedded.listen.sts == ListenAddress{"127.0.0.1", 1341});
  const auto one = read("listen: {imds: \"[::1]:80\"}\n").config;
  CHECK(one.listen.imds == ListenAddress{"::1", 80});
  CHECK_FALSE(one.listen.containers.has_value());
}

TEST_CASE("log level and further host names are read, and have defaults") {
  const auto defaults = read("").config;
  CHECK(defaults.log_level == LogLevel::kInfo);
  CHECK(defaults.watch);
  CHECK_FALSE(defaults.strict);
  CHECK(defaults.hosts.empty());
  const auto set =
      read("log_level: warning\nhosts: [a.internal, b.internal]\nwatch: false\nconfig: {strict: true}\n").config;
  CHECK(set.log_level == LogLevel::kWarning);
  CHECK_FALSE(set.watch);
  CHECK(set.strict);
  CHECK(set.hosts == std::vector<std::string>{"a.internal", "b.internal"});
}

TEST_CASE("every mistake is reported with its key, its line and what was expected") {
  struct Row {
    std::string text;
    std::string path;
    int line;
    std::string says;
  };
  const std::string base = "roles:\n  base: {static: {access_key_id: AKIAIOSFODNN7EXAMPLE, secret_access_key: fake}}\n";
  const std::vector<Row> rows{
      {"regin: x\n", "regin", 1, "did you mean \"region\"?"},
      {"\n\naudits: x\n", "audits", 3, "unknown key"},
      {"admin: x\n", "admin", 1, "a map of settings"},
      {"admin: {token_fil: x}\n", "admin.token_fil", 1, "did you mean \"token_file\"?"},
      {"region: US East\n", "region", 1, "a region such as us-east-1"},
      {"region: [a]\n", "region", 1, "a text"},
      {"region: evil.example/\n", "region", 1, "a region such as us-east-1"},
      {"log_level: inf\n", "log_level", 1, "did you mean info?"},
      {"listen: 1338\n", "listen", 1, "a map of settings, such as listen: {imds: \"127.0.0.1:1338\""},
      {"sts: embedded\n", "sts", 1, "a map of settings, such as sts: {endpoint: embedded}"},
      {"config: strict\n", "config", 1, "a map of settings, such as config: {strict: true}"},
      {"config: {strict: loose}\n", "config.strict", 1, "true or false"},
      {"config: {strickt: true}\n", "config.strickt", 1, "did you mean \"strict\"?"},
      {"imds: app\n", "imds", 1, "a map of settings, such as imds: {role: app}"},
      {"containers: {credentials:\n  {app: x}}\n", "containers.credentials.app", 2, "such as app: {role: app}"},
      {"listen: {imds: 1338}\n", "listen.imds", 1, "127.0.0.1:1338 (this machine only)"},
      {"listen:\n  imds: localhost:1338\n", "listen.imds", 2, "an IP address: 127.0.0.1:1338"},
      {"listen: {imd: 127.0.0.1:1}\n", "listen.imd", 1, "did you mean \"imds\"?"},
      {"listen: {imds: 127.0.0.1:1,\n  containers: 127.0.0.1:1}\n", "listen.containers", 2, "that of \"imds\""},
      {"listen: {imds: 127.0.0.1:1,\n  containers: 0.0.0.0:1}\n", "listen.containers", 2, "that of \"imds\""},
      {"listen: {sts: 127.0.0.1:1}\n", "listen.sts", 1, "endpoint: embedded"},
      {"roles: [a]\n", "roles", 1, "a map of roles"},
      {"roles:\n  a: 1\n", "roles.a", 2, "a map of settings"},
      {"roles:\n  a:\n", "roles.a", 2, "a map of settings"},
      {"roles:\n  a: {}\n", "roles.a", 2, "found none"},
      {"roles:\n  a/b: {environment: true}\n", "roles.a/b", 2, "a role's name of letters"},
      {"roles:\n  a: {environment: true, profile: x}\n", "roles.a", 2, "found environment and profile"},
      {"roles:\n  a: {profle: x}\n", "roles.a.profle", 2, "did you mean \"profile\"?"},
      {"roles:\n  a: {profile: x, durration: 1h}\n", "roles.a.durration", 2, "unknown key"},
      {"roles:\n  a: {profile: x, source: a}\n", "roles.a.source", 2, "builds on no other role"},
      {"roles:\n  a: {assume_role: arn:aws:iam::111122223333:role/a}\n", "roles.a", 2, "needs \"source\""},
      {"roles:\n  a: {assume_role: app, source: a}\n", "roles.a.assume_role", 2, ""},
      {"roles:\n  a: {assume_role: {arn: x, externalid: y}, source: a}\n", "roles.a.assume_role.externalid", 2,
       "did you mean \"external_id\"?"},
      {base + "  a: {assume_role: arn:aws:iam::111122223333:role/a, source: bas}\n", "roles.a.source", 3,
       "found \"bas\"; did you mean \"base\"?"},
      {base + "  a: {assume_role: arn:aws:iam::111122223333:role/a, source: elsewhere}\n", "roles.a.source", 3,
       "roles here: base, a"},
      {"roles:\n  a: {assume_role: arn:aws:iam::111122223333:role/a, source: a}\n", "roles.a.source", 2, "a -> a"},
      {"roles:\n  a: {assume_role: arn:aws:iam::111122223333:role/a, source: b}\n"
       "  b: {assume_role: arn:aws:iam::111122223333:role/b, source: a}\n",
       "roles.a.source", 2, "a -> b -> a"},
      {"imds: {role: app}\n", "imds.role", 1, "found \"app\"; there are none"},
      {base + "imds: {role: bsae}\n", "imds.role", 3, "did you mean \"base\"?"},
      {base + "imds: {role: base}\n", "imds.role", 3, "have no session_token"},
      {base + "containers:\n  credentials:\n    x: {role: base}\n", "containers.credentials.x.role", 5,
       "have no session_token"},
      {base + "containers:\n  credentials:\n    x: {role: other}\n", "containers.credentials.x.role", 5,
       "found \"other\""},
      {"imds: {tokens: optionl}\n", "imds.tokens", 1, "did you mean optional?"},
      {"containers: {credentials: {x: {}}}\n", "containers.credentials.x", 1, "\"role\" is required"},
      {"sts: {endpont: embedded}\n", "sts.endpont", 1, "did you mean \"endpoint\"?"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    const auto [config, problems, warnings] = read(row.text);
    const auto found = std::ranges::find(problems, row.path, &Problem::path);
    REQUIRE(found != problems.end());
    CHECK(problems.size() == 1);
    CHECK(found->line == row.line);
    CAPTURE(found->message);
    CHECK(found->message.find(row.says) != std::string::npos);
  }
}

TEST_CASE("all mistakes are reported in one run") {
  const auto [config, problems, warnings] = read(
      "regin: x\n"
      "listen: {imds: 80, containers: 81}\n"
      "roles:\n"
      "  a: {assume_role: {arn: nonsense}, source: nobody}\n"
      "  b: {profle: x}\n"
      "imds: {role: z, tokens: perhaps}\n"
      "containers: {credentials: {x: {role: y}}}\n");
  for (const std::string_view path : {"regin", "listen.imds", "listen.containers", "roles.b.profle", "imds.role",
                                      "imds.tokens", "containers.credentials.x.role"}) {
    CAPTURE(path);
    CHECK(std::ranges::find(problems, path, &Problem::path) != problems.end());
  }
}

TEST_CASE("a circle that others lead into is reported once") {
  const auto [config, problems, warnings] = read(
      "roles:\n"
      "  in: {assume_role: arn:aws:iam::111122223333:role/a, source: a}\n"
      "  a: {assume_role: arn:aws:iam::111122223333:role/a, source: b}\n"
      "  b: {assume_role: arn:aws:iam::111122223333:role/b, source: a}\n");
  REQUIRE(problems.size() == 1);
  CHECK(problems[0].path == "roles.a.source");
}

TEST_CASE("listeners may share a port where their addresses differ, and port 0 as often as they like") {
  CHECK(read("listen: {imds: 127.0.0.1:80, containers: 127.0.0.2:80}\n").problems.empty());
  CHECK(read("listen: {imds: 127.0.0.1:0, containers: 127.0.0.1:0}\n").problems.empty());
  CHECK(read("listen: {imds: 0.0.0.0:80, containers: \"[::1]:80\"}\n").problems.empty());
  CHECK(read("listen: {imds: \"[::]:80\", containers: 127.0.0.1:80}\n").problems.size() == 1);
}

TEST_CASE("a listener with nothing behind it is worth a warning") {
  const auto [config, problems, warnings] = read("listen:\n  imds: 127.0.0.1:1\n  containers: 127.0.0.1:2\n");
  CHECK(problems.empty());
  REQUIRE(warnings.size() == 2);
  CHECK(warnings[0].path == "listen.containers");
  CHECK(warnings[0].line == 3);
  CHECK(warnings[1].path == "listen.imds");
  CHECK(read("").warnings.empty());
}

constexpr std::string_view kPods = R"(listen: {pod_identity: 169.254.170.23:80}
roles:
  base: {static: {access_key_id: AKIAIOSFODNN7EXAMPLE, secret_access_key: fake-secret}}
  app: {assume_role: arn:aws:iam::111122223333:role/app, source: base}
pod_identity:
)";

TEST_CASE("Pod Identity has a listener of its own, and roles that have to be there") {
  const auto good = read(std::string(kPods) +
                         "  {associations: [{namespace: a, service_account: b, role: app}], "
                         "jwks_file: /jwks.json}\n");
  CHECK(good.problems.empty());
  CHECK(good.warnings.empty());
  CHECK(good.config.listen.pod_identity == ListenAddress{"169.254.170.23", 80});
  REQUIRE(good.config.pod_identity.has_value());
  CHECK(good.config.pod_identity->associations.front().role == "app");

  for (const char* role : {"ap", "base"}) {  // Not there; without a session token.
    CAPTURE(role);
    const auto bad = read(std::string(kPods) + "  {associations: [{namespace: a, service_account: b, role: " + role +
                          "}], jwks_file: /jwks.json}\n");
    REQUIRE(bad.problems.size() == 1);
    CHECK(bad.problems[0].path == "pod_identity.associations[0].role");
  }
  CHECK(read("listen: {containers: 127.0.0.1:80, pod_identity: 127.0.0.1:80}\npod_identity: {jwks_file: /j}\n")
            .problems.front()
            .path == "listen.pod_identity");
}

TEST_CASE("Pod Identity without keys, or without a section, is worth a warning") {
  const auto open = read(std::string(kPods) + "  {associations: [{namespace: a, service_account: b, role: app}]}\n");
  REQUIRE(open.warnings.size() == 1);
  CHECK(open.warnings[0].path == "pod_identity");
  CHECK(open.warnings[0].message.find("without looking at their signatures") != std::string::npos);
  const auto empty = read("listen: {pod_identity: 127.0.0.1:80}\n");
  REQUIRE(empty.warnings.size() == 1);
  CHECK(empty.warnings[0].path == "listen.pod_identity");
}

TEST_CASE("roles on demand may be played from permanent keys, which have to be there") {
  constexpr std::string_view kBase =
      "listen: {containers: 127.0.0.1:1}\n"
      "roles: {base: {static: {access_key_id: AKIAIOSFODNN7EXAMPLE, secret_access_key: fake-secret}}}\n";
  const auto good = read(std::string(kBase) + "containers: {compat: {source: base}}\n");
  CHECK(good.problems.empty());
  CHECK(good.warnings.empty());
  const auto bad = read(std::string(kBase) + "containers: {compat: {source: bas}}\n");
  REQUIRE(bad.problems.size() == 1);
  CHECK(bad.problems[0].path == "containers.compat.source");
}

TEST_CASE("no complaint shows a secret") {
  const auto [config, problems, warnings] = read(
      "roles:\n"
      "  base: {static: {access_key_id: AKIAIOSFODNN7EXAMPLE, secret_access_key: fake-secret, session_tokn: "
      "fake-session}}\n"
      "sts: {users: [{name: a, access_key_id: AKIAIOSFODNN7EXAMPLE, secret_access_key: [fake-secret]}]}\n");
  CHECK(problems.size() >= 2);
  for (const auto& problem : problems) {
    CHECK(problem.message.find("fake-") == std::string::npos);
  }
}

TEST_CASE("TLS that nobody would meet, or that clients elsewhere have no name for, is odd") {
  const std::string roles = "roles: {app: {environment: true}}\ncontainers: {credentials: {app: {role: app}}, tls: ";
  CHECK(read("listen: {containers: 127.0.0.1:1}\n" + roles + "{ca: /ca}}").warnings.empty());
  CHECK(read("listen: {containers: \"[::]:1\"}\n" + roles + "{ca: /ca, names: [a]}}").warnings.empty());
  CHECK(read("listen: {containers: 0.0.0.0:1}\n" + roles + "{certificate: c, private_key: k}}").warnings.empty());
  const auto everywhere = read("listen: {containers: 0.0.0.0:1}\n" + roles + "{ca: /ca}}").warnings;
  REQUIRE(everywhere.size() == 1);
  CHECK(everywhere[0].path == "containers.tls");
  CHECK(everywhere[0].line == 3);
  const auto nowhere = read("listen: {sts: 127.0.0.1:1}\nsts: {endpoint: embedded}\n" + roles + "{ca: /ca}}").warnings;
  REQUIRE(nowhere.size() == 1);
  CHECK(nowhere[0].message == "is for listen.containers, which does not open");
}

}  // namespace
}  // namespace understudy::config
