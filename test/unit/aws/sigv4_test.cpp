#include "understudy/aws/sigv4.hpp"

#include <functional>
#include <stdexcept>

#include <doctest/doctest.h>

// The expected values were computed with botocore 1.29.27 for these very requests.
namespace understudy::aws {
namespace {

using std::chrono::seconds;

/// 2026-11-20T23:37:24Z
constexpr WallTime kTime(seconds(1795217844));

Credentials example_credentials(std::string_view session_token = "") {
  Credentials credentials;
  credentials.access_key_id = "AKIAIOSFODNN7EXAMPLE";
  credentials.secret_access_key = Secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
  if (!session_token.empty()) {
    credentials.session_token = Secret(session_token);
  }
  return credentials;
}

Request sts_post() {
  Request request;
  request.method = "POST";
  request.headers = {{"Host", "sts.us-east-1.amazonaws.com"},
                     {"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"}};
  request.body = "Action=GetCallerIdentity&Version=2011-06-15";
  return request;
}

Request sts_get() {
  Request request;
  request.target = "/?Action=GetCallerIdentity&Version=2011-06-15";
  request.headers = {{"Host", "sts.us-east-1.amazonaws.com"}, {"x-k8s-aws-id", "demo"}};
  return request;
}

bool verifies(const Request& request) {
  const auto presented = read_signature(request);
  return presented && expected_signature(request, *presented, example_credentials().secret_access_key).signature ==
                          presented->signature;
}

TEST_CASE("a scope is written as it stands in Credential") {
  CHECK(CredentialScope{"20261120", "us-east-1", "sts"}.to_string() == "20261120/us-east-1/sts/aws4_request");
}

TEST_CASE("a POST to STS with temporary credentials is signed step by step as botocore does") {
  auto request = sts_post();
  const auto steps = sign_request(request, example_credentials("AQoDYXdzEXAMPLETOKEN"), "us-east-1", "sts", kTime);
  CHECK(steps.canonical_request ==
        "POST\n/\n\n"
        "content-type:application/x-www-form-urlencoded; charset=utf-8\n"
        "host:sts.us-east-1.amazonaws.com\n"
        "x-amz-date:20261120T233724Z\n"
        "x-amz-security-token:AQoDYXdzEXAMPLETOKEN\n\n"
        "content-type;host;x-amz-date;x-amz-security-token\n"
        "ab821ae955788b0e33ebd34c208442ccfc2d406e2edc5e7a39bd6458fbb4f843");
  CHECK(steps.string_to_sign ==
        "AWS4-HMAC-SHA256\n20261120T233724Z\n20261120/us-east-1/sts/aws4_request\n"
        "a5bfe7a166f2f71c7f0c5c1827c5962b4d8abb0536d310741285c7b91119e188");
  CHECK(steps.signature == "ba0ec8967e9c8437c77ddf8241a9db9e52f1e31340c2eb1618786c0817733007");
  CHECK(request.headers.get("Authorization") ==
        "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20261120/us-east-1/sts/aws4_request, "
        "SignedHeaders=content-type;host;x-amz-date;x-amz-security-token, "
        "Signature=ba0ec8967e9c8437c77ddf8241a9db9e52f1e31340c2eb1618786c0817733007");
  CHECK(request.headers.get("X-Amz-Date") == "20261120T233724Z");
  CHECK(request.headers.get("X-Amz-Security-Token") == "AQoDYXdzEXAMPLETOKEN");
}

TEST_CASE("a GET with an odd path and query is signed as botocore does") {
  Request request;
  request.target = "/a/%3A//./b/../c%20d?a=%20&b=1";
  request.headers = {{"Host", "localhost:1341"}};
  const auto time = WallTime(seconds(951782400));
  const auto steps = sign_request(request, example_credentials(), "eu-central-1", "execute-api", time);
  CHECK(steps.canonical_request ==
        "GET\n/a/%253A/c%2520d\na=%20&b=1\nhost:localhost:1341\nx-amz-date:20000229T000000Z\n\nhost;x-amz-date\n"
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(steps.signature == "f0505bce7054a88e592a122cc3b3996ab81162d7f9ccc4c4dbe385b0a93bc780");
  CHECK_FALSE(request.headers.get("X-Amz-Security-Token"));
}

TEST_CASE("a presigned GET of STS is written and signed as botocore does") {
  auto request = sts_get();
  const auto steps =
      presign_request(request, example_credentials("AQoDYXdz/EXAMPLE+TOKEN="), "us-east-1", "sts", kTime, seconds(60));
  CHECK(steps.canonical_request ==
        "GET\n/\nAction=GetCallerIdentity&Version=2011-06-15&X-Amz-Algorithm=AWS4-HMAC-SHA256&"
        "X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20261120%2Fus-east-1%2Fsts%2Faws4_request&X-Amz-Date=20261120T233724Z&"
        "X-Amz-Expires=60&X-Amz-Security-Token=AQoDYXdz%2FEXAMPLE%2BTOKEN%3D&X-Amz-SignedHeaders=host%3Bx-k8s-aws-id\n"
        "host:sts.us-east-1.amazonaws.com\nx-k8s-aws-id:demo\n\nhost;x-k8s-aws-id\n"
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(steps.string_to_sign ==
        "AWS4-HMAC-SHA256\n20261120T233724Z\n20261120/us-east-1/sts/aws4_request\n"
        "c2b149b276e0feed09d457d9c7c13dbfd850340870e2f5cf0459f9e17739dd82");
  CHECK(request.target ==
        "/?Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Algorithm=AWS4-HMAC-SHA256&"
        "X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20261120%2Fus-east-1%2Fsts%2Faws4_request&X-Amz-Date=20261120T233724Z&"
        "X-Amz-Expires=60&X-Amz-SignedHeaders=host%3Bx-k8s-aws-id&X-Amz-Security-Token=AQoDYXdz%2FEXAMPLE%2BTOKEN%3D&"
        "X-Amz-Signature=4141085f31ed7ee830a5bf3c84eeb871a89b9fd78d1cf9fbcb1d8f13c688ceae");
  CHECK(request.headers == sts_get().headers);
}

TEST_CASE("signing again replaces the earlier signature, whatever form it had") {
  auto once = sts_post();
  sign_request(once, example_credentials(), "us-east-1", "sts", kTime + seconds(5));
  auto again = sts_post();
  sign_request(again, example_credentials("old"), "eu-west-1", "sts", kTime);
  sign_request(again, example_credentials(), "us-east-1", "sts", kTime + seconds(5));
  CHECK(again.headers == once.headers);

  auto presigned = sts_get();
  presign_request(presigned, example_credentials(), "us-east-1", "sts", kTime, seconds(60));
  auto presigned_again = sts_get();
  sign_request(presigned_again, example_credentials("old"), "us-east-1", "sts", kTime);
  presign_request(presigned_again, example_credentials("old"), "eu-west-1", "sts", kTime - seconds(5), seconds(9));
  presign_request(presigned_again, example_credentials(), "us-east-1", "sts", kTime, seconds(60));
  CHECK(presigned_again.target == presigned.target);
  CHECK(presigned_again.headers == presigned.headers);
}

TEST_CASE("a request without a Host, or with two, can not be signed") {
  auto request = sts_post();
  request.headers.remove("Host");
  CHECK_THROWS_AS(sign_request(request, example_credentials(), "r", "sts", kTime), std::logic_error);
  request.headers.add("Host", "a");
  request.headers.add("Host", "b");
  CHECK_THROWS_AS(presign_request(request, example_credentials(), "r", "sts", kTime, seconds(1)), std::logic_error);
}

TEST_CASE("what is signed verifies, in both forms and with a session token") {
  for (const auto* token : {"", "a token"}) {
    CAPTURE(token);
    auto request = sts_post();
    sign_request(request, example_credentials(token), "us-east-1", "sts", kTime);
    CHECK(verifies(request));
    auto url = sts_get();
    presign_request(url, example_credentials(token), "us-east-1", "sts", kTime, seconds(60));
    CHECK(verifies(url));
  }
}

TEST_CASE("what proxies change does not break a signature") {
  auto request = sts_post();
  sign_request(request, example_credentials(), "us-east-1", "sts", kTime);
  request.headers.add("User-Agent", "curl/8");
  request.headers.add("Connection", "close");
  request.headers.add("X-Forwarded-For", "192.0.2.1");
  request.headers.set("content-type", "  application/x-www-form-urlencoded;   charset=utf-8 ");
  CHECK(verifies(request));
}

struct Tampering {
  const char* what;
  std::function<void(Request&)> apply;
};

void replace(std::string& text, std::string_view from, std::string_view to) {
  const auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  text.replace(at, from.size(), to);
}

std::function<void(Request&)> in_header(const char* name, const char* from, const char* to) {
  return [=](Request& request) {
    std::string value(request.headers.get(name).value_or(""));
    replace(value, from, to);
    request.headers.set(name, value);
  };
}

std::function<void(Request&)> in_target(const char* from, const char* to) {
  return [=](Request& request) { replace(request.target, from, to); };
}

TEST_CASE("a signed request that was changed in any part no longer verifies") {
  for (const auto& [what, apply] : std::initializer_list<Tampering>{
           {"method", [](Request& request) { request.method = "PUT"; }},
           {"path", [](Request& request) { request.target = "/x"; }},
           {"query", [](Request& request) { request.target = "/?a=b"; }},
           {"body", [](Request& request) { request.body += "&DurationSeconds=43200"; }},
           {"host", in_header("Host", "us-east-1", "us-west-2")},
           {"content type", in_header("Content-Type", "utf-8", "utf-7")},
           {"second field of a signed name", [](Request& request) { request.headers.add("content-type", "x"); }},
           {"signed header gone", [](Request& request) { request.headers.remove("content-type"); }},
           {"time", in_header("X-Amz-Date", "233724", "233725")},
           {"session token", in_header("X-Amz-Security-Token", "a token", "b token")},
           {"session token gone", [](Request& request) { request.headers.remove("X-Amz-Security-Token"); }},
           {"region", in_header("Authorization", "us-east-1", "us-west-2")},
           {"service", in_header("Authorization", "/sts/", "/iam/")},
           {"day", in_header("Authorization", "/20261120/", "/20261121/")},
           {"fewer signed headers", in_header("Authorization", "content-type;", "")},
           {"signature", in_header("Authorization", "Signature=", "Signature=0")},
       }) {
    CAPTURE(what);
    auto request = sts_post();
    sign_request(request, example_credentials("a token"), "us-east-1", "sts", kTime);
    REQUIRE(verifies(request));
    apply(request);
    CHECK_FALSE(verifies(request));
  }
}

TEST_CASE("a presigned request that was changed in any part no longer verifies") {
  for (const auto& [what, apply] : std::initializer_list<Tampering>{
           {"method", [](Request& request) { request.method = "POST"; }},
           {"action", in_target("GetCallerIdentity", "GetSessionToken")},
           {"another parameter", in_target("?", "?RoleArn=x&")},
           {"lifetime", in_target("Expires=60", "Expires=604800")},
           {"lifetime gone", in_target("&X-Amz-Expires=60", "")},
           {"time", in_target("233724", "233725")},
           {"session token", in_target("Token=a", "Token=b")},
           {"signed headers", in_target("host%3Bx-k8s-aws-id", "host")},
           {"region", in_target("us-east-1", "us-west-2")},
           {"signed header", in_header("x-k8s-aws-id", "demo", "prod")},
           {"body", [](Request& request) { request.body = "x"; }},
           {"signature", in_target("Signature=", "Signature=0")},
       }) {
    CAPTURE(what);
    auto request = sts_get();
    presign_request(request, example_credentials("a token"), "us-east-1", "sts", kTime, seconds(60));
    REQUIRE(verifies(request));
    apply(request);
    CHECK_FALSE(verifies(request));
  }
}

TEST_CASE("another secret gives another signature") {
  auto request = sts_post();
  sign_request(request, example_credentials(), "us-east-1", "sts", kTime);
  const auto presented = read_signature(request);
  REQUIRE(presented);
  CHECK(expected_signature(request, *presented, Secret("another")).signature != presented->signature);
}

}  // namespace
}  // namespace understudy::aws
