// Who may ask: the input is a Host, and further header lines. A name of others is refused whatever it is dressed in,
// and letter case makes no difference.

#include "fuzz/check.hpp"
#include "understudy/base/address_range.hpp"
#include "understudy/base/text.hpp"
#include "understudy/service/guard.hpp"

namespace {

namespace service = understudy::service;

void hold_for_host(std::string_view host) {
  const bool allowed = service::is_allowed_host(host, {"friend.internal"});
  require(allowed == service::is_allowed_host(understudy::to_upper(host), {"friend.internal"}));
  const auto bare = service::without_port(host);
  require(!bare || host.starts_with(*bare));
  if (!allowed) return;
  require(bare && !bare->empty() && is_showable(host) && host.find_first_of("@/\\ ") == host.npos);
  const bool has_dot = bare->find('.') != bare->npos;
  require(!has_dot || bare->starts_with('[') || understudy::AddressRange::parse(*bare) ||
          understudy::equal_ignoring_case(*bare, "friend.internal"));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto text = as_text(data, size);
  const auto host = take_until(text, '\n');
  hold_for_host(host);
  understudy::Request request;
  request.headers.add("Host", host);
  while (!text.empty()) {
    auto line = take_until(text, '\n');
    const auto name = take_until(line, ':');
    request.headers.add(name, understudy::trim(line));
  }
  const auto rule = service::refusing_rule(request, {{"friend.internal"}, true, {}});
  const bool is_good = service::is_allowed_host(host, {"friend.internal"});
  require(is_good || rule.has_value());
  require(!(request.headers.get("Origin") || request.headers.get("x-forwarded-for")) || rule.has_value());
  return 0;
}
