#include "understudy/aws/credential_documents.hpp"

#include <chrono>
#include <optional>

#include <doctest/doctest.h>

namespace understudy::aws {
namespace {

/// 2026-11-21T00:37:24.001Z
constexpr WallTime kEnd(std::chrono::milliseconds(1795221444001));

Credentials permanent() {
  Credentials credentials;
  credentials.access_key_id = "AKIAIOSFODNN7EXAMPLE";
  credentials.secret_access_key = Secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
  return credentials;
}

Credentials temporary() {
  auto credentials = permanent();
  credentials.access_key_id = "ASIAIOSFODNN7EXAMPLE";
  credentials.session_token = Secret("a/token+\"quoted\"=");
  credentials.obtained = WallTime(std::chrono::milliseconds(1795217844999));
  credentials.expiration = kEnd;
  credentials.account_id = "111122223333";
  credentials.role_arn = "arn:aws:iam::111122223333:role/app";
  return credentials;
}

constexpr std::string_view kImds =
    "{\n"
    "  \"Code\" : \"Success\",\n"
    "  \"LastUpdated\" : \"2026-11-20T23:37:24Z\",\n"
    "  \"Type\" : \"AWS-HMAC\",\n"
    "  \"AccessKeyId\" : \"ASIAIOSFODNN7EXAMPLE\",\n"
    "  \"SecretAccessKey\" : \"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\",\n"
    "  \"Token\" : \"a/token+\\\"quoted\\\"=\",\n"
    "  \"Expiration\" : \"2026-11-21T00:37:24Z\"\n"
    "}";

constexpr std::string_view kEcs =
    R"({"RoleArn":"arn:aws:iam::111122223333:role/app","AccessKeyId":"ASIAIOSFODNN7EXAMPLE",)"
    R"("SecretAccessKey":"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY","Token":"a/token+\"quoted\"=",)"
    R"("Expiration":"2026-11-21T00:37:24Z"})";

constexpr std::string_view kPodIdentity =
    R"({"AccessKeyId":"ASIAIOSFODNN7EXAMPLE","SecretAccessKey":"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",)"
    R"("Token":"a/token+\"quoted\"=","AccountId":"111122223333","Expiration":"2026-11-21T00:37:24Z"})";

TEST_CASE("each endpoint's document has its fields, their order and its spacing") {
  CHECK(render_imds_document(temporary()) == kImds);
  CHECK(render_ecs_document(temporary()) == kEcs);
  CHECK(render_pod_identity_document(temporary()) == kPodIdentity);
}

TEST_CASE("the extended document of IMDS is the plain one, and the account where it is known") {
  auto credentials = temporary();
  auto expected = std::string(kImds);
  expected.insert(expected.size() - 2, ",\n  \"AccountId\" : \"111122223333\"");
  CHECK(render_imds_extended_document(credentials) == expected);
  credentials.account_id.clear();
  CHECK(render_imds_extended_document(credentials) == kImds);
}

TEST_CASE("the documents of one generation are all rendered and shared") {
  const auto documents = render_documents(temporary());
  REQUIRE(documents.imds);
  REQUIRE(documents.imds_extended);
  REQUIRE(documents.ecs);
  REQUIRE(documents.pod_identity);
  CHECK(*documents.imds == kImds);
  CHECK(*documents.imds_extended == render_imds_extended_document(temporary()));
  CHECK(*documents.ecs == kEcs);
  CHECK(*documents.pod_identity == kPodIdentity);
}

TEST_CASE("an unknown role or account is an empty text and not a missing field") {
  auto credentials = temporary();
  credentials.role_arn.clear();
  credentials.account_id.clear();
  CHECK(render_ecs_document(credentials).starts_with(R"({"RoleArn":"","AccessKeyId":)"));
  CHECK(render_pod_identity_document(credentials).find(R"("AccountId":"",)") != std::string::npos);
}

TEST_CASE("a process document has what there is") {
  CHECK(render_process_document(temporary()) ==
        R"({"Version":1,"AccessKeyId":"ASIAIOSFODNN7EXAMPLE",)"
        R"("SecretAccessKey":"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY","SessionToken":"a/token+\"quoted\"=",)"
        R"("Expiration":"2026-11-21T00:37:24Z","AccountId":"111122223333"})");
  CHECK(render_process_document(permanent()) == R"({"Version":1,"AccessKeyId":"AKIAIOSFODNN7EXAMPLE",)"
                                                R"("SecretAccessKey":"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"})");
}

TEST_CASE("permanent keys can not be rendered for an endpoint") {
  CHECK_THROWS_AS(static_cast<void>(render_imds_document(permanent())), std::bad_optional_access);
  CHECK_THROWS_AS(static_cast<void>(render_ecs_document(permanent())), std::bad_optional_access);
  CHECK_THROWS_AS(static_cast<void>(render_pod_identity_document(permanent())), std::bad_optional_access);
}

TEST_CASE("credentials are temporary with a token and an end, and end at that very moment") {
  CHECK(temporary().is_temporary());
  CHECK_FALSE(permanent().is_temporary());
  auto endless = temporary();
  endless.expiration.reset();
  CHECK_FALSE(endless.is_temporary());

  CHECK_FALSE(temporary().has_ended(kEnd - std::chrono::milliseconds(1)));
  CHECK(temporary().has_ended(kEnd));
  CHECK_FALSE(permanent().has_ended(kEnd));
}

TEST_CASE("of a key id the log sees the last four characters, and of a short one nothing") {
  CHECK(masked_key_id(temporary()) == "...MPLE");
  Credentials odd;
  for (const auto* id : {"", "AKIA", "1234567"}) {
    odd.access_key_id = id;
    CHECK(masked_key_id(odd) == "...");
  }
}

}  // namespace
}  // namespace understudy::aws
