#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <ifaddrs.h>
#include <linux/rtnetlink.h>
#include <memory>
#include <string_view>
#include <utility>

#include "understudy/base/address_range.hpp"
#include "understudy/base/descriptor.hpp"
#include "understudy/http/interfaces.hpp"

namespace understudy::http {
namespace {

/// Linux gives lo this index in every network namespace (net/core/dev.h: LOOPBACK_IFINDEX).
constexpr unsigned kLoopback = 1;

/// Takes the first part of a netlink message off `rest`: its head, whose member `length` counts both, and what follows.
template <class Head, class Length>
std::optional<std::pair<Head, std::string_view>> take_part(std::string_view& rest, Length Head::* length) {
  constexpr std::size_t kAlignment = 4;
  Head head{};
  if (rest.size() < sizeof head) {
    return std::nullopt;
  }
  std::memcpy(&head, rest.data(), sizeof head);
  const std::size_t size = head.*length;
  if (size < sizeof head || size > rest.size()) {
    return std::nullopt;
  }
  const auto body = rest.substr(sizeof head, size - sizeof head);
  rest.remove_prefix(std::min(rest.size(), (size + kAlignment - 1) / kAlignment * kAlignment));
  return std::pair(head, body);
}

std::string_view find_attribute(std::string_view attributes, unsigned short type) {
  while (const auto attribute = take_part(attributes, &rtattr::rta_len)) {
    if (attribute->first.rta_type == type) {
      return attribute->second;
    }
  }
  return {};
}

struct Link {
  std::string kind;
  std::uint32_t bridge = 0;  ///< Or whatever it is a port of; 0: nothing.
};

Link read_link(std::string_view message) {
  const auto attributes = message.substr(std::min(message.size(), sizeof(ifinfomsg)));
  const auto kind = find_attribute(find_attribute(attributes, IFLA_LINKINFO), IFLA_INFO_KIND);
  Link link{std::string(kind.substr(0, kind.find('\0')))};
  if (const auto master = find_attribute(attributes, IFLA_MASTER); master.size() == sizeof link.bridge) {
    std::memcpy(&link.bridge, master.data(), sizeof link.bridge);
  }
  return link;
}

/// A question about one interface, or about all that are ports of `bridge`, as rtnetlink(7) wants it.
struct Question {
  nlmsghdr head{sizeof(Question), RTM_GETLINK, NLM_F_REQUEST, 1, 0};
  ifinfomsg interface{};
  // Counters would make the answer several times as long.
  rtattr filter_head{sizeof(rtattr) + sizeof(std::uint32_t), IFLA_EXT_MASK};
  std::uint32_t filter = RTEXT_FILTER_SKIP_STATS;
  // Older kernels, and questions about one, do not mind it.
  rtattr bridge_head{sizeof(rtattr) + sizeof(std::uint32_t), IFLA_MASTER};
  std::uint32_t bridge = 0;
};

/// What the kernel answers; nullopt: it refuses, or the interfaces changed meanwhile.
std::optional<std::vector<Link>> ask(const Question& question) {
  const Descriptor netlink(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
  if (::send(netlink.get(), &question, sizeof question, MSG_DONTWAIT) != static_cast<ssize_t>(sizeof question)) {
    return std::nullopt;
  }
  std::vector<Link> links;
  std::array<char, std::size_t{32} * 1024> buffer;
  while (true) {
    // The kernel answers within send and recv, so there is nothing to wait for.
    const auto size = ::recv(netlink.get(), buffer.data(), buffer.size(), MSG_DONTWAIT | MSG_TRUNC);
    if (size <= 0 || static_cast<std::size_t>(size) > buffer.size()) {
      return std::nullopt;
    }
    std::string_view rest(buffer.data(), static_cast<std::size_t>(size));
    while (const auto message = take_part(rest, &nlmsghdr::nlmsg_len)) {
      const auto& head = message->first;
      if (head.nlmsg_type == NLMSG_ERROR || (head.nlmsg_flags & NLM_F_DUMP_INTR) != 0) {
        return std::nullopt;
      }
      if (head.nlmsg_type == RTM_NEWLINK) {
        links.push_back(read_link(message->second));
      }
      if (head.nlmsg_type == NLMSG_DONE || (head.nlmsg_flags & NLM_F_MULTI) == 0) {
        return links;
      }
    }
  }
}

std::optional<std::vector<std::string>> ports_of(unsigned bridge) {
  constexpr int kTries = 3;
  Question question;
  question.head.nlmsg_flags |= NLM_F_DUMP;
  question.bridge = bridge;
  for (int i = 0; i < kTries; ++i) {
    if (auto links = ask(question)) {
      std::vector<std::string> kinds;
      for (auto& link : *links) {
        if (link.bridge == bridge) {
          kinds.push_back(std::move(link.kind));
        }
      }
      return kinds;
    }
  }
  return std::nullopt;
}

/// As normal_address has it; empty for one of another family.
std::string spell(const sockaddr* address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (address != nullptr && address->sa_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, address, sizeof v4);
    return ::inet_ntop(AF_INET, &v4.sin_addr, text.data(), text.size());
  }
  if (address != nullptr && address->sa_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, address, sizeof v6);
    return ::inet_ntop(AF_INET6, &v6.sin6_addr, text.data(), text.size());
  }
  return {};
}

}  // namespace

