#include "understudy/aws/eks_token.hpp"

#include <chrono>

#include "understudy/aws/sigv4.hpp"
#include "understudy/base/crypto.hpp"
#include "understudy/base/message.hpp"
#include "understudy/base/time_text.hpp"
#include "understudy/base/url.hpp"

#include <doctest/doctest.h>

namespace understudy::aws {
namespace {

using std::chrono::minutes;

const WallTime kNow = parse_amz_date("20261120T233724Z").value();
constexpr std::string_view kPrefix = "k8s-aws-v1.";

Credentials credentials_of(std::string_view session_token = "a/token+=") {
  Credentials credentials;
  credentials.access_key_id = "ASIAIOSFODNN7EXAMPLE";
  credentials.secret_access_key = Secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
  if (!session_token.empty()) {
    credentials.session_token = Secret(session_token);
  }
  return credentials;
}

StsEndpoint endpoint_of(std::string_view url) { return {*parse_url(url), "eu-west-1"}; }

std::string url_of(const EksToken& token) {
  const auto text = token.token.reveal();
  REQUIRE(text.starts_with(kPrefix));
  const auto url = unbase64url(text.substr(kPrefix.size()));
  REQUIRE(url.has_value());
  return *url;
}

TEST_CASE("a token is a presigned GetCallerIdentity in base64url without padding") {
  const auto token = make_eks_token(endpoint_of("https://sts.eu-west-1.amazonaws.com"), credentials_of(), "demo", kNow);
  CHECK(token.token.reveal().find('=') == std::string_view::npos);
  const auto url = url_of(token);
  const std::string before =
      "https://sts.eu-west-1.amazonaws.com/"
      "?Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Algorithm=AWS4-HMAC-SHA256"
      "&X-Amz-Credential=ASIAIOSFODNN7EXAMPLE%2F20261120%2Feu-west-1%2Fsts%2Faws4_request&X-Amz-Date=20261120T233724Z"
      "&X-Amz-Expires=60&X-Amz-SignedHeaders=host%3Bx-k8s-aws-id&X-Amz-Security-Token=a%2Ftoken%2B%3D&X-Amz-Signature=";
  CHECK(url.substr(0, before.size()) == before);
  CHECK(url.size() == before.size() + 64);
}

TEST_CASE("its signature is good with the cluster's name beside it, and with no other") {
  for (const auto* endpoint : {"https://sts.eu-west-1.amazonaws.com", "http://127.0.0.1:1341/"}) {
    for (const auto* session_token : {"a/token+=", ""}) {
      const auto credentials = credentials_of(session_token);
      const auto url = parse_url(url_of(make_eks_token(endpoint_of(endpoint), credentials, "demo", kNow)));
      REQUIRE(url.has_value());
      Request request{"GET", url->target, {{"Host", url->authority()}, {"X-K8s-Aws-Id", "demo"}}, "", {}};
      const auto presented = read_signature(request);
      REQUIRE(presented.has_value());
      CHECK(expected_signature(request, *presented, credentials.secret_access_key).signature == presented->signature);
      request.headers.set("X-K8s-Aws-Id", "another");
      CHECK(expected_signature(request, *presented, credentials.secret_access_key).signature != presented->signature);
    }
  }
}

TEST_CASE("a token is renewed after 14 minutes, or when its credentials end") {
  const auto endpoint = endpoint_of("https://sts.amazonaws.com");
  auto credentials = credentials_of();
  CHECK(make_eks_token(endpoint, credentials, "demo", kNow).expires == kNow + minutes(14));
  credentials.expiration = kNow + minutes(60);
  CHECK(make_eks_token(endpoint, credentials, "demo", kNow).expires == kNow + minutes(14));
  credentials.expiration = kNow + minutes(5);
  CHECK(make_eks_token(endpoint, credentials, "demo", kNow).expires == kNow + minutes(5));
}

TEST_CASE("a cluster's name is what EKS lets one be") {
  for (const auto* name : {"demo", "Demo-1_x", "0", "0f8fad5b-d9cb-469f-a165-70867728950e"}) {
    CHECK(is_cluster_name(name));
  }
  for (const auto* name :
       {"", "-demo", "_demo", "a b", "a\r\nHost: b", "arn:aws:eks:eu-west-1:111122223333:cluster/demo"}) {
    CHECK_FALSE(is_cluster_name(name));
  }
  CHECK(is_cluster_name(std::string(100, 'a')));
  CHECK_FALSE(is_cluster_name(std::string(101, 'a')));
}

TEST_CASE("the document has the version that the client asks for") {
  struct Row {
    std::optional<std::string_view> info;
    std::string_view version;
    bool warns;
  };
  const Row rows[] = {
      {std::nullopt, "v1beta1", false},
      {"", "v1beta1", false},
      {R"({"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","spec":{"interactive":false}})", "v1",
       false},
      {R"({"apiVersion":"client.authentication.k8s.io/v1beta1"})", "v1beta1", false},
      {R"({"apiVersion":"client.authentication.k8s.io/v1alpha1"})", "v1alpha1", true},
      {R"({"apiVersion":"client.authentication.k8s.io/v2"})", "v1beta1", true},
      {R"({"apiVersion":1})", "v1beta1", true},
      {"{}", "v1beta1", true},
      {"[]", "v1beta1", true},
      {"{", "v1beta1", true},
  };
  for (const auto& [info, version, warns] : rows) {
    CAPTURE(info.value_or("(none)"));
    const auto chosen = exec_credential_version(info);
    CHECK(chosen.api_version == "client.authentication.k8s.io/" + std::string(version));
    CHECK(chosen.warning.empty() == !warns);
  }
}

TEST_CASE("the document holds the token and when to ask anew") {
  CHECK(render_exec_credential({Secret("k8s-aws-v1.abc"), kNow}, "client.authentication.k8s.io/v1") ==
        R"({"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","spec":{},)"
        R"("status":{"expirationTimestamp":"2026-11-20T23:37:24Z","token":"k8s-aws-v1.abc"}})");
}

}  // namespace
}  // namespace understudy::aws
