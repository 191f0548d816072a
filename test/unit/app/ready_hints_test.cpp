#include <map>
#include <string>

#include "understudy/app/ready.hpp"
#include "understudy/config/load.hpp"

#include <doctest/doctest.h>

namespace understudy::app {
namespace {

TEST_CASE("both lines for an endpoint with a token can be pasted as they are") {
  const auto loaded = config::load_config_text(
      "roles: {app: {profile: dev}}\n"
      "containers: {credentials: {app: {role: app, token_file: /run/my dir/token}}}\n",
      "test", Environment(), {});
  REQUIRE(loaded.has_value());
  const auto text = ready_text(loaded->config, {{"containers", "127.0.0.1", 1339}});
  CHECK(text.find("\n  export AWS_CONTAINER_CREDENTIALS_FULL_URI=http://127.0.0.1:1339/v2/credentials/app    # role "
                  "app\n  export AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE='/run/my dir/token'\n") != std::string::npos);
}

TEST_CASE("nobody is sent to a metadata service that is switched off") {
  const std::map<std::string, bool> rows{{"roles: {app: {profile: dev}}\nimds: {role: app}\n", true},
                                         {"roles: {app: {profile: dev}}\nimds: {role: app, enabled: false}\n", false}};
  for (const auto& [yaml, is_told] : rows) {
    const auto loaded = config::load_config_text(yaml, "test", Environment(), {});
    REQUIRE(loaded.has_value());
    const auto text = ready_text(loaded->config, {{"imds", "127.0.0.1", 1338}});
    CHECK((text.find("AWS_EC2_METADATA_SERVICE_ENDPOINT") != std::string::npos) == is_told);
  }
}

}  // namespace
}  // namespace understudy::app
