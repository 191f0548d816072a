#include "understudy/base/own_address.hpp"

#include <doctest/doctest.h>

using understudy::is_link_local;
using understudy::is_loopback;

TEST_CASE("the loopback and what is link-local are known in each of their spellings") {
  for (const auto* address : {"127.0.0.1", "127.255.255.255", "::1", "0:0::1", "::ffff:127.0.0.1"}) {
    CAPTURE(address);
    CHECK(is_loopback(address));
    CHECK_FALSE(is_link_local(address));
  }
  for (const auto* address : {"169.254.0.0", "169.254.170.2", "fe80::1", "fe80::1%eth0", "febf::", "fd00:ec2::254",
                              "FD00:0EC2::23", "::ffff:169.254.169.254"}) {
    CAPTURE(address);
    CHECK(is_link_local(address));
    CHECK_FALSE(is_loopback(address));
  }
}

TEST_CASE("other addresses, and what is none, are neither") {
  for (const auto* address : {"", "0.0.0.0", "::", "126.255.255.255", "128.0.0.1", "169.253.255.255", "169.255.0.0",
                              "fec0::1", "fd00:ec3::", "::2", "localhost", "unix:/run/imds.sock"}) {
    CAPTURE(address);
    CHECK_FALSE(is_loopback(address));
    CHECK_FALSE(is_link_local(address));
  }
}
