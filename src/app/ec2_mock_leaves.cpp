#include "understudy/app/ec2_mock_leaves.hpp"

#include <fmt/format.h>

#include <array>
#include <iterator>
#include <utility>

namespace understudy::app {
namespace {

constexpr std::string_view kMetadata = "metadata";
constexpr std::string_view kDynamic = "dynamic";

constexpr MockLeaf kInstanceRows[]{
    {kMetadata, "ami-id", "meta-data/ami-id", "ami-0a887e401f7654935", "image_id"},
    {kMetadata, "ami-launch-index", "meta-data/ami-launch-index", "0", ""},
    {kMetadata, "ami-manifest-path", "meta-data/ami-manifest-path", "(unknown)", ""},
    {kMetadata, "block-device-mapping-ami", "meta-data/block-device-mapping/ami", "/dev/xvda", "block_devices.ami"},
    {kMetadata, "block-device-mapping-ebs", "meta-data/block-device-mapping/ebs0", "sdb", "block_devices.ebs0"},
    {kMetadata, "block-device-mapping-ephemeral", "meta-data/block-device-mapping/ephemeral0", "sdb",
     "block_devices.ephemeral0"},
    {kMetadata, "block-device-mapping-root", "meta-data/block-device-mapping/root", "/dev/xvda", "block_devices.root"},
    {kMetadata, "block-device-mapping-swap", "meta-data/block-device-mapping/swap", "sdcs", "block_devices.swap"},
    {kMetadata, "hostname", "meta-data/hostname", "ip-172-16-34-43.ec2.internal", "hostname"},
    {kMetadata, "instance-action", "meta-data/instance-action", "none", ""},
    {kMetadata, "instance-id", "meta-data/instance-id", "i-1234567890abcdef0", "id"},
    {kMetadata, "instance-life-cycle", "meta-data/instance-life-cycle", "on-demand", "life_cycle"},
    {kMetadata, "instance-type", "meta-data/instance-type", "m4.xlarge", "type"},
    {kMetadata, "kernel-id", "meta-data/kernel-id", "aki-5c21674b", "kernel_id"},
    {kMetadata, "local-hostname", "meta-data/local-hostname", "ip-172-16-34-43.ec2.internal", ""},
    {kMetadata, "local-ipv4", "meta-data/local-ipv4", "172.16.34.43", "private_ip"},
    {kMetadata, "placement-availability-zone", "meta-data/placement/availability-zone", "us-east-1a",
     "availability_zone"},
    {kMetadata, "placement-availability-zone-id", "meta-data/placement/availability-zone-id", "use1-az4",
     "availability_zone_id"},
    {kMetadata, "placement-group-name", "meta-data/placement/group-name", "a-placement-group", "placement.group"},
    {kMetadata, "placement-host-id", "meta-data/placement/host-id", "h-0da999999f9999fb9", "placement.host_id"},
    {kMetadata, "placement-partition-number", "meta-data/placement/partition-number", "1", "placement.partition"},
    {kMetadata, "placement-region", "meta-data/placement/region", "us-east-1", ""},
    {kMetadata, "product-codes", "meta-data/product-codes", "3iplms73etrdhxdepv72l6ywj", "product_codes"},
    {kMetadata, "public-key", "meta-data/public-keys/0/openssh-key",
     "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA nobody", "public_keys.mock"},
    {kMetadata, "ramdisk-id", "meta-data/ramdisk-id", "ari-01bb5768", "ramdisk_id"},
    {kMetadata, "reservation-id", "meta-data/reservation-id", "r-046cb3eca3e201d2f", ""},
    {kMetadata, "services-domain", "meta-data/services/domain", "amazonaws.com", ""},
    {kMetadata, "services-partition", "meta-data/services/partition", "aws", ""},
    {kMetadata, "tags-instance-name", "meta-data/tags/instance/Name", "test-instance", "tags.Name"},
    {kMetadata, "tags-instance-test", "meta-data/tags/instance/Test", "test-tag", "tags.Test"},
    {kDynamic, "instance-identity-pkcs", "dynamic/instance-identity/pkcs7", "", ""},
    {kDynamic, "instance-identity-signature", "dynamic/instance-identity/signature", "", ""},
    {kDynamic, "fws-instance-monitoring", "dynamic/fws/instance-monitoring", "disabled", ""},
};

constexpr std::string_view kName = "ec2-192-0-2-54.compute-1.amazonaws.com";
constexpr std::string_view kHost = "ip-172-16-34-43.ec2.internal";

/// Those of the network, and those of the one interface.
constexpr MockLeaf kNetworkRows[]{
    {kMetadata, "mac", "meta-data/mac", "0e:49:61:0f:c3:11", "mac"},
    {kMetadata, "public-hostname", "meta-data/public-hostname", kName, ""},
    {kMetadata, "public-ipv4", "meta-data/public-ipv4", "192.0.2.54", "public_ip"},
    {kMetadata, "security-groups", "meta-data/security-groups", "ura-launch-wizard-harry-1", "security_groups"},
    {kMetadata, "mac-device-number", "{interface}/device-number", "0", ""},
    {kMetadata, "mac-network-interface-id", "{interface}/interface-id", "eni-0f95d3625f5c521cc", ""},
    {kMetadata, "mac-network-interface-card-index", "{interface}/network-card", "0", ""},
    {kMetadata, "mac-ipv4-associations", "{interface}/ipv4-associations/{public-ipv4}", "192.0.2.54", ""},
    {kMetadata, "mac-ipv6-associations", "{interface}/ipv6s", "2001:db8:8:4::2", "ipv6"},
    {kMetadata, "mac-local-hostname", "{interface}/local-hostname", kHost, ""},
    {kMetadata, "mac-local-ipv4s", "{interface}/local-ipv4s", "172.16.34.43", ""},
    {kMetadata, "mac-mac", "{interface}/mac", "{mac}", ""},
    {kMetadata, "mac-owner-id", "{interface}/owner-id", "515336597381", "account_id"},
    {kMetadata, "mac-public-hostname", "{interface}/public-hostname", kName, ""},
    {kMetadata, "mac-public-ipv4s", "{interface}/public-ipv4s", "{public-ipv4}", ""},
    {kMetadata, "mac-security-group-ids", "{interface}/security-group-ids", "sg-0b07f8f6cb485d4df", ""},
    {kMetadata, "mac-security-groups", "{interface}/security-groups", "ura-launch-wizard-harry-1", ""},
    {kMetadata, "mac-subnet-id", "{interface}/subnet-id", "subnet-0ac62554", "subnet.id"},
    {kMetadata, "mac-subnet-ipv4-cidr-block", "{interface}/subnet-ipv4-cidr-block", "192.0.2.0/24", "subnet.cidr"},
    {kMetadata, "mac-subnet-ipv6-cidr-blocks", "{interface}/subnet-ipv6-cidr-blocks", "2001:db8::/32", ""},
    {kMetadata, "mac-vpc-id", "{interface}/vpc-id", "vpc-d295a6a7", "vpc.id"},
    {kMetadata, "mac-vpc-ipv4-cidr-block", "{interface}/vpc-ipv4-cidr-block", "192.0.2.0/24", ""},
    {kMetadata, "mac-vpc-ipv4-cidr-blocks", "{interface}/vpc-ipv4-cidr-blocks", "192.0.2.0/24", "vpc.cidrs"},
    {kMetadata, "mac-vpc-ipv6-cidr-blocks", "{interface}/vpc-ipv6-cidr-blocks", "2001:db8::/32", ""},
};

}  // namespace

std::string MockLeaf::value_key() const { return fmt::format("{}.values.{}", section, name); }
std::string MockLeaf::path_key() const { return fmt::format("{}.paths.{}", section, name); }

const std::vector<MockLeaf>& mock_leaves() {
  static const auto all = [] {
    std::vector<MockLeaf> rows(std::begin(kInstanceRows), std::end(kInstanceRows));
    rows.insert(rows.end(), std::begin(kNetworkRows), std::end(kNetworkRows));
    return rows;
  }();
  return all;
}

const std::vector<MockMember>& identity_members() {
  static const std::vector<MockMember> members{
      {"accountId", "0123456789"},
      {"imageId", "ami-0b69ea66ff7391e80"},
      {"availabilityZone", "us-east-1f"},
      {"ramdiskId", ""},
      {"kernelId", ""},
      {"devpayProductCodes", ""},
      {"marketplaceProductCodes", ""},
      {"version", "2017-09-30"},
      {"privateIp", "10.0.7.10"},
      {"billingProducts", ""},
      {"instanceId", "i-1234567890abcdef0"},
      {"pendingTime", "2019-10-31T07:02:24Z"},
      {"architecture", "x86_64"},
      {"instanceType", "m4.xlarge"},
      {"region", "us-east-1"},
  };
  return members;
}

const std::vector<MockMember>& profile_members() {
  static const std::vector<MockMember> members{
      {"Code", "Success"},
      {"LastUpdated", "2020-04-02T18:50:40Z"},
      {"InstanceProfileArn", "arn:aws:iam::896453262835:instance-profile/baskinc-role"},
      {"InstanceProfileId", "AIPA5BOGHHXZELSK34VU4"},
  };
  return members;
}

const std::vector<MockMember>& accelerator_members() {
  static const std::vector<MockMember> members{
      {"elastic-inference-accelerator-id", "eia-bfa21c7904f64a82a21b9f4540169ce1"},
      {"elastic-inference-accelerator-type", "eia1.medium"},
  };
  return members;
}

const std::vector<MockDocument>& mock_documents() {
  static const std::vector<MockDocument> documents{
      {"dynamic.values.instance-identity-document.", "dynamic.paths.instance-identity-document",
       "dynamic/instance-identity/document", identity_members()},
      {"metadata.values.iam-info.", "metadata.paths.iam-info", "meta-data/iam/info", profile_members()},
      {"metadata.values.elastic-inference-accelerator.version_2018_04_12.",
       "metadata.paths.elastic-inference-accelerator", "meta-data/elastic-inference/associations/{accelerator}",
       accelerator_members(), "version_2018_04_12"},
  };
  return documents;
}

std::string with_default_names(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kNames{
      {{"{interface}", "meta-data/network/interfaces/macs/{mac}"},
       {"{mac}", kDefaultMac},
       {"{public-ipv4}", kDefaultPublicIp},
       {"{accelerator}", kDefaultAccelerator}}};
  std::string out(text);
  for (const auto& [name, value] : kNames) {
    if (const auto at = out.find(name); at != std::string::npos) {
      out.replace(at, name.size(), value);
    }
  }
  return out;
}

}  // namespace understudy::app
