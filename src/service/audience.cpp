#include "understudy/service/audience.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>
#include <utility>

#include "understudy/base/address_range.hpp"
#include "understudy/base/text.hpp"

namespace understudy::service {
bool overlap(const Audience& left, const Audience& right) {
  return left.first > 0 || right.first > 0 ||
         std::ranges::find_first_of(left.addresses, right.addresses) != left.addresses.end();
}

std::string name_of(const Audience& audience) {
  const auto first = audience.first > 0 ? fmt::format("the first {} clients", audience.first) : std::string();
  const auto addresses = fmt::format("{}", fmt::join(audience.addresses, ", "));
  return addresses.empty() || first.empty() ? addresses + first : addresses + " and " + first;
}

Audience read_audience(const Node& node, std::vector<Problem>& problems) {
  Fields fields(node, problems);
  Audience out;
  std::set<std::string> addresses;
  for (const auto& text : fields.texts("addresses")) {
    if (auto address = normal_address(text)) {
      addresses.insert(*std::move(address));
    } else {
      fields.problem("addresses", fmt::format("expected IP addresses, found \"{}\"", escape_for_log(text, 40)));
    }
  }
  out.addresses.assign(addresses.begin(), addresses.end());
  out.first = static_cast<std::size_t>(fields.number("first", 1, 1'000'000).value_or(0));
  fields.finish();
  if (node.kind == Node::Kind::kMap && out.is_everyone()) {
    fields.problem("", "expected addresses: [..] or first: N; leave it out for all clients");
  }
  return out;
}

}  // namespace understudy::service
