#include "understudy/service/pod_identity_settings.hpp"

#include <string>
#include <vector>

#include "understudy/config/yaml.hpp"

#include <doctest/doctest.h>

namespace understudy::service {
namespace {

struct Reading {
  PodIdentitySettings settings;
  std::vector<Problem> problems;
};

Reading read(const std::string& yaml) {
  Reading reading;
  reading.settings = read_pod_identity_settings(config::parse_yaml(yaml).value(), reading.problems);
  return reading;
}

TEST_CASE("what nothing is said about is as the agent has it") {
  const auto [settings, problems] = read("{}");
  CHECK(problems.empty());
  CHECK(settings == PodIdentitySettings{});
  CHECK(settings.host_check);
  CHECK(settings.audience == "pods.eks.amazonaws.com");
  CHECK_FALSE(settings.verifies_signatures());
}

TEST_CASE("everything that can be said is read") {
  const auto [settings, problems] = read(R"(
associations:
  - {namespace: default, service_account: app, role: app}
  - {namespace: shop.eu, service_account: app, role: cart}
host_check: false
audience: sts.amazonaws.com
jwks_file: /etc/understudy/keys/jwks.json
)");
  CHECK(problems.empty());
  CHECK(settings.associations ==
        std::vector<PodIdentityAssociation>{{"default", "app", "app"}, {"shop.eu", "app", "cart"}});
  CHECK_FALSE(settings.host_check);
  CHECK(settings.audience == "sts.amazonaws.com");
  CHECK(settings.jwks_file == "/etc/understudy/keys/jwks.json");
  CHECK(settings.verifies_signatures());
}

TEST_CASE("keys come from https, or from this machine") {
  for (const char* url : {"https://oidc.eks.eu-west-1.amazonaws.com/id/ABC/keys", "http://127.0.0.1:8080/jwks",
                          "http://127.0.0.2/jwks", "http://localhost/jwks", "http://[::1]:80/jwks"}) {
    CAPTURE(url);
    const auto [settings, problems] = read(std::string("jwks_url: '") + url + "'");
    CHECK(problems.empty());
    REQUIRE(settings.jwks_url.has_value());
    CHECK(settings.verifies_signatures());
  }
}

TEST_CASE("a wrong value is a problem at its key") {
  struct Row {
    const char* yaml;
    const char* path;
  };
  for (const Row& row : {
           Row{"associations: {default: app}", "associations"},
           Row{"associations: [app]", "associations[0]"},
           Row{"associations: [{service_account: app, role: app}]", "associations[0]"},
           Row{"associations: [{namespace: default, role: app}]", "associations[0]"},
           Row{"associations: [{namespace: default, service_account: app}]", "associations[0]"},
           Row{"associations: [{namespace: Default, service_account: app, role: app}]", "associations[0].namespace"},
           Row{"associations: [{namespace: a/b, service_account: app, role: app}]", "associations[0].namespace"},
           Row{"associations: [{namespace: a, service_account: 'a b', role: app}]", "associations[0].service_account"},
           Row{"associations: [{namespace: a, service_account: b, role: app, x: y}]", "associations[0].x"},
           Row{"associations: [{namespace: a, service_account: b, role: c}, {namespace: a, service_account: b, role: "
               "d}]",
               "associations[1].service_account"},
           Row{"host_check: maybe", "host_check"},
           Row{"audience: ''", "audience"},
           Row{"jwks_url: http://keys.example/jwks", "jwks_url"},
           Row{"jwks_url: keys", "jwks_url"},
           Row{"{jwks_url: 'https://keys.example/', jwks_file: /jwks.json}", "jwks_url"},
           Row{"jwks: x", "jwks"},
       }) {
    CAPTURE(row.yaml);
    const auto [settings, problems] = read(row.yaml);
    REQUIRE(problems.size() == 1);
    CHECK(problems.front().path == row.path);
  }
}

}  // namespace
}  // namespace understudy::service
