#include "understudy/service/caller_roles.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "understudy/base/text.hpp"
#include "understudy/service/container_credential.hpp"
#include "until_known.hpp"

namespace understudy::service {
namespace {

constexpr std::size_t kShownName = 80;

Error denied(std::string code, std::string message) {
  return {Error::Kind::kDenied, std::move(code), std::move(message)};
}

std::string reason_of(const std::optional<Error>& why) {
  return why ? why->message : "the container engine has not answered yet";
}

Error not_followed(const std::optional<Error>& why) {
  return {Error::Kind::kUnavailable, "CallersUnknown",
          fmt::format("callers can not be told apart right now, ask again: {}", reason_of(why))};
}

}  // namespace

CallerRoles::CallerRoles(CallersSettings settings, source::Roles& roles, const metadata::ContainerSource& containers,
                         std::vector<source::Role*> of_pods)
    : settings_(std::move(settings)), roles_(roles), containers_(containers), of_pods_(std::move(of_pods)) {
  std::ranges::stable_sort(settings_.addresses, std::ranges::greater(),
                           [](const auto& entry) { return entry.first.bits(); });
}

Result<source::Role*> CallerRoles::find(std::string_view address) const {
  const auto fixed =
      std::ranges::find_if(settings_.addresses, [&](const auto& entry) { return entry.first.contains(address); });
  if (fixed != settings_.addresses.end()) {
    return roles_.find(fixed->second);
  }
  const auto known = containers_.snapshot();
  if (const auto container = known->by_address(address)) {
    return role_of(*container);
  }
  if (known->is_shared(address)) {
    return denied("CallerUnknown",
                  fmt::format("two containers have the address {}, each in a network of its own, and neither is known "
                              "by it: give one of the networks another subnet, or each a token",
                              address));
  }
  if (!known->is_current() || known->error()) {
    return not_followed(known->error());
  }
  return denied("CallerUnknown",
                fmt::format("no container is known by the address {}, and containers.callers.addresses "
                            "has no role for it",
                            address));
}

Result<source::Role*> CallerRoles::role_of(const metadata::Container& container) const {
  const auto name = escape_for_log(container.docker_name, kShownName);
  const auto label = container.own_labels.find(std::string(kRoleLabel));
  if (settings_.labels && label != container.own_labels.end()) {
    return by_label(label->second, name);
  }
  if (const auto* const key = by_service(container)) {
    return roles_.find(*key);
  }
  const bool is_of_image = settings_.labels && container.labels.contains(std::string(kRoleLabel));
  return denied("CallerHasNoRole",
                fmt::format("container {} has no role: {}", name,
                            is_of_image ? "its image has that label understudy.role, and images do not choose; name "
                                          "its service in containers.callers.services, or its address"
                            : settings_.labels ? "give it the label understudy.role=<role>"
                                               : "name its service in containers.callers.services"));
}

Result<source::Role*> CallerRoles::by_label(std::string_view label, std::string_view container) const {
  auto* const role = roles_.find(label);
  const auto shown = escape_for_log(label, kShownName);
  if (role == nullptr) {
    return denied("UnknownRole", fmt::format("the label {} of container {} names no role of the configuration: {}",
                                             kRoleLabel, container, shown));
  }
  if (std::ranges::find(of_pods_, role) != of_pods_.end()) {
    return denied(std::string(kRoleOfPods),
                  fmt::format("the label {} of container {} names the role {}, which is for pods alone, by their "
                              "service account's token (pod_identity.associations); to give it to containers, too, "
                              "name it in containers.credentials",
                              kRoleLabel, container, shown));
  }
  return role;
}

const std::string* CallerRoles::by_service(const metadata::Container& container) const {
  if (container.project.empty()) {
    return nullptr;  // Its name is Docker's, which who starts it chooses, and no service.
  }
  for (const auto& name : {container.project + "/" + container.name, container.name}) {
    const auto found = std::ranges::find(settings_.services, name, [](const auto& entry) { return entry.first; });
    if (found != settings_.services.end()) {
      return &found->second;
    }
  }
  return nullptr;
}

std::optional<std::string> CallerRoles::why_not_told_apart() const {
  const auto known = containers_.snapshot();
  const bool needs_containers = settings_.labels || !settings_.services.empty();
  return needs_containers && !known->is_current() ? std::optional(reason_of(known->error())) : std::nullopt;
}

bool CallerRoles::may_pass(const Error& error) {
  return error.code == "CallersUnknown" || error.code == "CallerUnknown";
}

std::shared_ptr<Deferred> CallerRoles::until_known(std::string address) const {
  return service::until_known(containers_, [this, address = std::move(address)] {
    const auto role = find(address);
    return role || !may_pass(role.error());
  });
}

}  // namespace understudy::service
