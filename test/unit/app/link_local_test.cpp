#include "understudy/app/link_local.hpp"

#include <string>
#include <vector>

#include "fakes/fake_commands.hpp"
#include "fakes/fake_http.hpp"

#include <doctest/doctest.h>

namespace understudy::app {
namespace {

constexpr const char* kNothing = R"([{"ifname": "lo", "addr_info": [{"local": "127.0.0.1", "label": "lo"}]}, {}])";
constexpr const char* kOurs = R"([{"ifname": "lo", "addr_info": [
  {"local": "127.0.0.1", "label": "lo"},
  {"local": "169.254.169.254", "label": "lo:understudy"},
  {"local": "fd00:ec2::23", "metric": 1341}]}])";
constexpr const char* kTheirs = R"([{"ifname": "lo", "addr_info": [{"local": "169.254.170.2", "label": "lo"}]},
  {"ifname": "eth1", "addr_info": [{"local": "169.254.169.254", "label": "eth1"}]}])";

constexpr const char* kUnmarked = R"([{"ifname": "lo", "addr_info": [{"local": "169.254.170.2", "label": "lo"}]}])";

/// A LinkLocal over fakes. What ip prints is queued; nobody answers over HTTP unless that is queued, too.
struct Host {
  explicit Host(const char* addresses) { prints(addresses); }

  void prints(const char* text) { commands.then(Secret(text)); }
  void has_no_routes(int count) {
    for (int i = 0; i < count; ++i) {
      prints("[]");
    }
  }
  /// What was run after the questions, without what is the same in all.
  std::vector<std::string> changes() {
    std::vector<std::string> found;
    for (const auto& text : commands.texts()) {
      if (text.find(" addr add ") != std::string::npos || text.find(" addr del ") != std::string::npos) {
        found.push_back(text.substr(text.find("exec ip ") + 8));
      }
    }
    return found;
  }

  fakes::FakeCommands commands;
  fakes::FakeHttp http;
  LinkLocal link_local{commands, http};
};

TEST_CASE("the three addresses of IPv4 are put on the loopback interface, each by itself and marked") {
  Host host(kNothing);
  host.has_no_routes(5 + 3);
  const auto added = host.link_local.up(false, false);
  REQUIRE(added.has_value());
  CHECK(added->size() == 3);
  CHECK(host.changes() ==
        std::vector<std::string>{"-4 addr add 169.254.169.254/32 dev lo scope host label lo:understudy",
                                 "-4 addr add 169.254.170.2/32 dev lo scope host label lo:understudy",
                                 "-4 addr add 169.254.170.23/32 dev lo scope host label lo:understudy"});
}

TEST_CASE("those of IPv6 are put there where they are asked for, and what is ours already stays") {
  Host host(kOurs);
  host.has_no_routes(3 + 3);
  const auto added = host.link_local.up(true, false);
  REQUIRE(added.has_value());
  CHECK(host.changes().back() == "-6 addr add fd00:ec2::254/128 dev lo metric 1341 preferred_lft 0");
  CHECK(host.changes().size() == 3);
}

TEST_CASE("an address that somebody has is refused, and nothing is changed") {
  struct Row {
    const char* addresses;
    const char* route;
    int http_status;
    const char* word;
  };
  const Row rows[] = {
      {kTheirs, "[]", 0, "169.254.169.254 is taken by interface eth1, as on"},
      {kNothing, R"([{"dst": "169.254.169.254", "dev": "eth0"}])", 0, "a route of its own, by interface eth0"},
      {kNothing, "[]", 401, "somebody who answers there (HTTP status 401)"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.word);
    Host host(row.addresses);
    host.prints(row.route);
    host.has_no_routes(10);
    if (row.http_status != 0) {
      host.http.then(Response{.status = row.http_status, .headers = {}, .body = {}});
    }
    const auto added = host.link_local.up(false, false);
    REQUIRE_FALSE(added.has_value());
    CHECK(added.error().code == "AddressTaken");
    CHECK(added.error().message.find(row.word) != std::string::npos);
    CHECK(added.error().message.find("--force") != std::string::npos);
    CHECK(host.changes().empty());
  }
}

TEST_CASE("by force an address is put there that others have, but not a second time on the same interface") {
  Host host(kTheirs);
  host.has_no_routes(3 + 2);
  const auto added = host.link_local.up(false, true);
  REQUIRE(added.has_value());
  CHECK(host.changes() ==
        std::vector<std::string>{"-4 addr add 169.254.169.254/32 dev lo scope host label lo:understudy",
                                 "-4 addr add 169.254.170.23/32 dev lo scope host label lo:understudy"});
}

