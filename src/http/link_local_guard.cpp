#include "understudy/http/link_local_guard.hpp"

#include <algorithm>
#include <utility>

#include "understudy/base/address_range.hpp"
#include "understudy/base/own_address.hpp"

namespace understudy::http {

bool reaches_outside(const Interface& interface) {
  const auto is_pair = [](const std::string& kind) { return kind == "veth" || kind == "netkit"; };
  // Some keep a bridge up by a dummy, which nothing comes in by.
  const auto is_inside = [&](const std::string& kind) { return is_pair(kind) || kind == "dummy"; };
  if (interface.is_loopback || is_inside(interface.kind)) {
    return false;
  }
  return interface.kind != "bridge" || !interface.ports || !std::ranges::all_of(*interface.ports, is_inside);
}

void LinkLocalGuard::let_in(std::vector<std::string> names) {
  const std::lock_guard lock(mutex_);
  let_in_ = std::move(names);
}

bool LinkLocalGuard::lets_in(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  return std::ranges::find(let_in_, name) != let_in_.end();
}

bool LinkLocalGuard::guards(const std::string& address) const {
  const auto literal = normal_address(address);
  return literal && is_link_local(*literal) &&
         std::ranges::none_of(interfaces_.holders_of(*literal),
                              [this](unsigned index) { return reaches_outside(interfaces_.find(index)); });
}

std::optional<std::string> LinkLocalGuard::refuses(int descriptor) const {
  auto arrival = interfaces_.find(interfaces_.arrival_of(descriptor));
  if (!reaches_outside(arrival) || lets_in(arrival.name)) {
    return std::nullopt;
  }
  return std::move(arrival.name);
}

}  // namespace understudy::http
