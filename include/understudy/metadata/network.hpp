#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "understudy/base/node.hpp"

namespace understudy::metadata {

/// What the configuration says of one network interface.
struct InterfaceSettings {
  std::optional<std::string> id;
  std::optional<std::string> mac;
  std::vector<std::string> private_ips;
  std::vector<std::string> public_ips;
  std::vector<std::string> ipv6s;
  std::vector<std::string> ipv4_prefixes;
  std::vector<std::string> ipv6_prefixes;
  std::vector<std::string> security_groups;
  std::optional<std::string> subnet_id;
  std::optional<std::string> subnet_cidr;
  bool operator==(const InterfaceSettings&) const = default;
};

/// What the configuration says of the instance's network beside its first address.
struct NetworkSettings {
  bool has_public_ip = false;            ///< One is derived where `public_ip` is absent.
  std::optional<std::string> public_ip;  ///< Of the first interface.
  bool has_ipv6 = false;                 ///< One address an interface is derived where it has none.
  std::optional<std::string> ipv6;       ///< Of the first interface.
  std::vector<std::string> security_groups;
  std::optional<std::string> vpc_id;
  std::vector<std::string> vpc_cidrs;
  std::optional<std::string> subnet_id;
  std::optional<std::string> subnet_cidr;
  std::vector<InterfaceSettings> further;  ///< The interfaces after the first.
  bool operator==(const NetworkSettings&) const = default;
};

/// Takes its own keys from the map behind `imds.instance`:
///
///     public_ip: 203.0.113.25                # or true: one of 203.0.113.0/24 is derived
///     ipv6: "2001:db8::7"                    # or true
///     security_groups: [web, ssh]
///     vpc: {id: vpc-0123456789abcdef0, cidrs: [10.0.0.0/16]}
///     subnet: {id: subnet-0123456789abcdef0, cidr: 10.0.12.0/24}
///     interfaces: 2                          # in all; or a list of those after the first:
///     interfaces: [{private_ips: [10.0.1.5], security_groups: [db]}]
///
/// No two interfaces have one MAC or id; `first_mac` is the first one's, where the configuration says it.
[[nodiscard]] NetworkSettings read_network_settings(Fields& fields, std::vector<Problem>& problems,
                                                    const std::optional<std::string>& first_mac = {});

/// An interface as `network/interfaces/macs/<mac>/` tells it. What is empty has no path.
struct NetworkInterface {
  std::string mac;
  std::string id;  ///< `eni-` and 17 hex digits.
  int device_number = 0;
  std::string owner_id;
  std::string subnet_id;
  std::string vpc_id;
  std::string subnet_ipv4_cidr;
  std::vector<std::string> vpc_ipv4_cidrs;  ///< The VPC's first one is its own, the others were added.
  std::vector<std::string> subnet_ipv6_cidrs;
  std::vector<std::string> vpc_ipv6_cidrs;
  std::vector<std::string> local_ipv4s;
  std::string local_hostname;
  std::vector<std::string> public_ipv4s;  ///< Each is the first private address's, the second's and so on.
  std::string public_hostname;
  std::vector<std::string> ipv6s;
  std::vector<std::string> ipv4_prefixes;
  std::vector<std::string> ipv6_prefixes;
  std::vector<std::string> security_groups;
  std::vector<std::string> security_group_ids;
  bool operator==(const NetworkInterface&) const = default;
};

/// What the first interface is made from: the instance as it is known before its network.
struct NetworkOrigin {
  std::string role_key;
  std::string region;
  std::string account_id;
  std::string private_ip;
  std::string hostname;
  std::string mac;
  std::string domain;
};

/// The interfaces, the first one's device number 0. What is left out is derived: ids from role and region, a subnet of
/// 256 and a network of 65,536 addresses around the first address, further addresses of the same subnet.
[[nodiscard]] std::vector<NetworkInterface> derive_network(const NetworkSettings& settings,
                                                           const NetworkOrigin& origin);

/// `ip-10-0-12-34.ec2.internal`, outside us-east-1 `ip-10-0-12-34.eu-west-1.compute.internal`.
[[nodiscard]] std::string private_host_name(std::string_view private_ip, std::string_view region);
/// `ec2-203-0-113-25.compute-1.amazonaws.com`, outside us-east-1 `ec2-203-0-113-25.eu-west-1.compute.amazonaws.com`.
[[nodiscard]] std::string public_host_name(std::string_view public_ip, std::string_view region,
                                           std::string_view domain);

}  // namespace understudy::metadata
