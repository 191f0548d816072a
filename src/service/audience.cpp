#include "understudy/service/audience.hpp"

#include <fmt/format.h>

#include "understudy/base/listen_address.hpp"
#include "understudy/base/text.hpp"

namespace understudy::service {
namespace {

bool is_address(const std::string& text) {
  const auto host = text.find(':') == std::string::npos ? text : "[" + text + "]";
  return parse_listen_address(host + ":0").has_value();
}

}  // namespace

Audience read_audience(const Node& node, std::vector<Problem>& problems) {
  Fields fields(node, problems);
  Audience out;
  out.addresses = fields.texts("addresses");
  for (const auto& address : out.addresses) {
    if (!is_address(address)) {
      fields.problem("addresses", fmt::format("expected IP addresses, found \"{}\"", escape_for_log(address, 40)));
    }
  }
  out.first = static_cast<std::size_t>(fields.number("first", 1, 1'000'000).value_or(0));
  fields.finish();
  if (node.kind == Node::Kind::kMap && out.is_everyone()) {
    fields.problem("", "expected addresses: [..] or first: N; leave it out for all clients");
  }
  return out;
}

}  // namespace understudy::service