/// What ip(7) calls IP_PKTINFO the kernel notes of every TCP connection's first packet; the option has it told. Over
/// IPv6 also where that carries IPv4 (::ffff:169.254.169.254).
unsigned SystemInterfaces::arrival_of(int descriptor) const {
  sockaddr_storage own{};
  socklen_t own_size = sizeof own;
  if (::getsockname(descriptor, reinterpret_cast<sockaddr*>(&own), &own_size) != 0) {
    return 0;
  }
  const bool is_v6 = own.ss_family == AF_INET6;
  const int level = is_v6 ? IPPROTO_IPV6 : IPPROTO_IP;
  const int option = is_v6 ? IPV6_RECVPKTINFO : IP_PKTINFO;
  int is_on = 1;
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(in6_pktinfo)) * 4> buffer{};
  socklen_t size = buffer.size();
  if (::setsockopt(descriptor, level, option, &is_on, sizeof is_on) != 0 ||
      ::getsockopt(descriptor, level, is_v6 ? IPV6_2292PKTOPTIONS : IP_PKTOPTIONS, buffer.data(), &size) != 0) {
    return 0;
  }
  is_on = 0;
  ::setsockopt(descriptor, level, option, &is_on, sizeof is_on);
  msghdr message{};
  message.msg_control = buffer.data();
  message.msg_controllen = size;
  for (auto* part = CMSG_FIRSTHDR(&message); part != nullptr; part = CMSG_NXTHDR(&message, part)) {
    if (part->cmsg_level == IPPROTO_IP && part->cmsg_type == IP_PKTINFO) {
      in_pktinfo told{};
      std::memcpy(&told, CMSG_DATA(part), sizeof told);
      return static_cast<unsigned>(told.ipi_ifindex);
    }
    if (part->cmsg_level == IPPROTO_IPV6 && (part->cmsg_type == IPV6_2292PKTINFO || part->cmsg_type == IPV6_PKTINFO)) {
      in6_pktinfo told{};
      std::memcpy(&told, CMSG_DATA(part), sizeof told);
      return told.ipi6_ifindex;
    }
  }
  return 0;
}

Interface SystemInterfaces::find(unsigned index) const {
  if (index == kLoopback) {
    return {"lo", true};
  }
  std::array<char, IF_NAMESIZE> name{};
  if (::if_indextoname(index, name.data()) == nullptr) {
    return {};
  }
  Interface out{name.data()};
  Question question;
  question.interface.ifi_index = static_cast<int>(index);
  if (const auto links = ask(question); links && !links->empty()) {
    out.kind = links->front().kind;
  }
  if (out.kind == "bridge") {
    out.ports = ports_of(index);
  }
  return out;
}

std::vector<unsigned> SystemInterfaces::holders_of(const std::string& address) const {
  ifaddrs* first = nullptr;
  if (::getifaddrs(&first) != 0) {
    return {};
  }
  const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> all(first, ::freeifaddrs);
  std::vector<unsigned> holders;
  for (const auto* each = all.get(); each != nullptr; each = each->ifa_next) {
    if (spell(each->ifa_addr) == address) {
      // An address of IPv4 goes by its label here, `lo:understudy`.
      const std::string_view name(each->ifa_name);
      holders.push_back(::if_nametoindex(std::string(name.substr(0, name.find(':'))).c_str()));
    }
  }
  return holders;
}

}  // namespace understudy::http
