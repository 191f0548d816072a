#include "understudy/source/container_endpoint.hpp"

#include <fstream>
#include <map>
#include <string>

#include "fakes/fake_surroundings.hpp"
#include "fakes/temp_folder.hpp"

#include <doctest/doctest.h>

namespace understudy::source {
namespace {

using Variables = std::map<std::string, std::string, std::less<>>;

const std::string kDocument =
    R"({"AccessKeyId":"ASIAIOSFODNN7EXAMPLE","SecretAccessKey":"s","Token":"t","Expiration":"2026-11-21T23:37:24Z"})";

Result<aws::Credentials> get(fakes::FakeNetwork& network, ContainerEndpointSource::Settings settings) {
  return ContainerEndpointSource(network.get(), std::move(settings)).get(Freshness::kCached);
}

TEST_CASE("the endpoint is asked with the token that the file has now") {
  const fakes::TempFolder folder;
  const auto path = (folder / "token").string();
  std::ofstream(path) << "fake-token\n";
  fakes::FakeNetwork network;
  network.then(200, kDocument);
  const auto got = get(network, {"http://127.0.0.1:8080/creds?a=b", path, Secret()});
  REQUIRE(got.has_value());
  CHECK(got->access_key_id == "ASIAIOSFODNN7EXAMPLE");
  CHECK(got->obtained == network.clock.wall());
  const auto sent = network.http.sent().at(0).request;
  CHECK(sent.method == "GET");
  CHECK(sent.target == "/creds?a=b");
  CHECK(sent.headers.get("Authorization") == "fake-token");
}

TEST_CASE("without a token nothing is sent for one, and a missing token file asks nobody") {
  fakes::FakeNetwork network;
  network.then(200, kDocument);
  REQUIRE(get(network, {"http://169.254.170.2/x", "", Secret()}).has_value());
  CHECK_FALSE(network.http.sent().at(0).request.headers.get("Authorization"));
  CHECK(get(network, {"http://169.254.170.2/x", "/nowhere/token", Secret()}).error().kind == Error::Kind::kNotFound);
  CHECK(network.http.sent().size() == 1);
}

TEST_CASE("plain http goes to the hosts of the SDKs' list alone") {
  fakes::FakeNetwork network;
  for (const std::string host : {"example.com", "127.0.0.1.example.com", "10.0.0.1", "169.254.169.254"}) {
    CAPTURE(host);
    CHECK(get(network, {"http://" + host + "/x", "", Secret()}).error().code == "NotAllowedHost");
  }
  CHECK(network.http.sent().empty());
  for (const std::string url :
       {"https://example.com/x", "http://localhost/x", "http://[::1]:80/x", "http://127.1.2.3/x",
        "http://169.254.170.23/v1/credentials", "http://[fd00:ec2::23]/v1/credentials"}) {
    CAPTURE(url);
    network.then(200, kDocument);
    CHECK(get(network, {url, "", Secret()}).has_value());
  }
}

TEST_CASE("where nobody can be asked the message says who names the endpoint and what to do") {
  const auto message = [](const Variables& variables) {
    fakes::FakeNetwork network;
    network.http.then(Error{Error::Kind::kInvalid, "ConnectionError", "nobody answers"});
    return get(network, *container_endpoint_in(Environment(variables))).error().message;
  };
  CHECK(message({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:9/x"}}) ==
        "nobody answers (AWS_CONTAINER_CREDENTIALS_FULL_URI names it): start what answers there, or unset the "
        "variable");
  CHECK(message({{"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/x"}}) ==
        "nobody answers (AWS_CONTAINER_CREDENTIALS_RELATIVE_URI names it): outside of an ECS task nobody is at "
        "169.254.170.2 but who was put there; start what answers there, or unset the variable");
  CHECK(
      message({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", "x"}})
          .ends_with("(AWS_CONTAINER_CREDENTIALS_FULL_URI names it): start what answers there, or unset the variable"));
  fakes::FakeNetwork network;
  network.http.then(Error{Error::Kind::kInvalid, "ConnectionError", "nobody answers"});
  CHECK(get(network, {"http://127.0.0.1:9/x", "", Secret()}).error().message ==
        "nobody answers (the full_uri of the configuration names it): start what answers there, or correct the key");
}

TEST_CASE("a refusal is passed on") {
  fakes::FakeNetwork network;
  network.then(401, R"({"code":"AuthorizationFailed","message":"wrong token"})");
  const auto got = get(network, {"http://127.0.0.1/x", "", Secret("fake")});
  REQUIRE_FALSE(got.has_value());
  CHECK(got.error().code == "AuthorizationFailed");
  CHECK(got.error().kind == Error::Kind::kDenied);
}

TEST_CASE("the environment names the endpoint, relative before full, the token's file before its value") {
  const auto said = [](Variables variables) { return container_endpoint_in(Environment(std::move(variables))); };
  CHECK(said({}).error().code == "NoContainerEndpoint");
  CHECK(said({{"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/credentials/x"},
              {"AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1/x"}})
            ->full_uri == "http://169.254.170.2/v2/credentials/x");
  const auto full = said({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1/x"},
                          {"AWS_CONTAINER_AUTHORIZATION_TOKEN", "fake"},
                          {"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "/t"}});
  CHECK(full->token_file == "/t");
  CHECK(full->token.empty());
  CHECK(said({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", "x"}, {"AWS_CONTAINER_AUTHORIZATION_TOKEN", "fake"}})->token ==
        Secret("fake"));
}

}  // namespace
}  // namespace understudy::source
