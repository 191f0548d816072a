#include <fmt/format.h>

#include <set>

#include "forms.hpp"
#include "understudy/base/text.hpp"
#include "understudy/metadata/network.hpp"

namespace understudy::metadata {
namespace {

constexpr std::string_view kIpv4 = "an IPv4 address such as 10.0.0.7";
constexpr std::string_view kIpv6 = "an IPv6 address such as \"2001:db8::7\"";
constexpr std::string_view kIpv4Cidr = "a network such as 10.0.0.0/16";
constexpr std::string_view kIpv6Cidr = "a network such as \"2001:db8::/80\"";
constexpr std::string_view kMac = "six lower-case hex pairs such as \"02:00:00:00:00:01\"";
constexpr std::uint64_t kMostInterfaces = 15;

Form id_with(std::string_view prefix) {
  return [prefix](std::string_view text) { return is_aws_id(prefix, text); };
}

/// One word of a listing: a line of its own in the metadata.
bool is_group_name(std::string_view text) {
  return !text.empty() && text.size() <= 255 && text.find_first_of("\n\r") == std::string_view::npos;
}

/// `true`, `false` or an address.
void read_address(Fields& fields, std::string_view key, const Form& form, std::string_view expected, bool& has,
                  std::optional<std::string>& address) {
  const auto said = [&](std::string_view text) { return text == "true" || text == "false" || form(text); };
  const auto text = checked_text(fields, key, said, fmt::format("true, false or {}", expected));
  has = text && *text != "false";
  if (has && *text != "true") {
    address = text;
  }
}

InterfaceSettings read_interface(const Node& node, std::vector<Problem>& problems) {
  Fields fields(node, problems);
  InterfaceSettings out;
  out.id = checked_text(fields, "id", id_with("eni-"), "an interface id such as eni-0123456789abcdef0");
  out.mac = checked_text(fields, "mac", is_mac, kMac);
  out.private_ips = checked_texts(fields, "private_ips", is_ipv4, kIpv4);
  out.public_ips = checked_texts(fields, "public_ips", is_ipv4, kIpv4);
  out.ipv6s = checked_texts(fields, "ipv6s", is_ipv6, kIpv6);
  out.ipv4_prefixes = checked_texts(fields, "ipv4_prefixes", is_ipv4_cidr, kIpv4Cidr);
  out.ipv6_prefixes = checked_texts(fields, "ipv6_prefixes", is_ipv6_cidr, kIpv6Cidr);
  out.security_groups = checked_texts(fields, "security_groups", is_group_name, "names of security groups");
  out.subnet_id = checked_text(fields, "subnet_id", id_with("subnet-"), "an id such as subnet-0123456789abcdef0");
  out.subnet_cidr = checked_text(fields, "subnet_cidr", is_ipv4_cidr, kIpv4Cidr);
  if (out.public_ips.size() > std::max<std::size_t>(out.private_ips.size(), 1)) {
    fields.problem("public_ips", "expected no more of them than private_ips: each belongs to one");
  }
  fields.finish();
  return out;
}

std::vector<InterfaceSettings> read_interfaces(Fields& fields, std::vector<Problem>& problems) {
  const auto* node = fields.node("interfaces");
  std::vector<InterfaceSettings> out;
  if (node == nullptr) {
    return out;
  }
  if (node->kind == Node::Kind::kScalar) {
    const auto count = parse_decimal(node->scalar);
    if (count && *count >= 1 && *count <= kMostInterfaces) {
      out.resize(*count - 1);
      return out;
    }
  } else if (node->kind == Node::Kind::kList && node->items.size() < kMostInterfaces) {
    for (const auto& item : node->items) {
      out.push_back(read_interface(item, problems));
    }
    return out;
  }
  fields.problem(
      "interfaces",
      fmt::format("expected a number from 1 to {}, or a list of the interfaces after the first", kMostInterfaces));
  return out;
}

void check_once(Fields& fields, std::string_view what, const std::optional<std::string>& text,
                std::set<std::string>& seen) {
  if (text && !seen.insert(*text).second) {
    fields.problem("interfaces", fmt::format("expected {} of its own for each interface, found {} twice", what, *text));
  }
}

/// Folders of the metadata are named by them.
void check_identities(Fields& fields, const std::vector<InterfaceSettings>& further,
                      const std::optional<std::string>& first_mac) {
  std::set<std::string> macs;
  std::set<std::string> ids;
  check_once(fields, "a mac", first_mac, macs);
  for (const auto& interface : further) {
    check_once(fields, "a mac", interface.mac, macs);
    check_once(fields, "an id", interface.id, ids);
  }
}

}  // namespace

NetworkSettings read_network_settings(Fields& fields, std::vector<Problem>& problems,
                                      const std::optional<std::string>& first_mac) {
  NetworkSettings out;
  read_address(fields, "public_ip", is_ipv4, kIpv4, out.has_public_ip, out.public_ip);
  read_address(fields, "ipv6", is_ipv6, kIpv6, out.has_ipv6, out.ipv6);
  out.security_groups = checked_texts(fields, "security_groups", is_group_name, "names of security groups");
  if (const auto* node = fields.node("vpc")) {
    Fields vpc(*node, problems);
    out.vpc_id = checked_text(vpc, "id", id_with("vpc-"), "an id such as vpc-0123456789abcdef0");
    out.vpc_cidrs = checked_texts(vpc, "cidrs", is_ipv4_cidr, kIpv4Cidr);
    vpc.finish();
  }
  if (const auto* node = fields.node("subnet")) {
    Fields subnet(*node, problems);
    out.subnet_id = checked_text(subnet, "id", id_with("subnet-"), "an id such as subnet-0123456789abcdef0");
    out.subnet_cidr = checked_text(subnet, "cidr", is_ipv4_cidr, kIpv4Cidr);
    subnet.finish();
  }
  out.further = read_interfaces(fields, problems);
  check_identities(fields, out.further, first_mac);
  return out;
}

}  // namespace understudy::metadata
