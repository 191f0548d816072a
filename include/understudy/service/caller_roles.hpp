#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "understudy/base/handler.hpp"
#include "understudy/base/result.hpp"
#include "understudy/metadata/container_source.hpp"
#include "understudy/service/callers_settings.hpp"
#include "understudy/source/role.hpp"

namespace understudy::service {

/// The label by which a container says which role is its own.
inline constexpr std::string_view kRoleLabel = "understudy.role";

/// Whose role a caller gets that names none. By its address, in this order:
///
/// 1. `addresses` of the configuration, the narrowest range: whatever container has the address now.
/// 2. the container that has the address: its label `understudy.role`, where labels count, but never one of its image;
/// 3. else its compose service in `services`: `shop/web` before `web`.
///
/// What comes first decides: a label that names no role, or one that is for pods alone, is an error, and nothing behind
/// it is looked at. Nobody gets a role by default. An address is a hint and no proof (ContainerSet::by_address); a
/// token is one.
///
/// Thread-safe; reads one snapshot a call, and never asks the engine.
class CallerRoles {
 public:
  /// `of_pods` are those of kRoleOfPods: no label gives them. REQUIRES: every role that the settings name is in
  /// `roles`; `roles` and `containers` outlive this.
  CallerRoles(CallersSettings settings, source::Roles& roles, const metadata::ContainerSource& containers,
              std::vector<source::Role*> of_pods = {});

  [[nodiscard]] const std::string& path() const { return settings_.path; }

  /// The role, which lives as long as `roles`. Errors: kUnavailable (`CallersUnknown`) while the engine is not
  /// followed, or nobody is known by that address and the engine has not answered about a container that may have it;
  /// kDenied with `CallerUnknown` where nobody is known by that address, or two containers have it, `CallerHasNoRole`
  /// for a container that has neither label nor service, `UnknownRole` where the label names no role, kRoleOfPods where
  /// it names one of those.
  [[nodiscard]] Result<source::Role*> find(std::string_view address) const;

  /// Why those callers can not be told apart right now who are known by label or service; nullopt where they can, and
  /// where nobody is known so.
  [[nodiscard]] std::optional<std::string> why_not_told_apart() const;

  /// Whether the next news of containers may make a role of that error: a container asks faster than its start is
  /// heard of.
  [[nodiscard]] static bool may_pass(const Error& error);
  /// Wakes with the news that tell who has the address, or when none will come. Others do not wake it: it is for who
  /// waits to say how long, as http::Connection does. REQUIRES: it ends before this does.
  [[nodiscard]] std::shared_ptr<Deferred> until_known(std::string address) const;

 private:
  [[nodiscard]] Result<source::Role*> role_of(const metadata::Container& container) const;
  [[nodiscard]] Result<source::Role*> by_label(std::string_view label, std::string_view container) const;
  [[nodiscard]] const std::string* by_service(const metadata::Container& container) const;

  CallersSettings settings_;
  source::Roles& roles_;
  const metadata::ContainerSource& containers_;
  std::vector<source::Role*> of_pods_;
};

}  // namespace understudy::service
