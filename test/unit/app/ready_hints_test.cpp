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

}  // namespace
}  // namespace understudy::app
