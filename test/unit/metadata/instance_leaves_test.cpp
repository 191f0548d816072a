#include "understudy/metadata/instance_leaves.hpp"

#include <string>

#include "understudy/base/time_text.hpp"

#include <doctest/doctest.h>

namespace understudy::metadata {
namespace {

Instance instance() {
  InstanceSettings settings;
  settings.id = "i-0123456789abcdef0";
  return derive_instance(settings, {"us-east-1", "app", "arn:aws:iam::111122223333:role/app",
                                    parse_iso8601("2026-11-20T23:37:24Z").value()});
}

std::string read(const Tree& tree, const std::string& path) {
  const auto* const content = tree.find("latest/" + path);
  return content != nullptr ? *content->text : "(nothing)";
}

TEST_CASE("an instance with a role lists every category that it has data for") {
  const Tree tree(instance_leaves(instance(), "app"));
  CHECK(read(tree, "meta-data") ==
        "ami-id\nami-launch-index\nami-manifest-path\nhostname\niam/\nidentity-credentials/\ninstance-action\n"
        "instance-id\ninstance-life-cycle\ninstance-type\nlocal-hostname\nlocal-ipv4\nmac\nplacement/\nprofile\n"
        "reservation-id\nsecurity-groups\nservices/\nsystem");
  CHECK(read(tree, "meta-data/placement") == "availability-zone\navailability-zone-id\nregion");
  CHECK(read(tree, "meta-data/services") == "domain\npartition");
  CHECK(read(tree, "meta-data/iam/security-credentials") == "app");
  CHECK(read(tree, "meta-data/identity-credentials/ec2") == "info\nsecurity-credentials/");
  CHECK(read(tree, "meta-data/identity-credentials/ec2/security-credentials") == "ec2-instance");
  CHECK(read(tree, "dynamic/instance-identity") == "document");
}

TEST_CASE("the paths tell what the instance is") {
  const auto from = instance();
  const Tree tree(instance_leaves(from, "app"));
  CHECK(read(tree, "meta-data/instance-id") == "i-0123456789abcdef0");
  CHECK(read(tree, "meta-data/local-hostname") == from.hostname);
  CHECK(read(tree, "meta-data/local-ipv4") == from.private_ip);
  CHECK(read(tree, "meta-data/mac") == from.mac);
  CHECK(read(tree, "meta-data/placement/availability-zone") == "us-east-1a");
  CHECK(read(tree, "meta-data/services/domain") == "amazonaws.com");
  CHECK(read(tree, "dynamic/instance-identity/document") == render_identity_document(from));
}

TEST_CASE("iam/info and the identity's info are written in the wire's layout") {
  const Tree tree(instance_leaves(instance(), "app"));
  const std::string arn = "arn:aws:iam::111122223333:instance-profile/app";
  CHECK(read(tree, "meta-data/iam/info") ==
        "{\n  \"Code\" : \"Success\",\n  \"LastUpdated\" : \"2026-11-20T23:37:24Z\",\n"
        "  \"InstanceProfileArn\" : \"" +
            arn + "\",\n  \"InstanceProfileId\" : \"" + instance_profile_id(arn) + "\"\n}");
  CHECK(read(tree, "meta-data/identity-credentials/ec2/info") ==
        "{\n  \"Code\" : \"Success\",\n  \"LastUpdated\" : \"2026-11-20T23:37:24Z\",\n"
        "  \"AccountId\" : \"111122223333\"\n}");
}

TEST_CASE("an instance without a role has neither iam nor identity credentials") {
  const Tree tree(instance_leaves(instance(), ""));
  CHECK(read(tree, "meta-data/iam") == "(nothing)");
  CHECK(read(tree, "meta-data/iam/info") == "(nothing)");
  CHECK(read(tree, "meta-data/iam/security-credentials") == "(nothing)");
  CHECK(read(tree, "meta-data/instance-id") == "i-0123456789abcdef0");
}

TEST_CASE("a profile's id has AWS's form, and stays the same") {
  const auto id = instance_profile_id("arn:aws:iam::111122223333:instance-profile/app");
  CHECK(id.size() == 21);
  CHECK(id.starts_with("AIPA"));
  CHECK(id.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") == std::string::npos);
  CHECK(id == instance_profile_id("arn:aws:iam::111122223333:instance-profile/app"));
  CHECK(id != instance_profile_id("arn:aws:iam::111122223333:instance-profile/audit"));
}

}  // namespace
}  // namespace understudy::metadata
