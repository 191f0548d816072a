#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <string>

#include "fakes/raw_socket.hpp"
#include "understudy/base/descriptor.hpp"
#include "understudy/http/interfaces.hpp"
#include "understudy/http/open_socket.hpp"

#include <doctest/doctest.h>

namespace understudy::http {
namespace {

constexpr unsigned kNoSuchIndex = 0x7FFFFFF0;

Descriptor connect_to_v6_loopback(std::uint16_t port) {
  Descriptor out(::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_port = htons(port);
  address.sin6_addr = in6addr_loopback;
  REQUIRE(::connect(out.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  return out;
}

/// The interface that the connection which waits at the socket came in by.
unsigned arrival_at(const OpenSocket& socket) {
  const Descriptor accepted(::accept4(socket.descriptor(), nullptr, nullptr, SOCK_CLOEXEC));
  REQUIRE(accepted.get() >= 0);
  const auto first = SystemInterfaces().arrival_of(accepted.get());
  // Asking changes nothing.
  CHECK(SystemInterfaces().arrival_of(accepted.get()) == first);
  return first;
}

TEST_CASE("a connection of this host comes in by the loopback interface, over IPv4, IPv6 and one in the other") {
  const auto loopback = ::if_nametoindex("lo");
  const auto v4 = OpenSocket::listen("imds", {"127.0.0.1", 0}).value();
  const auto over_v4 = fakes::RawSocket::connect_to(v4.address().port);
  CHECK(arrival_at(v4) == loopback);
  if (const auto v6 = OpenSocket::listen("imds", {"::1", 0})) {
    const auto over_v6 = connect_to_v6_loopback(v6->address().port);
    CHECK(arrival_at(*v6) == loopback);
    const auto mapped = OpenSocket::listen("imds", {"::ffff:127.0.0.1", 0}).value();
    const auto over_mapped = fakes::RawSocket::connect_to(mapped.address().port);
    CHECK(arrival_at(mapped) == loopback);
  }
}

TEST_CASE("of what is no TCP connection there is nothing to tell") {
  std::array<int, 2> ends{};
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0);
  const Descriptor one(ends[0]);
  const Descriptor other(ends[1]);
  CHECK(SystemInterfaces().arrival_of(one.get()) == 0);
  CHECK(SystemInterfaces().arrival_of(-1) == 0);
}

TEST_CASE("interfaces are found by their index: the loopback one, those of this machine, and one that is gone") {
  const SystemInterfaces interfaces;
  CHECK(interfaces.find(::if_nametoindex("lo")) == Interface{"lo", true});
  auto* const first = ::if_nameindex();
  REQUIRE(first != nullptr);
  for (const auto* each = first; each->if_index != 0; ++each) {
    CHECK(interfaces.find(each->if_index).name == each->if_name);
  }
  ::if_freenameindex(first);
  CHECK(interfaces.find(kNoSuchIndex) == Interface{});
  CHECK(interfaces.find(0) == Interface{});
}

TEST_CASE("an address is held by its interface, and one that is not here by none") {
  const SystemInterfaces interfaces;
  CHECK(std::ranges::count(interfaces.holders_of("127.0.0.1"), ::if_nametoindex("lo")) == 1);
  CHECK(interfaces.holders_of("203.0.113.77").empty());
}

}  // namespace
}  // namespace understudy::http
