#pragma once

#include <string_view>

/// Addresses that are this host's own by what they are. Each in any of its spellings, as of normal_address; false for
/// what is no address. Pure.
namespace understudy {

/// 127.0.0.0/8 and ::1.
[[nodiscard]] bool is_loopback(std::string_view address);

/// 169.254.0.0/16 (RFC 3927), fe80::/10 (RFC 4291), and fd00:ec2::/32, where AWS has its endpoints over IPv6.
[[nodiscard]] bool is_link_local(std::string_view address);

}  // namespace understudy
