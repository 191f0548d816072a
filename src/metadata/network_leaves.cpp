#include "network_leaves.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string_view>

namespace understudy::metadata {
namespace {

/// Leaves below one folder; those without a value are left out.
class Folder {
 public:
  Folder(std::vector<Leaf>& leaves, std::string path) : leaves_(leaves), path_(std::move(path)) {}

  void add(std::string_view name, const std::string& text) {
    if (!text.empty()) {
      leaves_.push_back({fmt::format("{}/{}", path_, name), text});
    }
  }
  void add(std::string_view name, const std::vector<std::string>& lines) {
    add(name, fmt::format("{}", fmt::join(lines, "\n")));
  }

 private:
  std::vector<Leaf>& leaves_;
  std::string path_;
};

void add_interface(std::vector<Leaf>& leaves, const NetworkInterface& interface) {
  Folder folder(leaves, "meta-data/network/interfaces/macs/" + interface.mac);
  folder.add("device-number", std::to_string(interface.device_number));
  folder.add("interface-id", interface.id);
  folder.add("ipv4-prefix", interface.ipv4_prefixes);
  folder.add("ipv6-prefix", interface.ipv6_prefixes);
  folder.add("ipv6s", interface.ipv6s);
  folder.add("local-hostname", interface.local_hostname);
  folder.add("local-ipv4s", interface.local_ipv4s);
  folder.add("mac", interface.mac);
  folder.add("network-card", "0");
  folder.add("owner-id", interface.owner_id);
  folder.add("public-hostname", interface.public_hostname);
  folder.add("public-ipv4s", interface.public_ipv4s);
  folder.add("security-group-ids", interface.security_group_ids);
  folder.add("security-groups", interface.security_groups);
  folder.add("subnet-id", interface.subnet_id);
  folder.add("subnet-ipv4-cidr-block", interface.subnet_ipv4_cidr);
  folder.add("subnet-ipv6-cidr-blocks", interface.subnet_ipv6_cidrs);
  folder.add("vpc-id", interface.vpc_id);
  folder.add("vpc-ipv4-cidr-block", interface.vpc_ipv4_cidrs.front());
  folder.add("vpc-ipv4-cidr-blocks", interface.vpc_ipv4_cidrs);
  folder.add("vpc-ipv6-cidr-blocks", interface.vpc_ipv6_cidrs);
  for (std::size_t i = 0; i < interface.public_ipv4s.size() && i < interface.local_ipv4s.size(); ++i) {
    folder.add("ipv4-associations/" + interface.public_ipv4s[i], interface.local_ipv4s[i]);
  }
}

}  // namespace

void add_network_leaves(std::vector<Leaf>& leaves, const std::vector<NetworkInterface>& interfaces) {
  for (const auto& interface : interfaces) {
    add_interface(leaves, interface);
  }
  const auto& first = interfaces.front();
  Folder top(leaves, "meta-data");
  top.add("public-hostname", first.public_hostname);
  if (!first.public_ipv4s.empty()) {
    top.add("public-ipv4", first.public_ipv4s.front());
  }
  if (!first.ipv6s.empty()) {
    top.add("ipv6", first.ipv6s.front());
  }
  top.add("security-groups", first.security_groups);
}

}  // namespace understudy::metadata
