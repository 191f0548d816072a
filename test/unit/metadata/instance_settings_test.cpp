#include <string>
#include <vector>

#include "understudy/config/yaml.hpp"
#include "understudy/metadata/instance.hpp"

#include <doctest/doctest.h>

namespace understudy::metadata {
namespace {

struct Reading {
  InstanceSettings settings;
  std::vector<Problem> problems;
};

Reading read(const std::string& yaml) {
  Reading reading;
  reading.settings = read_instance_settings(config::parse_yaml(yaml).value(), reading.problems);
  return reading;
}

TEST_CASE("every key of an instance is read") {
  const auto [settings, problems] = read(R"(
id: i-0123456789abcdef0
type: m7g.large
image_id: ami-01234567
availability_zone: eu-west-1b
availability_zone_id: euw1-az2
account_id: "111122223333"
private_ip: 10.0.0.7
hostname: web.example
mac: "02:00:00:00:00:0a"
architecture: arm64
life_cycle: spot
)");
  CHECK(problems.empty());
  InstanceSettings expected;
  expected.id = "i-0123456789abcdef0";
  expected.type = "m7g.large";
  expected.image_id = "ami-01234567";
  expected.availability_zone = "eu-west-1b";
  expected.availability_zone_id = "euw1-az2";
  expected.account_id = "111122223333";
  expected.private_ip = "10.0.0.7";
  expected.hostname = "web.example";
  expected.mac = "02:00:00:00:00:0a";
  expected.architecture = "arm64";
  expected.life_cycle = "spot";
  CHECK(settings == expected);
}

TEST_CASE("what an instance may have beside is read") {
  const auto [settings, problems] = read(R"(
tags: {Name: web, "team:owner": a b}
show_tags: false
public_keys: {mine: ssh-ed25519 AAAA}
block_devices: {root: /dev/xvda, ebs1: sdf}
placement: {group: spread, host_id: h-0123456789abcdef0, partition: 3}
product_codes: [abc]
ancestor_image_ids: [ami-01234567]
kernel_id: aki-1
ramdisk_id: ari-1
auto_scaling: "Warmed:Stopped"
hibernation: true
user_data_file: /etc/hosts
)");
  CHECK(problems.empty());
  CHECK(settings.tags.size() == 2);
  CHECK_FALSE(settings.tags_are_shown);
  CHECK(settings.public_keys == std::vector{PublicKey{"mine", "ssh-ed25519 AAAA"}});
  CHECK(settings.block_devices.at(1) == BlockDevice{"ebs1", "sdf"});
  CHECK(settings.placement == PlacementSettings{"spread", "h-0123456789abcdef0", "3"});
  CHECK(settings.product_codes == std::vector<std::string>{"abc"});
  CHECK(settings.ancestor_image_ids == std::vector<std::string>{"ami-01234567"});
  CHECK(settings.kernel_id == "aki-1");
  CHECK(settings.ramdisk_id == "ari-1");
  CHECK(settings.auto_scaling_state == "Warmed:Stopped");
  CHECK(settings.hibernation == true);
  CHECK(settings.user_data_file == "/etc/hosts");
}

TEST_CASE("what an instance can not have is a problem") {
  for (const std::string yaml :
       {"tags: {a/b: x}", "tags: {_index: x}", "tags: {\"..\": x}", "public_keys: {\"a b\": x}",
        "placement: {partition: 8}", "placement: {host_id: x}", "auto_scaling: Gone", "hibernation: maybe",
        "{user_data: a, user_data_file: b}", "ancestor_image_ids: [x]", "block_devices: {a/b: c}"}) {
    CAPTURE(yaml);
    CHECK(read(yaml).problems.size() == 1);
  }
}

TEST_CASE("a value of the wrong form is a problem at its key and stays unset") {
  struct Row {
    const char* key;
    const char* value;
  };
  for (const Row& row :
       {Row{"id", "i-123"}, Row{"id", "0123456789abcdef0"}, Row{"id", "i-0123456789ABCDEF0"}, Row{"type", "large"},
        Row{"type", "m7g/large"}, Row{"type", ".large"}, Row{"image_id", "i-0123456789abcdef0"},
        Row{"availability_zone", "us-east-1"}, Row{"availability_zone", "a"}, Row{"availability_zone_id", "use1"},
        Row{"account_id", "1234"}, Row{"account_id", "11112222333x"}, Row{"private_ip", "10.0.0"},
        Row{"private_ip", "\"::1\""}, Row{"hostname", "a/b"}, Row{"mac", "\"02:00:00:00:00\""},
        Row{"mac", "\"02:00:00:00:00:0G\""}, Row{"architecture", "sparc"}, Row{"life_cycle", "eternal"}}) {
    CAPTURE(row.key);
    CAPTURE(row.value);
    const auto [settings, problems] = read(std::string(row.key) + ": " + row.value);
    REQUIRE(problems.size() == 1);
    CHECK(problems[0].path == row.key);
    CHECK(problems[0].line == 1);
    CHECK(problems[0].message.find("expected") != std::string::npos);
    CHECK(settings == InstanceSettings{});
  }
}

TEST_CASE("an unknown key is a problem that names the nearest") {
  const auto [settings, problems] = read("hostnam: x");
  REQUIRE(problems.size() == 1);
  CHECK(problems[0].message.find("hostname") != std::string::npos);
}

}  // namespace
}  // namespace understudy::metadata
