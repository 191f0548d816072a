#include "understudy/metadata/container_set.hpp"

#include <algorithm>
#include <utility>

#include "understudy/base/address_range.hpp"

namespace understudy::metadata {
ContainerSet::ContainerSet(std::optional<Error> error, std::vector<ContainerPtr> before)
    : containers_(std::move(before)), error_(std::move(error)) {
  std::ranges::sort(containers_, {}, [](const ContainerPtr& container) { return container->id; });
}

ContainerSet ContainerSet::current(std::vector<ContainerPtr> containers, std::optional<Error> missing) {
  ContainerSet made(std::move(missing), std::move(containers));
  made.is_current_ = true;
  made.index_addresses();
  return made;
}

void ContainerSet::index_addresses() {
  for (const auto& container : containers_) {
    for (const auto& network : container->networks) {
      for (const auto* addresses : {&network.ipv4, &network.ipv6}) {
        for (const auto& address : *addresses) {
          const auto [known, is_new] = by_address_.emplace(normal_address(address).value_or(""), container);
          if (!is_new && known->second != container) {
            known->second = nullptr;
          }
        }
      }
    }
  }
  by_address_.erase("");
}

ContainerPtr ContainerSet::by_id(std::string_view prefix) const {
  constexpr std::size_t kShortest = 12;
  const auto found = std::ranges::lower_bound(
      containers_, prefix, {}, [](const ContainerPtr& container) -> std::string_view { return container->id; });
  const auto fits = [&](auto at) { return at != containers_.end() && (*at)->id.starts_with(prefix); };
  return prefix.size() >= kShortest && fits(found) && !fits(std::next(found)) ? *found : nullptr;
}

ContainerPtr ContainerSet::by_name(std::string_view name) const {
  const auto found = std::ranges::find_if(
      containers_, [&](const ContainerPtr& container) { return !name.empty() && container->docker_name == name; });
  return found == containers_.end() ? nullptr : *found;
}

ContainerPtr ContainerSet::by_address(std::string_view address) const {
  const auto found = by_address_.find(normal_address(address).value_or(""));
  return found == by_address_.end() ? nullptr : found->second;
}

bool ContainerSet::is_shared(std::string_view address) const {
  const auto found = by_address_.find(normal_address(address).value_or(""));
  return found != by_address_.end() && found->second == nullptr;
}

}  // namespace understudy::metadata
