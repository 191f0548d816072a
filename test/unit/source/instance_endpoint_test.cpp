#include "understudy/source/instance_endpoint.hpp"

#include <map>
#include <string>

#include "fakes/fake_surroundings.hpp"

#include <doctest/doctest.h>

namespace understudy::source {
namespace {

using Variables = std::map<std::string, std::string, std::less<>>;

const std::string kDocument =
    R"({"Code":"Success","AccessKeyId":"ASIAIOSFODNN7EXAMPLE","SecretAccessKey":"s","Token":"t","Expiration":"2026-11-21T23:37:24Z"})";

Result<aws::Credentials> get(fakes::FakeNetwork& network, const std::string& role = "") {
  return InstanceEndpointSource(network.get(), {"http://169.254.169.254", role}).get(Freshness::kCached);
}

TEST_CASE("a token is put, the role is listed, and its document is read with the token") {
  fakes::FakeNetwork network;
  network.then(200, "fake-token");
  network.then(200, "app\nother");
  network.then(200, kDocument);
  const auto got = get(network);
  REQUIRE(got.has_value());
  CHECK(got->access_key_id == "ASIAIOSFODNN7EXAMPLE");
  const auto sent = network.http.sent();
  REQUIRE(sent.size() == 3);
  CHECK(sent[0].request.method == "PUT");
  CHECK(sent[0].request.target == "/latest/api/token");
  CHECK(sent[0].request.headers.get("X-aws-ec2-metadata-token-ttl-seconds") == "21600");
  CHECK(sent[1].request.target == "/latest/meta-data/iam/security-credentials/");
  CHECK(sent[2].request.target == "/latest/meta-data/iam/security-credentials/app");
  CHECK(sent[2].request.headers.get("X-aws-ec2-metadata-token") == "fake-token");
}

TEST_CASE("a role that is named is not listed") {
  fakes::FakeNetwork network;
  network.then(200, "fake-token");
  network.then(200, kDocument);
  REQUIRE(get(network, "a b").has_value());
  CHECK(network.http.sent().at(1).request.target == "/latest/meta-data/iam/security-credentials/a%20b");
}

TEST_CASE("whatever is missing on the way is an error of its own") {
  fakes::FakeNetwork disabled;
  disabled.then(403, "");
  CHECK(get(disabled).error().kind == Error::Kind::kDenied);
  fakes::FakeNetwork no_profile;
  no_profile.then(200, "fake-token");
  no_profile.then(404, "<html>");
  CHECK(get(no_profile).error().kind == Error::Kind::kNotFound);
  fakes::FakeNetwork nothing;
  nothing.then(200, "fake-token");
  nothing.then(200, "\n");
  CHECK(get(nothing).error().code == "NoInstanceRole");
  fakes::FakeNetwork refused;
  refused.then(200, "fake-token");
  refused.then(200, R"({"Code":"AssumeRoleUnauthorizedAccess","Message":"EC2 cannot assume the role app."})");
  const auto got = get(refused, "app");
  REQUIRE_FALSE(got.has_value());
  CHECK(got.error().code == "AssumeRoleUnauthorizedAccess");
  CHECK(got.error().is_transient());
}

TEST_CASE("the environment names the endpoint, or turns it off") {
  const auto said = [](Variables variables) { return instance_endpoint_in(Environment(std::move(variables))); };
  CHECK(said({})->endpoint == "http://169.254.169.254/");
  CHECK(said({{"AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "IPv6"}})->endpoint == "http://[fd00:ec2::254]/");
  CHECK(said({{"AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1:1338"}})->endpoint == "http://127.0.0.1:1338");
  CHECK(said({{"AWS_EC2_METADATA_DISABLED", "True"}}).error().code == "MetadataDisabled");
}

}  // namespace
}  // namespace understudy::source
