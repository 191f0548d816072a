#include "understudy/metadata/network.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "seed.hpp"

namespace understudy::metadata {
namespace {

std::uint32_t number_of(const std::string& ipv4) {
  in_addr address{};
  inet_pton(AF_INET, ipv4.c_str(), &address);
  return ntohl(address.s_addr);
}

std::string ipv4_of(std::uint32_t number) {
  return fmt::format("{}.{}.{}.{}", number >> 24U, (number >> 16U) & 255U, (number >> 8U) & 255U, number & 255U);
}

std::string network_of(const std::string& ipv4, unsigned bits) {
  return fmt::format("{}/{}", ipv4_of(number_of(ipv4) & (~std::uint32_t{0} << (32U - bits))), bits);
}

/// The network of 2^64 or 2^72 addresses around one.
std::string network_of_ipv6(const std::string& ipv6, unsigned bits) {
  in6_addr address{};
  inet_pton(AF_INET6, ipv6.c_str(), &address);
  std::fill(std::begin(address.s6_addr) + bits / 8, std::end(address.s6_addr), std::uint8_t{0});
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(AF_INET6, &address, text.data(), text.size());
  return fmt::format("{}/{}", text.data(), bits);
}

/// The `index`-th address after `first` in its subnet of 256, around AWS's own first four and the last.
std::string further_ipv4(const std::string& first, std::size_t index) {
  constexpr std::uint32_t kUsable = 250;
  const auto number = number_of(first);
  const auto last = number & 255U;
  const auto place = (last < 4 ? 0 : last - 4) + static_cast<std::uint32_t>(index);
  return ipv4_of((number & ~255U) + 4 + place % kUsable);
}

class Deriver {
 public:
  Deriver(const NetworkSettings& settings, const NetworkOrigin& origin)
      : settings_(settings), origin_(origin), seed_(origin.role_key, origin.region) {}

  [[nodiscard]] NetworkInterface interface(const InterfaceSettings& said, std::size_t index) const {
    const auto which = index == 0 ? std::string() : std::to_string(index);
    NetworkInterface out;
    out.device_number = static_cast<int>(index);
    out.mac = said.mac.value_or(mac(which));
    out.id = said.id.value_or(seed_.id("eni-", which));
    out.owner_id = origin_.account_id;
    out.vpc_id = settings_.vpc_id.value_or(seed_.id("vpc-"));
    out.subnet_id = said.subnet_id.value_or(settings_.subnet_id.value_or(seed_.id("subnet-")));
    add_ipv4(out, said, index);
    add_ipv6(out, said, which);
    out.ipv4_prefixes = said.ipv4_prefixes;
    out.ipv6_prefixes = said.ipv6_prefixes;
    add_groups(out, said);
    return out;
  }

 private:
  [[nodiscard]] std::string mac(const std::string& which) const {
    const auto digest = seed_.digest("mac" + which);
    return fmt::format("02:{:02x}:{:02x}:{:02x}:{:02x}:{:02x}", digest[0], digest[1], digest[2], digest[3], digest[4]);
  }

  void add_ipv4(NetworkInterface& out, const InterfaceSettings& said, std::size_t index) const {
    out.local_ipv4s = said.private_ips;
    if (out.local_ipv4s.empty()) {
      out.local_ipv4s = {further_ipv4(origin_.private_ip, index)};
    }
    const auto& first = out.local_ipv4s.front();
    out.local_hostname = index == 0 ? origin_.hostname : private_host_name(first, origin_.region);
    out.subnet_ipv4_cidr = said.subnet_cidr.value_or(settings_.subnet_cidr.value_or(network_of(first, 24)));
    out.vpc_ipv4_cidrs = settings_.vpc_cidrs;
    if (out.vpc_ipv4_cidrs.empty()) {
      out.vpc_ipv4_cidrs = {network_of(origin_.private_ip, 16)};
    }
    out.public_ipv4s = said.public_ips;
    if (index == 0 && settings_.has_public_ip) {
      out.public_ipv4s = {
          settings_.public_ip.value_or(fmt::format("203.0.113.{}", 1 + seed_.digest("public")[0] % 254))};
    }
    if (!out.public_ipv4s.empty()) {
      out.public_hostname = public_host_name(out.public_ipv4s.front(), origin_.region, origin_.domain);
    }
  }

  void add_ipv6(NetworkInterface& out, const InterfaceSettings& said, const std::string& which) const {
    out.ipv6s = said.ipv6s;
    if (which.empty() && settings_.ipv6) {
      out.ipv6s = {*settings_.ipv6};
    }
    if (out.ipv6s.empty() && settings_.has_ipv6) {
      const auto network = seed_.hex_digits("ipv6");
      const auto host = seed_.hex_digits("ipv6 host" + which);
      // A first group of 1... has no zeros in front that the short form would leave out.
      out.ipv6s = {fmt::format("2001:db8:1{}:1{}00:1{}:1{}:1{}:1{}", network.substr(0, 3), network.substr(3, 1),
                               host.substr(0, 3), host.substr(3, 3), host.substr(6, 3), host.substr(9, 3))};
    }
    for (const auto& address : out.ipv6s) {
      add_once(out.subnet_ipv6_cidrs, network_of_ipv6(address, 64));
      add_once(out.vpc_ipv6_cidrs, network_of_ipv6(address, 56));
    }
  }

  static void add_once(std::vector<std::string>& texts, std::string text) {
    if (std::ranges::find(texts, text) == texts.end()) {
      texts.push_back(std::move(text));
    }
  }

  void add_groups(NetworkInterface& out, const InterfaceSettings& said) const {
    out.security_groups = said.security_groups.empty() ? settings_.security_groups : said.security_groups;
    if (out.security_groups.empty()) {
      out.security_groups = {"default"};
    }
    for (const auto& name : out.security_groups) {
      out.security_group_ids.push_back(seed_.id("sg-", name));
    }
  }

  const NetworkSettings& settings_;
  const NetworkOrigin& origin_;
  const Seed seed_;
};

std::string dashed(std::string_view address) {
  std::string out(address);
  std::ranges::replace(out, '.', '-');
  return out;
}

}  // namespace

std::vector<NetworkInterface> derive_network(const NetworkSettings& settings, const NetworkOrigin& origin) {
  const Deriver deriver(settings, origin);
  InterfaceSettings first;
  first.private_ips = {origin.private_ip};
  first.mac = origin.mac;
  std::vector<NetworkInterface> interfaces{deriver.interface(first, 0)};
  for (const auto& said : settings.further) {
    interfaces.push_back(deriver.interface(said, interfaces.size()));
  }
  return interfaces;
}

std::string private_host_name(std::string_view private_ip, std::string_view region) {
  return region == "us-east-1" ? fmt::format("ip-{}.ec2.internal", dashed(private_ip))
                               : fmt::format("ip-{}.{}.compute.internal", dashed(private_ip), region);
}

std::string public_host_name(std::string_view public_ip, std::string_view region, std::string_view domain) {
  return region == "us-east-1" ? fmt::format("ec2-{}.compute-1.{}", dashed(public_ip), domain)
                               : fmt::format("ec2-{}.{}.compute.{}", dashed(public_ip), region, domain);
}

}  // namespace understudy::metadata
