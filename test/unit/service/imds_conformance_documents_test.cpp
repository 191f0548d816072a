#include <chrono>
#include <string>
#include <vector>

#include "imds_conformance.hpp"
#include "understudy/metadata/instance_leaves.hpp"

#include <doctest/doctest.h>

/// The JSON documents, byte for byte, and what stands in their place where there are no credentials.
namespace understudy::service {
namespace {

constexpr const char* kCredentials =
    "{\n"
    "  \"Code\" : \"Success\",\n"
    "  \"LastUpdated\" : \"2026-11-20T23:37:24Z\",\n"
    "  \"Type\" : \"AWS-HMAC\",\n"
    "  \"AccessKeyId\" : \"ASIAIOSFODNN7EXAMPLE1\",\n"
    "  \"SecretAccessKey\" : \"secret-1\",\n"
    "  \"Token\" : \"token-1\",\n"
    "  \"Expiration\" : \"2026-11-21T00:37:24Z\"\n"
    "}";

constexpr const char* kExtendedCredentials =
    "{\n"
    "  \"Code\" : \"Success\",\n"
    "  \"LastUpdated\" : \"2026-11-20T23:37:24Z\",\n"
    "  \"Type\" : \"AWS-HMAC\",\n"
    "  \"AccessKeyId\" : \"ASIAIOSFODNN7EXAMPLE1\",\n"
    "  \"SecretAccessKey\" : \"secret-1\",\n"
    "  \"Token\" : \"token-1\",\n"
    "  \"Expiration\" : \"2026-11-21T00:37:24Z\",\n"
    "  \"AccountId\" : \"111122223333\"\n"
    "}";

constexpr const char* kIdentityInfo =
    "{\n"
    "  \"Code\" : \"Success\",\n"
    "  \"LastUpdated\" : \"2026-11-20T23:37:24Z\",\n"
    "  \"AccountId\" : \"111122223333\"\n"
    "}";

constexpr const char* kDenied =
    "{\n"
    "  \"Code\" : \"AssumeRoleUnauthorizedAccess\",\n"
    "  \"Message\" : \"EC2 cannot assume the role app.  Please see documentation at "
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/"
    "troubleshoot_iam-ec2.html#troubleshoot_iam-ec2_errors-info-doc.\",\n"
    "  \"LastUpdated\" : \"2026-11-20T23:37:24Z\"\n"
    "}";

constexpr const char* kIdentityDocument =
    "{\n"
    "  \"accountId\" : \"111122223333\",\n"
    "  \"architecture\" : \"arm64\",\n"
    "  \"availabilityZone\" : \"eu-west-1b\",\n"
    "  \"billingProducts\" : null,\n"
    "  \"devpayProductCodes\" : null,\n"
    "  \"marketplaceProductCodes\" : [ \"abc\", \"def\" ],\n"
    "  \"imageId\" : \"ami-0123456789abcdef0\",\n"
    "  \"instanceId\" : \"i-0123456789abcdef0\",\n"
    "  \"instanceType\" : \"m7g.large\",\n"
    "  \"kernelId\" : null,\n"
    "  \"pendingTime\" : \"2026-11-20T23:37:24Z\",\n"
    "  \"privateIp\" : \"10.0.12.7\",\n"
    "  \"ramdiskId\" : \"ari-0123456789abcdef0\",\n"
    "  \"region\" : \"eu-west-1\",\n"
    "  \"version\" : \"2017-09-30\"\n"
    "}";

constexpr const char* kExtendedPath = "/latest/meta-data/iam/security-credentials-extended/app";

Row get(std::string target, Reply reply) { return {"GET", std::move(target), With::kToken, std::move(reply)}; }

std::string profile_document() {
  const std::string arn = "arn:aws:iam::111122223333:instance-profile/app";
  return "{\n  \"Code\" : \"Success\",\n  \"LastUpdated\" : \"2026-11-20T23:37:24Z\",\n  \"InstanceProfileArn\" : \"" +
         arn + "\",\n  \"InstanceProfileId\" : \"" + metadata::instance_profile_id(arn) + "\"\n}";
}

TEST_CASE("each document has its members in their order, and no newline at the end") {
  ImdsStage stage;
  check_rows(stage, {
                        get("/latest/meta-data/iam/info", value(profile_document())),
                        get("/2012-01-12/meta-data/iam/info/", value(profile_document())),
                        get("/2011-05-01/meta-data/iam/info", page()),
                        get("/latest/meta-data/iam/security-credentials", value("app")),
                        get("/latest/meta-data/iam/security-credentials/", value("app")),
                        get(kRolePath, value(kCredentials)),
                        get(std::string(kRolePath) + "/", value(kCredentials)),
                        get("/2012-01-12/meta-data/iam/security-credentials/app", value(kCredentials)),
                        get("/latest/meta-data/iam/security-credentials/App", page()),
                        get("/latest/meta-data/iam/security-credentials/app/Token", page()),
                        get("/latest/meta-data/identity-credentials/ec2/info", value(kIdentityInfo)),
                        get("/2018-03-28/meta-data/identity-credentials/ec2/info", value(kIdentityInfo)),
                        get("/2016-09-02/meta-data/identity-credentials/ec2/info", page()),
                        get("/latest/meta-data/identity-credentials/ec2/security-credentials/ec2-instance",
                            value(kCredentials)),
                        get(kExtendedPath, page()),
                        get("/latest/meta-data/iam/security-credentials-extended/", page()),
                    });
}

TEST_CASE("the identity document says what the instance is, in every version that has it") {
  ImdsStage stage(settings_of(R"({role: app, instance: {type: m7g.large, image_id: ami-0123456789abcdef0,
    availability_zone: eu-west-1b, private_ip: 10.0.12.7, product_codes: [abc, def],
    ramdisk_id: ari-0123456789abcdef0}})"));
  check_rows(stage, {
                        get("/latest/dynamic/instance-identity/document", value(kIdentityDocument)),
                        get("/latest/dynamic/instance-identity/document/", value(kIdentityDocument)),
                        get("/2009-04-04/dynamic/instance-identity/document", value(kIdentityDocument)),
                        get("/2008-09-01/dynamic/instance-identity/document", page()),
                    });
  ImdsStage plain;
  const auto document = plain.get("/latest/dynamic/instance-identity/document", plain.signed_in()).body;
  CHECK(document.view().find("\"marketplaceProductCodes\" : null,\n") != std::string_view::npos);
  CHECK(document.view().find("\"ramdiskId\" : null,\n") != std::string_view::npos);
}

TEST_CASE("extended credentials are there where they are asked for, and tell the account") {
  ImdsStage stage(settings_of("{role: app, extended_credentials: true}"));
  const std::string folder = "/latest/meta-data/iam";
  check_rows(stage, {
                        get(folder, value("info\nsecurity-credentials-extended/\nsecurity-credentials/")),
                        get(folder + "/security-credentials-extended", value("app")),
                        get(folder + "/security-credentials-extended/", value("app")),
                        get(kExtendedPath, value(kExtendedCredentials)),
                        get(folder + "/security-credentials-extended/audit", page()),
                        get("/2011-05-01/meta-data/iam/security-credentials-extended/app", page()),
                        get(kRolePath, value(kCredentials)),
                    });
  auto unknown = fakes::some_credentials(stage.clock.wall());
  unknown.account_id.clear();
  stage.role.publish(unknown);
  check_rows(stage, {get(kExtendedPath, value(kCredentials))});
}

TEST_CASE("a role that may not be played is a success that says so") {
  auto settings = optional_tokens();
  settings.extended_credentials = true;
  ImdsStage stage(settings);
  fakes::FakeRole denied("app", "arn:aws:iam::111122223333:role/team/app");
  denied.fail({Error::Kind::kDenied, "AccessDenied", "User is not authorized"});
  ImdsShow show(settings, instance_at(stage.clock.wall()), "app");
  Imds imds(settings, show, &denied, stage.signer, {}, stage.clock, stage.log);
  for (const auto& row : std::vector<Row>{
           {"GET", kRolePath, With::kNothing, value(kDenied)},
           {"GET", kExtendedPath, With::kNothing, value(kDenied)},
           {"GET", "/latest/meta-data/iam/security-credentials/", With::kNothing, value("app")},
           {"GET", "/latest/meta-data/iam/info", With::kNothing, value(profile_document())},
       }) {
    check_reply(answer_now(imds, request_of(row.method, row.target)), row);
  }
}

TEST_CASE("an instance without a role has no iam, and knows its account all the same") {
  auto settings = settings_of("{extended_credentials: true, instance: {account_id: '111122223333'}}");
  ImdsStage stage(settings, false);
  check_rows(stage, {
                        get("/latest/meta-data/iam", page()),
                        get("/latest/meta-data/iam/", page()),
                        get("/latest/meta-data/iam/info", page()),
                        get("/latest/meta-data/iam/security-credentials", page()),
                        get("/latest/meta-data/iam/security-credentials/", page()),
                        get(kRolePath, page()),
                        get(kExtendedPath, page()),
                        get("/latest/meta-data/identity-credentials/ec2/info", value(kIdentityInfo)),
                    });
}

TEST_CASE("credentials answer the same bytes until newer ones are there, and are never older than their end") {
  ImdsStage stage(optional_tokens());
  const auto first = stage.get(kRolePath);
  stage.clock.advance(std::chrono::minutes(30));
  CHECK(stage.get(kRolePath) == first);
  stage.role.fail({Error::Kind::kUnavailable, "Timeout", "STS did not answer"});
  CHECK(stage.get(kRolePath) == first);
  stage.role.publish(fakes::some_credentials(stage.clock.wall(), "2"));
  const auto second = stage.get(kRolePath);
  CHECK(second.body.view().find("\"LastUpdated\" : \"2026-11-21T00:07:24Z\"") != std::string_view::npos);
  CHECK(second.body.view().find("\"Expiration\" : \"2026-11-21T01:07:24Z\"") != std::string_view::npos);
  CHECK(header(second, "Last-Modified") == "Sat, 21 Nov 2026 00:07:24 GMT");
  stage.clock.advance(std::chrono::hours(1));
  check_empty(stage.get(kRolePath), 503);
}

}  // namespace
}  // namespace understudy::service
