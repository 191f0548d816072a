#include "understudy/metadata/network.hpp"

#include <string>
#include <vector>

#include "understudy/config/yaml.hpp"

#include <doctest/doctest.h>

namespace understudy::metadata {
namespace {

using Texts = std::vector<std::string>;

NetworkOrigin origin(std::string region = "us-east-1") {
  return {"app",
          std::move(region),
          "111122223333",
          "10.0.12.34",
          "ip-10-0-12-34.ec2.internal",
          "02:00:00:00:00:01",
          "amazonaws.com"};
}

bool has_form(const std::string& id, const std::string& prefix) {
  return id.size() == prefix.size() + 17 && id.starts_with(prefix);
}

TEST_CASE("without settings there is one interface around the instance's address") {
  const auto interfaces = derive_network({}, origin());
  REQUIRE(interfaces.size() == 1);
  const auto& first = interfaces[0];
  CHECK(first.mac == "02:00:00:00:00:01");
  CHECK(first.device_number == 0);
  CHECK(first.owner_id == "111122223333");
  CHECK(first.local_ipv4s == Texts{"10.0.12.34"});
  CHECK(first.local_hostname == "ip-10-0-12-34.ec2.internal");
  CHECK(first.subnet_ipv4_cidr == "10.0.12.0/24");
  CHECK(first.vpc_ipv4_cidrs == Texts{"10.0.0.0/16"});
  CHECK(first.security_groups == Texts{"default"});
  CHECK(has_form(first.security_group_ids.at(0), "sg-"));
  CHECK(has_form(first.id, "eni-"));
  CHECK(has_form(first.subnet_id, "subnet-"));
  CHECK(has_form(first.vpc_id, "vpc-"));
  CHECK(first.public_ipv4s.empty());
  CHECK(first.public_hostname.empty());
  CHECK(first.ipv6s.empty());
  CHECK(interfaces == derive_network({}, origin()));
}

TEST_CASE("further interfaces have their own address, name and card in the same subnet") {
  NetworkSettings settings;
  settings.further.resize(2);
  const auto interfaces = derive_network(settings, origin());
  REQUIRE(interfaces.size() == 3);
  CHECK(interfaces[1].local_ipv4s == Texts{"10.0.12.35"});
  CHECK(interfaces[2].local_ipv4s == Texts{"10.0.12.36"});
  CHECK(interfaces[2].local_hostname == "ip-10-0-12-36.ec2.internal");
  CHECK(interfaces[2].device_number == 2);
  CHECK(interfaces[1].mac != interfaces[2].mac);
  CHECK(interfaces[1].id != interfaces[2].id);
  CHECK(interfaces[1].subnet_id == interfaces[0].subnet_id);
}

TEST_CASE("further addresses go round within what a subnet can hand out") {
  NetworkSettings settings;
  settings.further.resize(3);
  auto from = origin();
  from.private_ip = "10.0.12.252";
  const auto interfaces = derive_network(settings, from);
  CHECK(interfaces[1].local_ipv4s == Texts{"10.0.12.253"});
  CHECK(interfaces[2].local_ipv4s == Texts{"10.0.12.4"});
}

TEST_CASE("a public address is derived or given, with AWS's name for it") {
  NetworkSettings settings;
  settings.has_public_ip = true;
  const auto derived = derive_network(settings, origin());
  CHECK(derived[0].public_ipv4s.at(0).starts_with("203.0.113."));
  CHECK(derived[0].public_hostname.starts_with("ec2-203-0-113-"));
  settings.public_ip = "198.51.100.7";
  CHECK(derive_network(settings, origin())[0].public_hostname == "ec2-198-51-100-7.compute-1.amazonaws.com");
  auto china = origin("cn-north-1");
  china.domain = "amazonaws.com.cn";
  CHECK(derive_network(settings, china)[0].public_hostname == "ec2-198-51-100-7.cn-north-1.compute.amazonaws.com.cn");
}

TEST_CASE("IPv6 addresses lie in one network of the VPC") {
  NetworkSettings settings;
  settings.has_ipv6 = true;
  settings.further.resize(1);
  const auto interfaces = derive_network(settings, origin());
  CHECK(interfaces[0].ipv6s.at(0).starts_with("2001:db8:1"));
  CHECK(interfaces[0].ipv6s != interfaces[1].ipv6s);
  CHECK(interfaces[0].subnet_ipv6_cidrs == interfaces[1].subnet_ipv6_cidrs);
  settings.ipv6 = "2001:db8:1:2:3:4:5:6";
  const auto given = derive_network(settings, origin())[0];
  CHECK(given.ipv6s == Texts{"2001:db8:1:2:3:4:5:6"});
  CHECK(given.subnet_ipv6_cidrs == Texts{"2001:db8:1:2::/64"});
  CHECK(given.vpc_ipv6_cidrs == Texts{"2001:db8:1::/56"});
}

struct Reading {
  NetworkSettings settings;
  std::vector<Problem> problems;
};

Reading read(const std::string& yaml) {
  Reading reading;
  const auto node = config::parse_yaml(yaml).value();
  Fields fields(node, reading.problems);
  reading.settings = read_network_settings(fields, reading.problems, "02:00:00:00:00:01");
  fields.finish();
  return reading;
}

TEST_CASE("what the configuration says of the network is read") {
  const auto [settings, problems] = read(R"(
public_ip: true
ipv6: "2001:db8::7"
security_groups: [web, ssh]
vpc: {id: vpc-0123456789abcdef0, cidrs: [10.0.0.0/16, 10.1.0.0/16]}
subnet: {id: subnet-0123456789abcdef0, cidr: 10.0.12.0/24}
interfaces: [{private_ips: [10.0.1.5, 10.0.1.6], public_ips: [198.51.100.7], security_groups: [db]}, {}]
)");
  CHECK(problems.empty());
  CHECK(settings.has_public_ip);
  CHECK_FALSE(settings.public_ip);
  CHECK(settings.ipv6 == "2001:db8::7");
  const auto interfaces = derive_network(settings, origin());
  REQUIRE(interfaces.size() == 3);
  CHECK(interfaces[0].vpc_id == "vpc-0123456789abcdef0");
  CHECK(interfaces[0].vpc_ipv4_cidrs == Texts{"10.0.0.0/16", "10.1.0.0/16"});
  CHECK(interfaces[0].subnet_id == "subnet-0123456789abcdef0");
  CHECK(interfaces[0].security_groups == Texts{"web", "ssh"});
  CHECK(interfaces[1].local_ipv4s == Texts{"10.0.1.5", "10.0.1.6"});
  CHECK(interfaces[1].security_groups == Texts{"db"});
  CHECK(interfaces[2].security_groups == Texts{"web", "ssh"});
  CHECK(read("interfaces: 3").settings.further.size() == 2);
  CHECK_FALSE(read("public_ip: false").settings.has_public_ip);
}

TEST_CASE("what has not the form of its kind is a problem that says what was expected") {
  struct Row {
    const char* yaml;
    const char* expected;
  };
  for (const auto& row : {
           Row{"public_ip: everywhere", "true, false or an IPv4 address"},
           Row{"ipv6: 10.0.0.1", "true, false or an IPv6 address"},
           Row{"interfaces: 0", "a number from 1 to 15"},
           Row{"interfaces: 16", "a number from 1 to 15"},
           Row{"interfaces: [{private_ips: [x]}]", "an IPv4 address"},
           Row{"interfaces: [{public_ips: [198.51.100.7, 198.51.100.8]}]", "no more of them than private_ips"},
           Row{"interfaces: [{ipv4_prefixes: [10.0.0.0/33]}]", "a network"},
           Row{"interfaces: [{mac: '02:00:00:00:00:01'}]", "a mac of its own for each interface"},
           Row{"interfaces: [{mac: '02:00:00:00:00:02'}, {}, {mac: '02:00:00:00:00:02'}]",
               "found 02:00:00:00:00:02 twice"},
           Row{"interfaces: [{id: eni-0123456789abcdef0}, {id: eni-0123456789abcdef0}]", "an id of its own"},
           Row{"vpc: {id: vpc-x}", "vpc-0123456789abcdef0"},
           Row{"subnet: {cidr: 10.0.0.0}", "a network"},
           Row{"subnet: {cidrs: 10.0.0.0/24}", "unknown key"},
       }) {
    CAPTURE(row.yaml);
    const auto problems = read(row.yaml).problems;
    REQUIRE(problems.size() == 1);
    CHECK(problems[0].message.find(row.expected) != std::string::npos);
  }
}

}  // namespace
}  // namespace understudy::metadata
