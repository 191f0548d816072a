#include "understudy/base/listen_address.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace understudy {
namespace {

TEST_CASE("an IP address and a port are read and written back") {
  struct Row {
    std::string_view text;
    ListenAddress expected;
  };
  for (const auto& row : std::vector<Row>{
           {"127.0.0.1:1338", {"127.0.0.1", 1338}},
           {"0.0.0.0:80", {"0.0.0.0", 80}},
           {"169.254.170.2:80", {"169.254.170.2", 80}},
           {"127.0.0.1:0", {"127.0.0.1", 0}},
           {"127.0.0.1:65535", {"127.0.0.1", 65535}},
           {"[::1]:1338", {"::1", 1338}},
           {"[::]:1338", {"::", 1338}},
           {"[fd00:ec2::254]:80", {"fd00:ec2::254", 80}},
           {"unix:/run/understudy/imds.sock", {"unix:/run/understudy/imds.sock", 0, 0660}},
           {"unix:/a b", {"unix:/a b", 0, 0660}},
       }) {
    CAPTURE(row.text);
    const auto address = parse_listen_address(row.text);
    REQUIRE(address.has_value());
    CHECK(*address == row.expected);
    CHECK(address->to_string() == row.text);
  }
}

TEST_CASE("an address has one spelling, however it was written") {
  CHECK(parse_listen_address("[0:0::1]:1338")->address == "::1");
  CHECK(parse_listen_address("[2001:DB8::07]:80")->address == "2001:db8::7");
  CHECK(parse_listen_address("[0::0]:80")->address == "::");
  CHECK(parse_listen_address("[::ffff:127.0.0.1]:80")->to_string() == "127.0.0.1:80");
}

TEST_CASE("a Unix socket's file may have another mode") {
  const auto address = parse_listen_address("unix:/run/imds.sock?mode=0600");
  REQUIRE(address.has_value());
  CHECK(*address == ListenAddress{"unix:/run/imds.sock", 0, 0600});
  CHECK(address->socket_file() == "/run/imds.sock");
  CHECK(ListenAddress{"::1", 80}.socket_file().empty());
  for (const auto* text :
       {"unix:", "unix:run/imds.sock", "unix:///run/", "unix:/run/x?mode=660", "unix:/run/x?mode=0669",
        "unix:/run/x?mode=", "unix:/run/x?uid=0", "unix:/run/x?mode=06660", "unix:/run/x?mode=2660", "unix:/run\n/x"}) {
    CAPTURE(std::string(text));
    CHECK_FALSE(parse_listen_address(text).has_value());
  }
  CHECK(parse_listen_address("unix:/" + std::string(106, 'a')).has_value());
  CHECK_FALSE(parse_listen_address("unix:/" + std::string(107, 'a')).has_value());
}

TEST_CASE("whatever else is refused with the form to write") {
  struct Row {
    std::string_view text;
    std::string_view says;
  };
  for (const auto& row : std::vector<Row>{
           {"1338", "127.0.0.1:1338 (this machine only) or 0.0.0.0:1338"},
           {":1338", "127.0.0.1:1338 (this machine only) or 0.0.0.0:1338"},
           {"127.0.0.1", "a port too: 127.0.0.1:1338"},
           {"::1:1338", "in quotes: \"[::1]:1338\""},
           {"fe80::1:80:1338", "in quotes"},
           {"1:::\x1b[31m", "\"[1::]:1338\", found \"1:::\\x1B[31m\""},
           {"localhost:\x1b", "127.0.0.1:1338"},
           {"::1", "\"[::1]:1338\""},
           {"[::1]", "an IP address and a port"},
           {"[127.0.0.1]:80", "an IP address and a port"},
           {"localhost:1338", "127.0.0.1:1338"},
           {"example.com:80", "an IP address and a port"},
           {"*:80", "an IP address and a port"},
           {"127.0.0.1:65536", "a port from 0 to 65535"},
           {"127.0.0.1:", "a port from 0 to 65535"},
           {"127.0.0.1:http", "a port from 0 to 65535"},
           {"127.0.0.1:-1", "a port from 0 to 65535"},
           {"127.0.0.1:+80", "a port from 0 to 65535"},
           {"127.1:80", "an IP address and a port"},
           {"127.0.0.1 :80", "an IP address and a port"},
           {"http://127.0.0.1:80", "an IP address and a port"},
           {"", "an IP address and a port"},
       }) {
    CAPTURE(row.text);
    const auto address = parse_listen_address(row.text);
    REQUIRE_FALSE(address.has_value());
    CHECK(address.error().kind == Error::Kind::kInvalid);
    CAPTURE(address.error().message);
    CHECK(address.error().message.find(row.says) != std::string::npos);
  }
}

TEST_CASE("a client reaches a wildcard listener by the loopback address") {
  CHECK(ListenAddress{"0.0.0.0", 80}.reachable() == ListenAddress{"127.0.0.1", 80});
  CHECK(ListenAddress{"::", 80}.reachable() == ListenAddress{"::1", 80});
  CHECK(ListenAddress{"0:0::0", 80}.reachable() == ListenAddress{"::1", 80});
  CHECK(ListenAddress{"169.254.170.2", 80}.reachable() == ListenAddress{"169.254.170.2", 80});
}

}  // namespace
}  // namespace understudy
