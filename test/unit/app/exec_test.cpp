#include "understudy/app/exec.hpp"

#include <map>
#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace understudy::app {
namespace {

using Variables = std::map<std::string, std::string, std::less<>>;

ExecEndpoints endpoints() {
  ExecEndpoints out;
  out.credentials_url = "http://127.0.0.1:41234/v2/credentials/app";
  out.token = Secret("fake-token");
  out.token_file = "/run/x/token";
  out.imds_url = "http://127.0.0.1:41235";
  out.sts_url = "http://127.0.0.1:41236";
  out.region = "eu-west-1";
  out.shared_file = "/run/x/config";
  return out;
}

TEST_CASE("the command gets every variable that leads to us") {
  const auto child = child_environment(Environment(), endpoints());
  const Variables expected{
      {"AWS_CONFIG_FILE", "/run/x/config"},
      {"AWS_CONTAINER_AUTHORIZATION_TOKEN", "fake-token"},
      {"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "/run/x/token"},
      {"AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:41234/v2/credentials/app"},
      {"AWS_DEFAULT_REGION", "eu-west-1"},
      {"AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1:41235/"},
      {"AWS_ENDPOINT_URL_STS", "http://127.0.0.1:41236"},
      {"AWS_REGION", "eu-west-1"},
      {"AWS_SHARED_CREDENTIALS_FILE", "/run/x/config"},
      {"BOTO_CONFIG", "/run/x/config"},
      {"NO_PROXY", "127.0.0.1,localhost"},
      {"no_proxy", "127.0.0.1,localhost"},
  };
  CHECK(child == expected);
}

TEST_CASE("what would win over us is taken away, and nothing else") {
  Variables before{{"PATH", "/bin"},
                   {"HOME", "/home/me"},
                   {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/credentials/other"},
                   {"AWS_CONTAINER_SOMETHING_NEW", "x"},
                   {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true"},
                   {"AWS_CA_BUNDLE", "/etc/ca.pem"}};
  for (const auto name : kVariablesThatWin) {
    before.emplace(name, "x");
  }
  const auto child = child_environment(Environment(before), endpoints());
  for (const auto name : kVariablesThatWin) {
    CAPTURE(name);
    CHECK_FALSE(child.contains(name));
  }
  CHECK_FALSE(child.contains("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"));
  CHECK_FALSE(child.contains("AWS_CONTAINER_SOMETHING_NEW"));
  CHECK_FALSE(child.contains("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"));
  CHECK(child.at("PATH") == "/bin");
  CHECK(child.at("HOME") == "/home/me");
  CHECK(child.at("AWS_CA_BUNDLE") == "/etc/ca.pem");
}

TEST_CASE("the keys that a variable gave to a role are not passed on") {
  const auto child = child_environment(Environment({{"UNDERSTUDY_ROLES_BASE_STATIC_SECRET_ACCESS_KEY", "fake-secret"},
                                                    {"UNDERSTUDY_CONFIG", "/etc/understudy.yaml"}}),
                                       endpoints());
  CHECK_FALSE(child.contains("UNDERSTUDY_ROLES_BASE_STATIC_SECRET_ACCESS_KEY"));
  CHECK(child.at("UNDERSTUDY_CONFIG") == "/etc/understudy.yaml");
}

TEST_CASE("what we do not offer is not set, and the command's own region and STS stay") {
  auto none = endpoints();
  none.imds_url.clear();
  none.sts_url.clear();
  none.region.clear();
  const auto child = child_environment(Environment({{"AWS_REGION", "us-west-2"},
                                                    {"AWS_ENDPOINT_URL_STS", "https://sts.example.com"},
                                                    {"AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://10.0.0.1"}}),
                                       none);
  CHECK(child.at("AWS_REGION") == "us-west-2");
  CHECK_FALSE(child.contains("AWS_DEFAULT_REGION"));
  CHECK(child.at("AWS_ENDPOINT_URL_STS") == "https://sts.example.com");
  CHECK_FALSE(child.contains("AWS_EC2_METADATA_SERVICE_ENDPOINT"));
}

TEST_CASE("proxies are bypassed for us, whichever spelling was there before") {
  for (const std::string_view name : {"NO_PROXY", "no_proxy"}) {
    CAPTURE(name);
    const auto child = child_environment(Environment({{std::string(name), "corp.example"}}), endpoints());
    CHECK(child.at("NO_PROXY") == "corp.example,127.0.0.1,localhost");
    CHECK(child.at("no_proxy") == "corp.example,127.0.0.1,localhost");
  }
}

TEST_CASE("a list of hosts without proxy is extended by those that it lacks") {
  struct Row {
    std::string_view before;
    std::string_view after;
  };
  for (const auto& row : std::vector<Row>{{"", "127.0.0.1,h"},
                                          {"a", "a,127.0.0.1,h"},
                                          {"a, 127.0.0.1", "a, 127.0.0.1,h"},
                                          {"h,127.0.0.1", "h,127.0.0.1"},
                                          {"*", "*"}}) {
    CHECK(extended_no_proxy(row.before, {"127.0.0.1", "h"}) == row.after);
  }
}

TEST_CASE("the shared file holds the region only") {
  CHECK(shared_file_text("eu-west-1") == "[default]\nregion = eu-west-1\n");
  CHECK(shared_file_text("") == "[default]\n");
}

}  // namespace
}  // namespace understudy::app
