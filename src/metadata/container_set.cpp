#include "understudy/metadata/container_set.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <utility>

namespace understudy::metadata {
namespace {

/// One spelling for each address; empty for what is none.
std::string normal_form(std::string_view address) {
  const std::string text(address);
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  std::array<char, INET6_ADDRSTRLEN> out{};
  for (const int family : {AF_INET, AF_INET6}) {
    if (::inet_pton(family, text.c_str(), bytes.data()) == 1) {
      return ::inet_ntop(family, bytes.data(), out.data(), out.size());
    }
  }
  return {};
}

}  // namespace

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
          const auto [known, is_new] = by_address_.emplace(normal_form(address), container);
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
  const auto found = by_address_.find(normal_form(address));
  return found == by_address_.end() ? nullptr : found->second;
}

}  // namespace understudy::metadata