TEST_CASE("an address that is on the loopback interface without our mark is there already, where nobody answers") {
  Host host(kUnmarked);
  host.has_no_routes(4 + 2);
  const auto added = host.link_local.up(false, false);
  REQUIRE(added.has_value());
  CHECK(host.changes() ==
        std::vector<std::string>{"-4 addr add 169.254.169.254/32 dev lo scope host label lo:understudy",
                                 "-4 addr add 169.254.170.23/32 dev lo scope host label lo:understudy"});
}

TEST_CASE("where somebody answers at one without our mark, it is told how to take it away") {
  Host host(kUnmarked);
  host.has_no_routes(4);
  host.http.then(Error{Error::Kind::kUnavailable, "ConnectionError", "nobody"});
  host.http.then(Response{404, {}, {}, {}});
  const auto added = host.link_local.up(false, false);
  REQUIRE_FALSE(added.has_value());
  CHECK(added.error().message.starts_with(
      "169.254.170.2 is taken by somebody who answers there (HTTP status 404) (it is on lo without understudy's mark: "
      "sudo ip address del 169.254.170.2/32 dev lo takes it away), as on"));
  CHECK(host.changes().empty());
}

TEST_CASE("only what has our mark is taken away") {
  Host host(kOurs);
  host.has_no_routes(2);
  const auto removed = host.link_local.down();
  REQUIRE(removed.has_value());
  CHECK(host.changes() == std::vector<std::string>{"-4 addr del 169.254.169.254/32 dev lo label lo:understudy",
                                                   "-6 addr del fd00:ec2::23/128 dev lo"});
  Host other(kTheirs);
  CHECK(other.link_local.down().value().empty());
  CHECK(other.changes().empty());
  Host by_hand(kUnmarked);
  CHECK(by_hand.link_local.down().value().empty());
  CHECK(by_hand.changes().empty());
}

TEST_CASE("where one fails those before it are taken away again, and the reason says what it takes") {
  Host host(kNothing);
  host.has_no_routes(5 + 1);
  host.commands.then(Error{Error::Kind::kUnavailable, "CommandFailed",
                           "ip addr add .. ended with status 2: RTNETLINK answers: Operation not permitted"});
  host.prints("");
  const auto added = host.link_local.up(false, false);
  REQUIRE_FALSE(added.has_value());
  CHECK(added.error().code == "LinkLocalFailed");
  CHECK(added.error().message.find("Operation not permitted. It takes") != std::string::npos);
  CHECK(added.error().message.find("root") != std::string::npos);
  CHECK(host.changes().back() == "-4 addr del 169.254.169.254/32 dev lo label lo:understudy");
}

TEST_CASE("what ip prints is not trusted") {
  for (const auto* text : {"nonsense", "{}", "[1, {\"addr_info\": 1}]", "[{\"addr_info\": [1, {\"local\": 2}]}]", ""}) {
    CAPTURE(text);
    Host host(text);
    const auto removed = host.link_local.down();
    CHECK((removed.has_value() ? removed->empty() : removed.error().code == "LinkLocalFailed"));
  }
}

TEST_CASE("an address of IPv6 is asked over HTTP as one") {
  Host host(kNothing);
  host.has_no_routes(5);
  REQUIRE(host.link_local.look().has_value());
  const auto sent = host.http.sent();
  REQUIRE(sent.size() == 5);
  CHECK(sent.front().origin.authority() == "169.254.169.254");
  CHECK(sent.back().origin.authority() == "[fd00:ec2::23]");
}

TEST_CASE("how it stands is a line for each address") {
  Host host(kTheirs);
  host.has_no_routes(3);
  const auto states = host.link_local.look();
  REQUIRE(states.has_value());
  CHECK(link_local_text(*states) ==
        "169.254.169.254   EC2 instance metadata  taken by interface eth1\n"
        "169.254.170.2     ECS                    on this host (it is on lo without understudy's mark: sudo ip address "
        "del 169.254.170.2/32 dev lo takes it away)\n"
        "169.254.170.23    EKS Pod Identity       not on this host\n"
        "fd00:ec2::254     EC2 instance metadata  not on this host\n"
        "fd00:ec2::23      EKS Pod Identity       not on this host\n");
}

}  // namespace
}  // namespace understudy::app
