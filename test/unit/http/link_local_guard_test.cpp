#include "understudy/http/link_local_guard.hpp"

#include <optional>
#include <string>
#include <vector>

#include "fakes/fake_interfaces.hpp"

#include <doctest/doctest.h>

namespace understudy::http {
namespace {

using Kinds = std::vector<std::string>;

constexpr unsigned kLo = 1;
constexpr unsigned kCard = 2;
constexpr unsigned kBridge = 3;
constexpr unsigned kTunnel = 4;
constexpr int kConnection = 17;

/// A host with a card, a bridge of containers and a tunnel.
fakes::FakeInterfaces host() {
  fakes::FakeInterfaces out;
  out.interfaces = {{kLo, {"lo", true}},
                    {kCard, {"eth0"}},
                    {kBridge, {"docker0", false, "bridge", Kinds{"veth", "veth"}}},
                    {kTunnel, {"wg0", false, "wireguard"}}};
  return out;
}

std::optional<std::string> refused(const fakes::FakeInterfaces& interfaces, const Kinds& let_in = {}) {
  LinkLocalGuard guard(interfaces);
  guard.let_in(let_in);
  return guard.refuses(kConnection);
}

TEST_CASE("what comes in by the loopback interface, a pair or a bridge of pairs is of this host, and nothing else is") {
  struct Row {
    Interface interface;
    bool reaches_outside;
  };
  const std::vector<Row> rows{
      {{"lo", true}, false},
      {{"cali1", false, "veth"}, false},
      {{"nk0", false, "netkit"}, false},
      {{"docker0", false, "bridge", Kinds{"veth", "netkit"}}, false},
      {{"docker0", false, "bridge", Kinds{}}, false},
      {{"br0", false, "bridge", Kinds{"dummy", "veth"}}, false},
      {{"br0", false, "bridge", Kinds{"veth", ""}}, true},
      {{"br0", false, "bridge", Kinds{"vlan", "veth"}}, true},
      {{"br0", false, "bridge", Kinds{"vxlan"}}, true},
      {{"virbr0", false, "bridge", Kinds{"tun"}}, true},
      {{"br0", false, "bridge", std::nullopt}, true},
      {{"eth0"}, true},
      {{"eth0.5", false, "vlan"}, true},
      {{"bond0", false, "bond"}, true},
      {{"mv0", false, "macvlan"}, true},
      {{"ipvl0", false, "ipvlan"}, true},
      {{"vx0", false, "vxlan"}, true},
      {{"gt0", false, "gretap"}, true},
      {{"br-int", false, "openvswitch"}, true},
      {{"wg0", false, "wireguard"}, true},
      {{"tun0", false, "tun"}, true},
      {{"ppp0", false, "ppp"}, true},
      {{"new0", false, "a kind of tomorrow"}, true},
      {{}, true},
  };
  for (const auto& [interface, reaches] : rows) {
    CAPTURE(interface.name);
    CAPTURE(interface.kind);
    CHECK(reaches_outside(interface) == reaches);
  }
}

TEST_CASE("link-local addresses are guarded, in every spelling, and no others") {
  struct Row {
    std::string address;
    bool is_guarded;
  };
  const std::vector<Row> rows{{"169.254.169.254", true},
                              {"169.254.170.2", true},
                              {"169.254.0.0", true},
                              {"169.254.255.255", true},
                              {"fd00:ec2::254", true},
                              {"FD00:0EC2:0:0::23", true},
                              {"fe80::1%eth0", true},
                              {"febf::1", true},
                              {"169.253.1.1", false},
                              {"::ffff:169.254.169.254", true},
                              {"169.255.0.1", false},
                              {"127.0.0.1", false},
                              {"0.0.0.0", false},
                              {"::", false},
                              {"::1", false},
                              {"fec0::1", false},
                              {"fd00:ec3::254", false},
                              {"unix:/run/understudy/imds.sock", false}};
  const auto interfaces = host();
  const LinkLocalGuard guard(interfaces);
  for (const auto& [address, is_guarded] : rows) {
    CAPTURE(address);
    CHECK(guard.guards(address) == is_guarded);
  }
}

TEST_CASE("an address is guarded unless it is on an interface that reaches outside, as another machine's own") {
  struct Row {
    std::vector<unsigned> holders;
    bool is_guarded;
  };
  for (const auto& [holders, is_guarded] : std::vector<Row>{
           {{}, true}, {{kLo}, true}, {{kBridge}, true}, {{kCard}, false}, {{kTunnel}, false}, {{kLo, kCard}, false}}) {
    CAPTURE(holders.size());
    auto interfaces = host();
    interfaces.holders["169.254.169.254"] = holders;
    CHECK(LinkLocalGuard(interfaces).guards("169.254.169.254") == is_guarded);
    CHECK(LinkLocalGuard(interfaces).guards("::ffff:169.254.169.254") == is_guarded);
  }
}

TEST_CASE("a connection from outside is refused by the name of its interface, also where nothing can be told") {
  auto interfaces = host();
  interfaces.arrivals[kConnection] = kLo;
  CHECK(refused(interfaces) == std::nullopt);
  interfaces.arrivals[kConnection] = kBridge;
  CHECK(refused(interfaces) == std::nullopt);
  interfaces.arrivals[kConnection] = kCard;
  CHECK(refused(interfaces) == "eth0");
  interfaces.arrivals[kConnection] = 99;
  CHECK(refused(interfaces) == "");
  interfaces.arrivals.clear();
  CHECK(refused(interfaces) == "");
}

TEST_CASE("an interface that is named may, however far it reaches, and no other that reaches so far") {
  auto interfaces = host();
  interfaces.arrivals[kConnection] = kTunnel;
  CHECK(refused(interfaces, {"eth1", "wg0"}) == std::nullopt);
  CHECK(refused(interfaces, {"wg"}) == "wg0");
  interfaces.arrivals[kConnection] = kCard;
  CHECK(refused(interfaces, {"wg0"}) == "eth0");
  interfaces.arrivals.clear();
  CHECK(refused(interfaces, {"wg0"}) == "");
}

TEST_CASE("each connection is looked at anew: a bridge that gets a card is no bridge of containers any more") {
  auto interfaces = host();
  interfaces.arrivals[kConnection] = kBridge;
  const LinkLocalGuard guard(interfaces);
  CHECK(guard.refuses(kConnection) == std::nullopt);
  interfaces.interfaces[kBridge].ports = Kinds{"veth", ""};
  CHECK(guard.refuses(kConnection) == "docker0");
  interfaces.interfaces[kBridge].ports = Kinds{"veth"};
  CHECK(guard.refuses(kConnection) == std::nullopt);
}

}  // namespace
}  // namespace understudy::http
