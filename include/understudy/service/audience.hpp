#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "understudy/base/node.hpp"

namespace understudy::service {

/// Which clients see what is played; the default: all.
struct Audience {
  std::vector<std::string> addresses;  ///< Sorted, each once, spelled as by normal_address.
  std::size_t first = 0;               ///< The first so many different addresses that ask from then on.

  [[nodiscard]] bool is_everyone() const { return addresses.empty() && first == 0; }
  bool operator==(const Audience&) const = default;
};

/// Whether a client could belong to both: they share an address, or one of them has whoever comes first. Not for an
/// audience that is everyone.
[[nodiscard]] bool overlap(const Audience& left, const Audience& right);

/// `10.0.0.7 and the first 2 clients`
[[nodiscard]] std::string name_of(const Audience& audience);

/// Reads `{addresses: [10.0.0.7, "::1"], first: 2}`; one of the two has to be there. Addresses may be spelled in
/// any way.
[[nodiscard]] Audience read_audience(const Node& node, std::vector<Problem>& problems);

}  // namespace understudy::service
