#include "understudy/service/caller_roles.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "understudy/base/text.hpp"

namespace understudy::service {
namespace {

constexpr std::size_t kShownName = 80;

/// Looks at each snapshot until one has a final word on the address.
class UntilKnown final : public Deferred, public std::enable_shared_from_this<UntilKnown> {
 public:
  UntilKnown(const CallerRoles& callers, const metadata::ContainerSource& containers, std::string address)
      : callers_(callers), containers_(containers), address_(std::move(address)) {}

  void on_ready(std::function<void()> wake) override {
    wake_ = std::move(wake);
    const std::weak_ptr<UntilKnown> self = weak_from_this();
    look_ = std::make_shared<const std::function<void()>>([self] {
      if (const auto alive = self.lock()) {
        alive->look();
      }
    });
    wait();
  }

 private:
  /// Snapshot first, answer second: news between the two wake it again.
  void wait() {
    seen_ = containers_.snapshot();
    if (is_known()) {
      wake_();
    } else {
      containers_.on_change(seen_, look_);
    }
  }
  void look() {
    if (containers_.snapshot() == seen_) {
      wake_();  // None will come, or too many wait.
    } else {
      wait();
    }
  }
  [[nodiscard]] bool is_known() const {
    const auto role = callers_.find(address_);
    return role || !CallerRoles::may_pass(role.error());
  }

  const CallerRoles& callers_;
  const metadata::ContainerSource& containers_;
  const std::string address_;
  std::function<void()> wake_;
  std::shared_ptr<const std::function<void()>> look_;
  std::shared_ptr<const metadata::ContainerSet> seen_;
};

Error denied(std::string code, std::string message) {
  return {Error::Kind::kDenied, std::move(code), std::move(message)};
}

Error not_followed(const std::optional<Error>& why) {
  return {Error::Kind::kUnavailable, "CallersUnknown",
          fmt::format("callers can not be told apart right now, ask again: {}",
                      why ? why->message : "the container engine has not answered yet")};
}

}  // namespace

CallerRoles::CallerRoles(CallersSettings settings, source::Roles& roles, const metadata::ContainerSource& containers)
    : settings_(std::move(settings)), roles_(roles), containers_(containers) {
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
    auto* const role = roles_.find(label->second);
    return role != nullptr ? Result<source::Role*>(role)
                           : denied("UnknownRole",
                                    fmt::format("the label {} of container {} names no role of the configuration: {}",
                                                kRoleLabel, name, escape_for_log(label->second, kShownName)));
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

bool CallerRoles::may_pass(const Error& error) {
  return error.code == "CallersUnknown" || error.code == "CallerUnknown";
}

std::shared_ptr<Deferred> CallerRoles::until_known(std::string address) const {
  return std::make_shared<UntilKnown>(*this, containers_, std::move(address));
}

}  // namespace understudy::service
