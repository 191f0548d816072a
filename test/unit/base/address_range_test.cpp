#include "understudy/base/address_range.hpp"

#include <sys/socket.h>

#include <string>
#include <vector>

#include <doctest/doctest.h>

using understudy::AddressRange;
using understudy::normal_address;

TEST_CASE("a range contains the addresses that begin as it does") {
  struct Row {
    const char* range;
    const char* address;
    bool contains;
  };
  for (const auto& [range, address, contains] : std::vector<Row>{
           {"172.18.0.5", "172.18.0.5", true},
           {"172.18.0.5", "172.18.0.6", false},
           {"10.1.0.0/16", "10.1.255.255", true},
           {"10.1.0.0/16", "10.2.0.0", false},
           {"10.1.2.3/16", "10.1.9.9", true},
           {"10.0.0.128/25", "10.0.0.127", false},
           {"10.0.0.128/25", "10.0.0.255", true},
           {"10.0.0.4/30", "10.0.0.7", true},
           {"10.0.0.4/30", "10.0.0.8", false},
           {"0.0.0.0/0", "255.1.2.3", true},
           {"0.0.0.0/0", "::1", false},
           {"::/0", "10.0.0.1", false},
           {"::/0", "fd00::1", true},
           {"fd00::/64", "fd00::ffff:1", true},
           {"fd00::/64", "fd00:0:0:1::1", false},
           {"fd00::1", "fd00:0:0:0:0:0:0:1", true},
           {"::ffff:10.0.0.5", "10.0.0.5", true},
           {"::ffff:10.0.0.5", "::ffff:10.0.0.5", true},
           {"10.0.0.0/8", "::ffff:10.0.0.5", true},
           {"10.0.0.0/8", "10.0.0.0/8", false},
           {"::ffff:10.1.0.0/112", "10.1.255.255", true},
           {"::ffff:10.1.0.0/112", "10.2.0.0", false},
           {"::ffff:0:0/96", "255.1.2.3", true},
           {"::/95", "10.0.0.1", false},
           {"10.0.0.0/8", "", false},
           {"10.0.0.0/8", "10.x", false},
       }) {
    CAPTURE(range);
    CAPTURE(address);
    const auto parsed = AddressRange::parse(range);
    REQUIRE(parsed);
    CHECK(parsed->contains(address) == contains);
  }
}

TEST_CASE("behind a NUL is no end of an address") {
  const std::string text("10.0.0.1\0.evil.example", 22);
  CHECK_FALSE(AddressRange::parse(text));
  CHECK_FALSE(AddressRange::parse("10.0.0.0/8")->contains(text));
  CHECK_FALSE(understudy::read_ip(AF_INET, text));
  CHECK_FALSE(understudy::read_ip(AF_INET6, std::string("::1\0", 4)));
  CHECK(understudy::read_ip(AF_INET6, "::1"));
}

TEST_CASE("what is no range is none") {
  for (const char* text : {"", "web", "10.0.0", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "10.0.0.0/8/8", "fd00::/129",
                           "010.0.0.1", "[::1]", "10.0.0.1 ", "::1%lo"}) {
    CAPTURE(text);
    CHECK_FALSE(AddressRange::parse(text));
  }
}

TEST_CASE("an address alone has every bit, and spellings of one range are equal") {
  CHECK(AddressRange::parse("10.0.0.1")->bits() == 32);
  CHECK(AddressRange::parse("fd00::1")->bits() == 128);
  CHECK(AddressRange::parse("10.1.2.3/16") == AddressRange::parse("10.1.0.0/16"));
  CHECK(AddressRange::parse("::ffff:10.0.0.1") == AddressRange::parse("10.0.0.1"));
  CHECK(AddressRange::parse("10.1.0.0/17") != AddressRange::parse("10.1.0.0/16"));
}

TEST_CASE("an address has one spelling, whichever way it is written") {
  struct Row {
    const char* text;
    const char* address;
  };
  for (const auto& [text, address] : std::vector<Row>{
           {"10.0.0.7", "10.0.0.7"},
           {"2001:DB8:0:0:0:0:0:7", "2001:db8::7"},
           {"2001:db8::7", "2001:db8::7"},
           {"::FFFF:10.0.0.7", "10.0.0.7"},
           {"::ffff:a00:7", "10.0.0.7"},
           {"0:0:0:0:0:ffff:0a00:0007", "10.0.0.7"},
           {"::10.0.0.7", "::10.0.0.7"},
           {"FE80::1%eth0", "fe80::1"},
           {"10.0.0", ""},
           {"10.0.0.7%eth0", ""},
           {"[::1]", ""},
           {"web", ""},
           {"", ""},
       }) {
    CAPTURE(text);
    CHECK(normal_address(text).value_or("") == address);
  }
}
