#include "understudy/app/ready.hpp"

#include <string>

#include "unit/app/serving.hpp"

#include <doctest/doctest.h>

namespace understudy::app {
namespace {

const Addresses kThree{{"imds", "127.0.0.1", 40001}, {"containers", "0.0.0.0", 40002}, {"sts", "::1", 40003}};

bool says(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

TEST_CASE("a listener's URL is one that a client on this machine can use") {
  CHECK(url_of(kThree, "imds") == "http://127.0.0.1:40001");
  CHECK(url_of(kThree, "containers") == "http://127.0.0.1:40002");
  CHECK(url_of(kThree, "sts") == "http://[::1]:40003");
  CHECK(url_of(kThree, "admin").empty());
}

TEST_CASE("a listener that speaks TLS is called by a name of its certificate") {
  const Addresses addresses{{"containers", "0.0.0.0", 8443, "127.0.0.1"}, {"pod_identity", "::", 8170, "::1"}};
  CHECK(url_of(addresses, "containers") == "https://127.0.0.1:8443");
  CHECK(url_of(addresses, "pod_identity") == "https://[::1]:8170");
  CHECK(url_of({{"containers", "0.0.0.0", 8443, "web.example"}}, "containers") == "https://web.example:8443");
  auto config = config_of(kChain);
  config.containers.tls = service::TlsSettings{"", "", "/var/my ca", {"web.example"}, 1};
  const auto text = ready_text(config, {{"containers", "0.0.0.0", 8443, "web.example"}});
  CHECK(says(text, "  containers   https://0.0.0.0:8443\n"));
  CHECK(says(text, "FULL_URI=https://web.example:8443/v2/credentials/app    # role app\n"));
  CHECK(says(text, "so that the SDK trusts /var/my ca/ca.pem, what this says: understudy tls-ca '/var/my ca'\n"));
}

TEST_CASE("scripts get the real addresses and the process as JSON") {
  CHECK(
      ready_json(kThree, 4711) ==
      R"({"listeners": {"imds": "127.0.0.1:40001", "containers": "0.0.0.0:40002", "sts": "[::1]:40003"}, "pid": 4711})"
      "\n");
  CHECK(ready_json({}, 1) == "{\"listeners\": {}, \"pid\": 1}\n");
}

TEST_CASE("people get every listener, and a line to type for each way to a role") {
  auto config = config_of(kChain);
  config.containers.credentials.at(0).path = "/creds";
  config.containers.credentials.at(1).token_file = "/run/audit.token";
  const auto text = ready_text(config, kThree);
  CHECK(text.starts_with("understudy "));
  CHECK(says(text, "  imds         http://127.0.0.1:40001\n"));
  CHECK(says(text, "  export AWS_EC2_METADATA_SERVICE_ENDPOINT=http://127.0.0.1:40001/    # role app\n"));
  CHECK(says(text, "  export AWS_CONTAINER_CREDENTIALS_FULL_URI=http://127.0.0.1:40002/creds    # role app\n"));
  CHECK(says(text, "FULL_URI=http://127.0.0.1:40002/v2/credentials/audit    # role audit\n"));
  CHECK(says(text, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=/run/audit.token\n"));
  CHECK(says(text, "  export AWS_ENDPOINT_URL_STS=http://[::1]:40003 AWS_REGION=us-east-1 AWS_DEFAULT_REGION="));
}

TEST_CASE("where no role is served there is nothing to type") {
  auto config = config_of(kChain);
  CHECK_FALSE(says(ready_text(config, {{"sts", "127.0.0.1", 40003}}), "export"));
  config.imds.role.clear();
  CHECK_FALSE(says(ready_text(config, {{"imds", "127.0.0.1", 40001}}), "export"));
}

TEST_CASE("no secret of the configuration is in what the start tells") {
  CHECK_FALSE(says(ready_text(config_of(kChain), kThree), "fake-secret"));
}

}  // namespace
}  // namespace understudy::app
