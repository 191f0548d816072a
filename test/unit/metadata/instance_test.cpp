#include "understudy/metadata/instance.hpp"

#include <string>

#include "understudy/base/time_text.hpp"

#include <doctest/doctest.h>

namespace understudy::metadata {
namespace {

InstanceOrigin origin(std::string region = "us-east-1", std::string key = "app") {
  return {std::move(region), std::move(key), "arn:aws:iam::111122223333:role/team/app",
          parse_iso8601("2026-11-20T23:37:24Z").value()};
}

bool has_form(const std::string& id, const std::string& prefix) {
  return id.size() == prefix.size() + 17 && id.starts_with(prefix) &&
         id.find_first_not_of("0123456789abcdef", prefix.size()) == std::string::npos;
}

TEST_CASE("the same role and region give the same instance, others another") {
  const auto instance = derive_instance({}, origin());
  CHECK(instance == derive_instance({}, origin()));
  CHECK(instance.id != derive_instance({}, origin("us-east-1", "audit")).id);
  CHECK(instance.id != derive_instance({}, origin("eu-west-1")).id);
  CHECK(instance.id.substr(2) != instance.image_id.substr(4));
}

TEST_CASE("what is derived has the form that AWS gives it") {
  const auto instance = derive_instance({}, origin());
  CHECK(has_form(instance.id, "i-"));
  CHECK(has_form(instance.image_id, "ami-"));
  CHECK(has_form(instance.reservation_id, "r-"));
  CHECK(instance.region == "us-east-1");
  CHECK(instance.availability_zone == "us-east-1a");
  CHECK(instance.availability_zone_id == "use1-az1");
  CHECK(instance.account_id == "111122223333");
  CHECK(instance.type == "t3.micro");
  CHECK(instance.architecture == "x86_64");
  CHECK(instance.life_cycle == "on-demand");
  CHECK(instance.partition == "aws");
  CHECK(instance.domain == "amazonaws.com");
  CHECK(instance.private_ip.starts_with("10.0."));
  CHECK(instance.hostname.starts_with("ip-10-0-"));
  CHECK(instance.hostname.ends_with(".ec2.internal"));
  CHECK(instance.mac.size() == 17);
  CHECK(instance.mac.starts_with("02:"));
  CHECK(format_iso8601(instance.pending_time) == "2026-11-20T23:37:24Z");
}

TEST_CASE("what is set wins, and the rest follows from it") {
  InstanceSettings settings;
  settings.id = "i-0123456789abcdef0";
  settings.type = "m7g.large";
  settings.availability_zone = "us-east-1c";
  settings.account_id = "444455556666";
  settings.private_ip = "10.1.2.3";
  const auto instance = derive_instance(settings, origin());
  CHECK(instance.id == "i-0123456789abcdef0");
  CHECK(instance.architecture == "arm64");
  CHECK(instance.availability_zone_id == "use1-az3");
  CHECK(instance.account_id == "444455556666");
  CHECK(instance.hostname == "ip-10-1-2-3.ec2.internal");
}

TEST_CASE("the region names the host, and China and GovCloud their partition") {
  struct Row {
    const char* region;
    const char* host_suffix;
    const char* partition;
    const char* domain;
  };
  for (const Row& row : {
           Row{"eu-west-1", ".eu-west-1.compute.internal", "aws", "amazonaws.com"},
           Row{"cn-north-1", ".cn-north-1.compute.internal", "aws-cn", "amazonaws.com.cn"},
           Row{"us-gov-west-1", ".us-gov-west-1.compute.internal", "aws-us-gov", "amazonaws.com"},
       }) {
    CAPTURE(row.region);
    const auto instance = derive_instance({}, origin(row.region));
    CHECK(instance.hostname.ends_with(row.host_suffix));
    CHECK(instance.partition == row.partition);
    CHECK(instance.domain == row.domain);
  }
}

TEST_CASE("an instance lies in its zone's region, and without either in us-east-1") {
  InstanceSettings settings;
  CHECK(derive_instance(settings, origin("")).region == "us-east-1");
  CHECK(derive_instance(settings, origin("eu-central-1")).region == "eu-central-1");
  struct Row {
    const char* zone;
    const char* region;
  };
  for (const Row& row :
       {Row{"eu-west-1b", "eu-west-1"}, Row{"us-gov-west-1a", "us-gov-west-1"}, Row{"us-west-2-lax-1a", "us-west-2"}}) {
    CAPTURE(row.zone);
    settings.availability_zone = row.zone;
    for (const auto* configured : {"", "us-east-1"}) {
      const auto instance = derive_instance(settings, origin(configured));
      CHECK(instance.region == row.region);
      CHECK(instance.availability_zone == row.zone);
      CHECK(instance.hostname.ends_with(std::string(".") + row.region + ".compute.internal"));
    }
  }
}

TEST_CASE("a role without an ARN leaves the account unknown") {
  auto from = origin();
  for (const std::string arn : {"", "app", "arn:aws:iam", "arn:aws:iam:::role/x"}) {
    CAPTURE(arn);
    from.role_arn = arn;
    CHECK(derive_instance({}, from).account_id == "000000000000");
  }
}

TEST_CASE("zone ids use AWS's short region names") {
  struct Row {
    const char* zone;
    const char* id;
  };
  for (const Row& row :
       {Row{"us-east-1a", "use1-az1"}, Row{"eu-central-1b", "euc1-az2"}, Row{"ap-southeast-2c", "apse2-az3"},
        Row{"us-gov-west-1a", "usgw1-az1"}, Row{"ap-northeast-1d", "apne1-az4"}, Row{"cn-north-1a", "cnn1-az1"},
        Row{"us-west-2-lax-1a", "usw2-lax1-az1"}, Row{"ap-southeast-1-bkk-1b", "apse1-bkk1-az2"},
        Row{"nowhere", "nowhere"}, Row{"", ""}}) {
    CAPTURE(row.zone);
    CHECK(zone_id_of(row.zone) == row.id);
  }
}

TEST_CASE("Graviton families are arm64, the others x86_64") {
  for (const char* type : {"t4g.nano", "m7gd.large", "a1.medium", "im4gn.large", "g5g.xlarge", "c7gn.16xlarge",
                           "mac2.metal", "mac2-m1ultra.metal", "mac-m4pro.metal"}) {
    CAPTURE(type);
    CHECK(architecture_of(type) == "arm64");
  }
  for (const char* type :
       {"t3.micro", "g5.xlarge", "m5dn.large", "p4de.24xlarge", "u-6tb1.metal", "mac1.metal", "odd"}) {
    CAPTURE(type);
    CHECK(architecture_of(type) == "x86_64");
  }
}

TEST_CASE("the identity document has the wire's members, order and spacing") {
  InstanceSettings settings;
  settings.id = "i-0123456789abcdef0";
  settings.image_id = "ami-0123456789abcdef0";
  settings.private_ip = "10.0.0.7";
  CHECK(render_identity_document(derive_instance(settings, origin())) == R"({
  "accountId" : "111122223333",
  "architecture" : "x86_64",
  "availabilityZone" : "us-east-1a",
  "billingProducts" : null,
  "devpayProductCodes" : null,
  "marketplaceProductCodes" : null,
  "imageId" : "ami-0123456789abcdef0",
  "instanceId" : "i-0123456789abcdef0",
  "instanceType" : "t3.micro",
  "kernelId" : null,
  "pendingTime" : "2026-11-20T23:37:24Z",
  "privateIp" : "10.0.0.7",
  "ramdiskId" : null,
  "region" : "us-east-1",
  "version" : "2017-09-30"
})");
}

TEST_CASE("product codes stand in the identity document as a list on one line") {
  InstanceSettings settings;
  settings.product_codes = {"abc", "def"};
  const auto document = render_identity_document(derive_instance(settings, origin()));
  CHECK(document.find("\n  \"marketplaceProductCodes\" : [ \"abc\", \"def\" ],\n") != std::string::npos);
}

}  // namespace
}  // namespace understudy::metadata
