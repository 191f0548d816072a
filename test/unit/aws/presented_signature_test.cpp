#include "understudy/aws/sigv4.hpp"
#include "understudy/base/time_text.hpp"

#include <doctest/doctest.h>

namespace understudy::aws {
namespace {

constexpr const char* kCredential = "Credential=AKIAIOSFODNN7EXAMPLE/20261120/us-east-1/sts/aws4_request";
const std::string kAuthorization =
    "AWS4-HMAC-SHA256 " + std::string(kCredential) + ", SignedHeaders=host;x-amz-date, Signature=00ff";
const std::string kPresigned =
    "/?Action=GetCallerIdentity&X-Amz-Algorithm=AWS4-HMAC-SHA256"
    "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20261120%2Fus-east-1%2Fsts%2Faws4_request"
    "&X-Amz-Date=20261120T233724Z&X-Amz-SignedHeaders=host&X-Amz-Signature=00ff";

Request with_authorization(std::string_view value) {
  Request request;
  request.headers = {{"Host", "h"}, {"X-Amz-Date", "20261120T233724Z"}};
  request.headers.add("Authorization", value);
  return request;
}

Request with_target(std::string target) {
  Request request;
  request.target = std::move(target);
  request.headers = {{"Host", "h"}};
  return request;
}

std::string without(std::string text, std::string_view part) {
  text.erase(text.find(part), part.size());
  return text;
}

std::string code_of(const Request& request) {
  const auto read = read_signature(request);
  return read ? "" : read.error().code;
}

TEST_CASE("the parts of an Authorization header are read") {
  auto request = with_authorization(kAuthorization);
  request.headers.add("X-Amz-Security-Token", "a token");
  const auto read = read_signature(request);
  REQUIRE(read);
  CHECK(read->access_key_id == "AKIAIOSFODNN7EXAMPLE");
  CHECK(read->scope == CredentialScope{"20261120", "us-east-1", "sts"});
  CHECK(read->signed_headers == SignedHeaders{"host", "x-amz-date"});
  CHECK(read->signature == "00ff");
  CHECK(format_amz_date(read->time) == "20261120T233724Z");
  CHECK(read->session_token == "a token");
  CHECK_FALSE(read->presigned);
}

TEST_CASE("the parts of an Authorization header may stand in any order and without blanks") {
  const auto read = read_signature(
      with_authorization("AWS4-HMAC-SHA256 Signature=00ff,SignedHeaders=host," + std::string(kCredential)));
  REQUIRE(read);
  CHECK(read->signature == "00ff");
  CHECK(read->session_token.empty());
}

TEST_CASE("the parts of a presigned query are read") {
  const auto read = read_signature(with_target(kPresigned + "&X-Amz-Expires=60&X-Amz-Security-Token=a%2Fb%2B%3D"));
  REQUIRE(read);
  CHECK(read->access_key_id == "AKIAIOSFODNN7EXAMPLE");
  CHECK(read->scope == CredentialScope{"20261120", "us-east-1", "sts"});
  CHECK(read->signed_headers == SignedHeaders{"host"});
  CHECK(read->signature == "00ff");
  CHECK(format_amz_date(read->time) == "20261120T233724Z");
  CHECK(read->session_token == "a/b+=");
  CHECK(read->presigned);
}

TEST_CASE("a presigned query need not say how long it lasts") { CHECK(code_of(with_target(kPresigned)).empty()); }

TEST_CASE("the time may stand in a Date header where there is no X-Amz-Date") {
  for (const auto* date : {"Fri, 20 Nov 2026 23:37:24 GMT", "20261120T233724Z"}) {
    CAPTURE(date);
    auto request = with_authorization(kAuthorization);
    request.headers.remove("X-Amz-Date");
    request.headers.add("Date", date);
    const auto read = read_signature(request);
    REQUIRE(read);
    CHECK(format_amz_date(read->time) == "20261120T233724Z");
  }
}

TEST_CASE("X-Amz-Date wins over Date, also when it can not be read") {
  auto request = with_authorization(kAuthorization);
  request.headers.add("Date", "Sat, 21 Nov 2026 00:00:00 GMT");
  CHECK(code_of(request).empty());
  request.headers.set("X-Amz-Date", "yesterday");
  CHECK(code_of(request) == "IncompleteSignature");
}

TEST_CASE("a request without any signature misses its authentication token") {
  CHECK(code_of(with_target("/?Action=GetCallerIdentity")) == "MissingAuthenticationToken");
  CHECK(code_of(with_target("/?X-Amz-Date=20261120T233724Z")) == "MissingAuthenticationToken");
}

TEST_CASE("an Authorization header that is not whole is an incomplete signature") {
  const std::string credential = kCredential;
  const std::string rest = ", SignedHeaders=host, Signature=00ff";
  for (const auto& value : std::initializer_list<std::string>{
           "",
           "Bearer x",
           "AWS4-HMAC-SHA256",
           "AWS4-HMAC-SHA1 " + credential + rest,
           "AWS4-HMAC-SHA256X " + credential + rest,
           "AWS4-HMAC-SHA256 " + credential,
           "AWS4-HMAC-SHA256 " + credential + ", SignedHeaders=host",
           "AWS4-HMAC-SHA256 " + credential + ", Signature=00ff",
           "AWS4-HMAC-SHA256 SignedHeaders=host, Signature=00ff",
           "AWS4-HMAC-SHA256 " + credential + ", SignedHeaders=host, Signature=",
           "AWS4-HMAC-SHA256 " + credential + rest + ", Signature=11",
           "AWS4-HMAC-SHA256 " + credential + rest + ", nothing",
           "AWS4-HMAC-SHA256 " + credential + ", SignedHeaders=, Signature=00ff",
           "AWS4-HMAC-SHA256 " + credential + ", SignedHeaders=x-amz-date, Signature=00ff",
           "AWS4-HMAC-SHA256 " + credential + ", SignedHeaders=Host, Signature=00ff",
           "AWS4-HMAC-SHA256 " + credential + ", SignedHeaders=x-amz-date;host, Signature=00ff",
           "AWS4-HMAC-SHA256 " + credential + ", SignedHeaders=host;host, Signature=00ff",
           "AWS4-HMAC-SHA256 " + credential + ", SignedHeaders=host;, Signature=00ff",
           "AWS4-HMAC-SHA256 Credential=AKIA" + rest,
           "AWS4-HMAC-SHA256 Credential=AKIA/20261120/us-east-1/sts/aws5_request" + rest,
           "AWS4-HMAC-SHA256 Credential=AKIA/2026112/us-east-1/sts/aws4_request" + rest,
           "AWS4-HMAC-SHA256 Credential=AKIA/2026112x/us-east-1/sts/aws4_request" + rest,
           "AWS4-HMAC-SHA256 Credential=AKIA/20261120//sts/aws4_request" + rest,
           "AWS4-HMAC-SHA256 Credential=/20261120/us-east-1/sts/aws4_request" + rest,
           "AWS4-HMAC-SHA256 Credential=A/B/20261120/us-east-1/sts/aws4_request" + rest,
       }) {
    CAPTURE(value);
    CHECK(code_of(with_authorization(value)) == "IncompleteSignature");
  }
}

TEST_CASE("a presigned query that is not whole is an incomplete signature") {
  for (const auto& target : std::initializer_list<std::string>{
           without(kPresigned, "X-Amz-Algorithm=AWS4-HMAC-SHA256&"),
           without(kPresigned, "-SHA256"),
           without(kPresigned, "&X-Amz-Date=20261120T233724Z"),
           without(kPresigned, "T233724Z"),
           without(kPresigned, "&X-Amz-SignedHeaders=host"),
           without(kPresigned, "&X-Amz-Signature=00ff"),
           without(kPresigned, "%2Faws4_request"),
           kPresigned + "&X-Amz-Expires=0",
           kPresigned + "&X-Amz-Expires=604801",
           kPresigned + "&X-Amz-Expires=-1",
           kPresigned + "&X-Amz-Expires=",
       }) {
    CAPTURE(target);
    CHECK(code_of(with_target(target)) == "IncompleteSignature");
  }
}

TEST_CASE("what could be read in two ways is refused") {
  auto both = with_target(kPresigned);
  both.headers.add("Authorization", kAuthorization);
  CHECK(code_of(both) == "IncompleteSignature");

  CHECK(code_of(with_target(kPresigned + "&X-Amz-Expires=60&X-Amz-Expires=61")) == "IncompleteSignature");
  CHECK(code_of(with_target(kPresigned + "&X-Amz-%53ignature=11")) == "IncompleteSignature");

  for (const auto* name : {"Authorization", "X-Amz-Date", "X-Amz-Security-Token"}) {
    CAPTURE(name);
    auto twice = with_authorization(kAuthorization);
    twice.headers.add("X-Amz-Security-Token", "a token");
    REQUIRE(code_of(twice).empty());
    twice.headers.add(name, twice.headers.get(name).value_or(""));
    CHECK(code_of(twice) == "IncompleteSignature");
  }
}

TEST_CASE("a scope of another day than the request's does not match") {
  auto request = with_authorization(kAuthorization);
  request.headers.set("X-Amz-Date", "20261121T000000Z");
  const auto read = read_signature(request);
  REQUIRE_FALSE(read);
  CHECK(read.error().code == "SignatureDoesNotMatch");
  CHECK(read.error().kind == Error::Kind::kDenied);
}

TEST_CASE("no error repeats what was presented") {
  const auto read = read_signature(with_authorization("AWS4-HMAC-SHA256 Credential=AKIASECRET, Signature=5ec4e7"));
  REQUIRE_FALSE(read);
  CHECK(read.error().message.find("5ec4e7") == std::string::npos);
  CHECK(read.error().message.find("AKIASECRET") == std::string::npos);
}

}  // namespace
}  // namespace understudy::aws
