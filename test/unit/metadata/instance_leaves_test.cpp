#include "understudy/metadata/instance_leaves.hpp"

#include <optional>
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
        "ami-id\nami-launch-index\nami-manifest-path\nblock-device-mapping/\nevents/\nhostname\niam/\n"
        "identity-credentials/\ninstance-action\ninstance-id\ninstance-life-cycle\ninstance-type\nlocal-hostname\n"
        "local-ipv4\nmac\nmetrics/\nnetwork/\nplacement/\nprofile\nreservation-id\nsecurity-groups\nservices/\nsystem");
  CHECK(read(tree, "meta-data/placement") == "availability-zone\navailability-zone-id\nregion");
  CHECK(read(tree, "meta-data/services") == "domain\npartition");
  CHECK(read(tree, "meta-data/iam/security-credentials") == "app");
  CHECK(read(tree, "meta-data/identity-credentials/ec2") == "info\nsecurity-credentials/");
  CHECK(read(tree, "meta-data/identity-credentials/ec2/security-credentials") == "ec2-instance");
  CHECK(read(tree, "dynamic/instance-identity") == "document\npkcs7\nrsa2048\nsignature");
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

TEST_CASE("an instance without a role has no iam and no credentials of its identity") {
  const Tree tree(instance_leaves(instance(), ""));
  CHECK(read(tree, "meta-data/iam") == "(nothing)");
  CHECK(read(tree, "meta-data/iam/info") == "(nothing)");
  CHECK(read(tree, "meta-data/iam/security-credentials") == "(nothing)");
  CHECK(read(tree, "meta-data/identity-credentials/ec2") == "info");
  CHECK(read(tree, "meta-data/instance-id") == "i-0123456789abcdef0");
}

TEST_CASE("what the configuration adds to an instance has its paths, and nothing else has") {
  InstanceSettings settings;
  settings.tags = {{"Name", "web \"1\""}, {"a:b", ""}};
  settings.public_keys = {{"mine", " ssh-ed25519 AAAA me \n"}};
  settings.placement.group_name = "spread";
  settings.auto_scaling_state = "InService";
  settings.hibernation = false;
  settings.product_codes = {"abc", "def"};
  settings.kernel_id = "aki-0123456789abcdef0";
  settings.user_data = "#!/bin/sh\n";
  settings.block_devices = {{"ebs1", "sdf"}};
  const InstanceOrigin origin{"us-east-1", "app", "", {}};
  const Tree tree(instance_leaves(derive_instance(settings, origin), ""));
  CHECK(read(tree, "meta-data/tags/instance") == "Name\na:b");
  CHECK(read(tree, "meta-data/tags/instance/Name") == "web \"1\"");
  CHECK(read(tree, "meta-data/tags/instance/a:b").empty());
  CHECK(read(tree, "meta-data/tag-sets/instance") == R"({"Name":"web \"1\"","a:b":""})");
  CHECK(read(tree, "meta-data/public-keys") == "0=mine");
  CHECK(read(tree, "meta-data/public-keys/0/openssh-key") == "ssh-ed25519 AAAA me\n");
  CHECK(read(tree, "meta-data/placement/group-name") == "spread");
  CHECK(read(tree, "meta-data/placement/partition-number") == "(nothing)");
  CHECK(read(tree, "meta-data/autoscaling/target-lifecycle-state") == "InService");
  CHECK(read(tree, "meta-data/hibernation/configured") == "false");
  CHECK(read(tree, "meta-data/product-codes") == "abc\ndef");
  CHECK(read(tree, "meta-data/kernel-id") == "aki-0123456789abcdef0");
  CHECK(read(tree, "meta-data/block-device-mapping") == "ebs1");
  CHECK(read(tree, "user-data") == "#!/bin/sh\n");
  CHECK(tree.find("latest/user-data")->kind == Content::Kind::kUserData);
  settings.tags_are_shown = false;
  const Tree hidden(instance_leaves(derive_instance(settings, origin), ""));
  CHECK(read(hidden, "meta-data/tags") == "(nothing)");
  CHECK(read(hidden, "meta-data/tag-sets/instance") == "(nothing)");
  CHECK(read(Tree(instance_leaves(instance(), "")), "user-data") == "(nothing)");
}

TEST_CASE("single paths are set, added and taken away, whatever stood there") {
  auto leaves = instance_leaves(instance(), "app");
  override_leaves(leaves, {{"meta-data/system", std::nullopt},
                           {"meta-data/iam", std::nullopt},
                           {"meta-data/instance-type", "x1.huge"},
                           {"meta-data/network", "a leaf in a folder's place"},
                           {"meta-data/mac/below", "a folder in a leaf's place"},
                           {"meta-data/ami-id/below", std::nullopt},
                           {"meta-data/not-there", std::nullopt},
                           {"user-data", "mine"}});
  const Tree tree(leaves);
  CHECK(read(tree, "meta-data/system") == "(nothing)");
  CHECK(read(tree, "meta-data/iam/security-credentials/app") == "(nothing)");
  CHECK(read(tree, "meta-data/instance-type") == "x1.huge");
  CHECK(read(tree, "meta-data/network") == "a leaf in a folder's place");
  CHECK(read(tree, "meta-data/mac") == "below");
  CHECK(read(tree, "meta-data/ami-id").starts_with("ami-"));
  CHECK(tree.find("latest/user-data")->kind == Content::Kind::kUserData);
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
