#include "understudy/service/callers_settings.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "own_path.hpp"
#include "understudy/base/text.hpp"

namespace understudy::service {
namespace {

void read_addresses(Fields& fields, CallersSettings& out) {
  for (auto& [text, role] : fields.pairs("addresses")) {
    const auto range = AddressRange::parse(text);
    if (!range) {
      fields.problem("addresses",
                     fmt::format("expected addresses such as 172.18.0.5 or 10.1.0.0/16, each with its role, found "
                                 "\"{}\"",
                                 escape_for_log(text, 40)));
    } else if (std::ranges::any_of(out.addresses, [&](const auto& other) { return other.first == *range; })) {
      fields.problem("addresses", fmt::format("{} is there already, spelt in another way", text));
    } else {
      out.addresses.emplace_back(*range, std::move(role));
    }
  }
}

}  // namespace

CallersSettings read_callers_settings(const Node& node, std::vector<Problem>& problems) {
  Fields fields(node, problems);
  CallersSettings out;
  out.path = read_own_path(fields).value_or(out.path);
  out.labels = fields.flag("labels").value_or(false);
  out.services = fields.pairs("services");
  read_addresses(fields, out);
  if (!out.labels && out.services.empty() && fields.node("addresses") == nullptr) {
    fields.problem("", "expected labels: true, services or addresses: by what callers are told apart");
  }
  fields.finish();
  return out;
}

}  // namespace understudy::service
