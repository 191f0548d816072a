#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "imds_conformance.hpp"
#include "understudy/base/text.hpp"
#include "understudy/metadata/versions.hpp"

#include <doctest/doctest.h>

/// Every leaf of an instance that has everything, in every version of the metadata.
namespace understudy::service {
namespace {

constexpr const char* kFull = R"(
role: app
extended_credentials: true
instance:
  type: m7g.large
  image_id: ami-0123456789abcdef0
  availability_zone: eu-west-1b
  availability_zone_id: euw1-az2
  private_ip: 10.0.12.7
  mac: "02:00:00:00:00:01"
  life_cycle: spot
  tags: {Name: web, "team:a": "", note: "two\nlines"}
  public_keys: {mine: ssh-ed25519 AAAA me}
  user_data: "#!/bin/sh\n"
  block_devices: {ami: xvda, root: /dev/xvda, ebs1: sdf, ephemeral0: sdb, swap: sda3}
  placement: {group: spread, host_id: h-0123456789abcdef0, partition: 3}
  auto_scaling: InService
  hibernation: true
  product_codes: [abc, def]
  ancestor_image_ids: [ami-0123456789abcdef1, ami-0123456789abcdef2]
  kernel_id: aki-0123456789abcdef0
  ramdisk_id: ari-0123456789abcdef0
  public_ip: 203.0.113.25
  ipv6: "2001:db8::7"
  security_groups: [web, ssh]
  vpc: {id: vpc-0123456789abcdef0, cidrs: [10.0.0.0/16, 10.1.0.0/16]}
  subnet: {id: subnet-0123456789abcdef0, cidr: 10.0.12.0/24}
  interfaces:
    - id: eni-0123456789abcdef1
      mac: "02:00:00:00:00:02"
      private_ips: [10.0.12.8, 10.0.12.9]
      public_ips: [203.0.113.26]
      ipv6s: ["2001:db8:0:1::8", "2001:db8::9"]
      ipv4_prefixes: [10.0.12.16/28]
      ipv6_prefixes: ["2001:db8:0:1::/80"]
      security_groups: [db]
      subnet_id: subnet-0123456789abcdef1
      subnet_cidr: 10.0.12.0/28
)";

struct LeafRow {
  std::string path;  ///< Below `meta-data/`.
  const char* since;
  std::string text;
};

const std::string kFirst = "network/interfaces/macs/02:00:00:00:00:01/";
const std::string kSecond = "network/interfaces/macs/02:00:00:00:00:02/";

/// Whose text is derived stands with what derives it.
std::vector<LeafRow> top_rows(const metadata::Instance& instance) {
  return {
      {"ami-id", "1.0", "ami-0123456789abcdef0"},
      {"ami-launch-index", "1.0", "0"},
      {"ami-manifest-path", "1.0", "(unknown)"},
      {"ancestor-ami-ids", "1.0", "ami-0123456789abcdef1\nami-0123456789abcdef2"},
      {"autoscaling/target-lifecycle-state", "1.0", "InService"},
      {"block-device-mapping/ami", "2007-12-15", "xvda"},
      {"block-device-mapping/ebs1", "2007-12-15", "sdf"},
      {"block-device-mapping/ephemeral0", "2007-12-15", "sdb"},
      {"block-device-mapping/root", "2007-12-15", "/dev/xvda"},
      {"block-device-mapping/swap", "2007-12-15", "sda3"},
      {"events/maintenance/history", "2018-08-17", "[]"},
      {"events/maintenance/scheduled", "2018-08-17", "[]"},
      {"hibernation/configured", "1.0", "true"},
      {"hostname", "1.0", "ip-10-0-12-7.eu-west-1.compute.internal"},
      {"instance-action", "2008-09-01", "none"},
      {"instance-id", "1.0", "i-0123456789abcdef0"},
      {"instance-life-cycle", "2019-10-01", "spot"},
      {"instance-type", "2007-08-29", "m7g.large"},
      {"ipv6", "1.0", "2001:db8::7"},
      {"kernel-id", "1.0", "aki-0123456789abcdef0"},
      {"local-hostname", "2007-01-19", "ip-10-0-12-7.eu-west-1.compute.internal"},
      {"local-ipv4", "1.0", "10.0.12.7"},
      {"mac", "2011-01-01", "02:00:00:00:00:01"},
      {"metrics/vhostmd", "2011-05-01", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"},
      {"placement/availability-zone", "2008-02-01", "eu-west-1b"},
      {"placement/availability-zone-id", "2019-10-01", "euw1-az2"},
      {"placement/group-name", "2019-10-01", "spread"},
      {"placement/host-id", "2019-10-01", "h-0123456789abcdef0"},
      {"placement/partition-number", "2019-10-01", "3"},
      {"placement/region", "2019-10-01", "eu-west-1"},
      {"product-codes", "1.0", "abc\ndef"},
      {"profile", "2007-12-15", "default-hvm"},
      {"public-hostname", "1.0", "ec2-203-0-113-25.eu-west-1.compute.amazonaws.com"},
      {"public-ipv4", "1.0", "203.0.113.25"},
      {"public-keys/0/openssh-key", "1.0", "ssh-ed25519 AAAA me\n"},
      {"ramdisk-id", "1.0", "ari-0123456789abcdef0"},
      {"reservation-id", "1.0", instance.reservation_id},
      {"security-groups", "1.0", "web\nssh"},
      {"services/domain", "2014-02-25", "amazonaws.com"},
      {"services/partition", "2014-02-25", "aws"},
      {"system", "2022-09-24", "nitro"},
      {"tag-sets/instance", "2025-10-04", R"({"Name":"web","team:a":"","note":"two\nlines"})"},
      {"tags/instance/Name", "2021-03-23", "web"},
      {"tags/instance/note", "2021-03-23", "two\nlines"},
      {"tags/instance/team:a", "2021-03-23", ""},
  };
}

std::vector<LeafRow> network_rows(const metadata::Instance& instance) {
  const auto& first = instance.interfaces.at(0);
  const auto& second = instance.interfaces.at(1);
  return {
      {kFirst + "device-number", "2011-01-01", "0"},
      {kFirst + "interface-id", "2011-01-01", first.id},
      {kFirst + "ipv4-associations/203.0.113.25", "2011-01-01", "10.0.12.7"},
      {kFirst + "ipv6s", "2011-01-01", "2001:db8::7"},
      {kFirst + "local-hostname", "2011-01-01", "ip-10-0-12-7.eu-west-1.compute.internal"},
      {kFirst + "local-ipv4s", "2011-01-01", "10.0.12.7"},
      {kFirst + "mac", "2011-01-01", "02:00:00:00:00:01"},
      {kFirst + "network-card", "2011-01-01", "0"},
      {kFirst + "owner-id", "2011-01-01", "111122223333"},
      {kFirst + "public-hostname", "2011-01-01", "ec2-203-0-113-25.eu-west-1.compute.amazonaws.com"},
      {kFirst + "public-ipv4s", "2011-01-01", "203.0.113.25"},
      {kFirst + "security-group-ids", "2011-01-01",
       first.security_group_ids.at(0) + "\n" + first.security_group_ids.at(1)},
      {kFirst + "security-groups", "2011-01-01", "web\nssh"},
      {kFirst + "subnet-id", "2011-01-01", "subnet-0123456789abcdef0"},
      {kFirst + "subnet-ipv4-cidr-block", "2011-01-01", "10.0.12.0/24"},
      {kFirst + "subnet-ipv6-cidr-blocks", "2011-01-01", "2001:db8::/64"},
      {kFirst + "vpc-id", "2011-01-01", "vpc-0123456789abcdef0"},
      {kFirst + "vpc-ipv4-cidr-block", "2011-01-01", "10.0.0.0/16"},
      {kFirst + "vpc-ipv4-cidr-blocks", "2016-06-30", "10.0.0.0/16\n10.1.0.0/16"},
      {kFirst + "vpc-ipv6-cidr-blocks", "2011-01-01", "2001:db8::/56"},
      {kSecond + "device-number", "2011-01-01", "1"},
      {kSecond + "interface-id", "2011-01-01", "eni-0123456789abcdef1"},
      {kSecond + "ipv4-associations/203.0.113.26", "2011-01-01", "10.0.12.8"},
      {kSecond + "ipv4-prefix", "2011-01-01", "10.0.12.16/28"},
      {kSecond + "ipv6-prefix", "2011-01-01", "2001:db8:0:1::/80"},
      {kSecond + "ipv6s", "2011-01-01", "2001:db8:0:1::8\n2001:db8::9"},
      {kSecond + "local-hostname", "2011-01-01", "ip-10-0-12-8.eu-west-1.compute.internal"},
      {kSecond + "local-ipv4s", "2011-01-01", "10.0.12.8\n10.0.12.9"},
      {kSecond + "mac", "2011-01-01", "02:00:00:00:00:02"},
      {kSecond + "network-card", "2011-01-01", "0"},
      {kSecond + "owner-id", "2011-01-01", "111122223333"},
      {kSecond + "public-hostname", "2011-01-01", "ec2-203-0-113-26.eu-west-1.compute.amazonaws.com"},
      {kSecond + "public-ipv4s", "2011-01-01", "203.0.113.26"},
      {kSecond + "security-group-ids", "2011-01-01", second.security_group_ids.at(0)},
      {kSecond + "security-groups", "2011-01-01", "db"},
      {kSecond + "subnet-id", "2011-01-01", "subnet-0123456789abcdef1"},
      {kSecond + "subnet-ipv4-cidr-block", "2011-01-01", "10.0.12.0/28"},
      {kSecond + "subnet-ipv6-cidr-blocks", "2011-01-01", "2001:db8:0:1::/64\n2001:db8::/64"},
      {kSecond + "vpc-id", "2011-01-01", "vpc-0123456789abcdef0"},
      {kSecond + "vpc-ipv4-cidr-block", "2011-01-01", "10.0.0.0/16"},
      {kSecond + "vpc-ipv4-cidr-blocks", "2016-06-30", "10.0.0.0/16\n10.1.0.0/16"},
      {kSecond + "vpc-ipv6-cidr-blocks", "2011-01-01", "2001:db8::/56"},
  };
}

std::vector<LeafRow> all_rows(ImdsStage& stage) {
  const auto instance = instance_at(stage.clock.wall(), stage.settings.instance);
  auto rows = top_rows(instance);
  for (auto& row : network_rows(instance)) {
    rows.push_back(std::move(row));
  }
  return rows;
}

/// Every leaf below a folder, found as crawlers find it: by the listings alone.
void crawl(ImdsStage& stage, const Headers& headers, const std::string& folder,
           std::map<std::string, std::string>& leaves) {
  const auto listing = std::string(stage.get(folder, headers).body.view());
  for (const auto line : split(listing, '\n')) {
    const auto equals = line.find('=');
    const auto target = folder + std::string(line.substr(0, equals)) + (equals == line.npos ? "" : "/");
    if (target.ends_with('/')) {
      crawl(stage, headers, target, leaves);
    } else {
      const auto response = stage.get(target, headers);
      CHECK(response.status == 200);
      leaves[target] = response.body.view();
    }
  }
}

TEST_CASE("every leaf has its value from its version on, and is nowhere before") {
  ImdsStage stage(settings_of(kFull));
  std::vector<Row> rows;
  for (const auto& leaf : all_rows(stage)) {
    const auto since = metadata::find_version(leaf.since);
    for (metadata::Version version = 0; version < metadata::versions().size(); ++version) {
      const auto target = "/" + std::string(metadata::versions()[version]) + "/meta-data/" + leaf.path;
      rows.push_back({"GET", target, With::kToken, version < since ? page() : value(leaf.text)});
    }
    rows.push_back({"GET", "/latest/meta-data/" + leaf.path, With::kToken, value(leaf.text)});
    rows.push_back({"GET", "/latest/meta-data/" + leaf.path + "/", With::kToken, value(leaf.text)});
    rows.push_back({"GET", "/latest/meta-data/" + leaf.path + "/x", With::kToken, page()});
  }
  CHECK(rows.size() > 2500);
  check_rows(stage, rows);
}

TEST_CASE("a crawl finds these leaves and no others, beside the documents") {
  ImdsStage stage(settings_of(kFull));
  std::map<std::string, std::string> found;
  crawl(stage, stage.signed_in(), "/latest/meta-data/", found);
  std::erase_if(found, [](const auto& leaf) {
    return leaf.first.starts_with("/latest/meta-data/iam/") ||
           leaf.first.starts_with("/latest/meta-data/identity-credentials/");
  });
  std::map<std::string, std::string> expected;
  for (const auto& leaf : all_rows(stage)) {
    expected["/latest/meta-data/" + leaf.path] = leaf.text;
  }
  CHECK(found == expected);
}

TEST_CASE("what the instance lacks is nowhere, and not listed") {
  ImdsStage stage(settings_of("{role: app}"));
  std::vector<Row> rows;
  for (const char* path : {"ancestor-ami-ids",
                           "autoscaling",
                           "autoscaling/target-lifecycle-state",
                           "elastic-inference/associations",
                           "events/recommendations/rebalance",
                           "hibernation/configured",
                           "iam/security-credentials-extended",
                           "iam/security-credentials-extended/app",
                           "ipv6",
                           "kernel-id",
                           "managed-ssh-keys",
                           "placement/group-name",
                           "placement/host-id",
                           "placement/partition-number",
                           "product-codes",
                           "public-hostname",
                           "public-ipv4",
                           "public-keys",
                           "public-keys/0",
                           "ramdisk-id",
                           "spot",
                           "spot/instance-action",
                           "spot/termination-time",
                           "tag-sets",
                           "tags",
                           "tags/instance"}) {
    rows.push_back({"GET", "/latest/meta-data/" + std::string(path), With::kToken, page()});
    rows.push_back({"GET", "/latest/meta-data/" + std::string(path) + "/", With::kToken, page()});
  }
  check_rows(stage, rows);
}

}  // namespace
}  // namespace understudy::service
