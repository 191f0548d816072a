#include "understudy/base/own_address.hpp"

#include <algorithm>
#include <initializer_list>

#include "understudy/base/address_range.hpp"

namespace understudy {
namespace {

bool is_in(std::initializer_list<std::string_view> ranges, std::string_view address) {
  const auto literal = normal_address(address);
  return literal && std::ranges::any_of(ranges, [&](std::string_view range) {
           const auto parsed = AddressRange::parse(range);
           return parsed && parsed->contains(*literal);
         });
}

}  // namespace

bool is_loopback(std::string_view address) { return is_in({"127.0.0.0/8", "::1"}, address); }

bool is_link_local(std::string_view address) {
  return is_in({"169.254.0.0/16", "fe80::/10", "fd00:ec2::/32"}, address);
}

}  // namespace understudy
