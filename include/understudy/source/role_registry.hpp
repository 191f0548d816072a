#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "understudy/source/cached_role.hpp"
#include "understudy/source/kind.hpp"
#include "understudy/source/refresher.hpp"
#include "understudy/source/role.hpp"

namespace understudy::source {

/// One entry of `roles:` as configured.
struct RolePlan {
  std::string key;  ///< `app`
  std::shared_ptr<const Blueprint> blueprint;
  std::string base;  ///< The key behind `source:`; empty where none is named.
  /// Differs where anything differs that the configuration says of the role: config::fingerprint_of.
  std::string fingerprint{};
};

/// The roles of the configuration with their sources, their caches and the threads that keep them fresh. Nothing is
/// fetched before `prefetch`, `refresh_now`, a `Role::on_settled` or a `CachedRole::get`; what was fetched by the first
/// three is kept fresh from then on, and what failed is tried again.
///
/// Thread-safety: all of it, but `stop` and the destructor are for one thread.
class RoleRegistry final : public Roles {
 public:
  /// Errors: kInvalid, code `BadRoles`: a key twice, an unknown `base`, or bases in a circle.
  /// REQUIRES: every blueprint is there; what `surroundings` names outlives the registry.
  static Result<std::unique_ptr<RoleRegistry>> build(const std::vector<RolePlan>& plans,
                                                     const Surroundings& surroundings);
  ~RoleRegistry() override { stop(); }

  /// CachedRole::continue_from for the roles of these keys that both have; those that are renewed in time there are so
  /// here. REQUIRES: its own.
  void continue_from(RoleRegistry& before, const std::vector<std::string>& keys);

  [[nodiscard]] std::vector<std::string> keys() const;
  [[nodiscard]] CachedRole* find(std::string_view key) override;

  static constexpr std::size_t kMostPrefetched = 64;
  /// Fetches the first 64 of `keys` on the background threads and waits until each has its credentials or its error,
  /// but no longer than `at_most` of real time. Unknown keys are passed over. Returns how many of them are still
  /// without either.
  std::size_t prefetch(const std::vector<std::string>& keys, std::chrono::milliseconds at_most);

  [[nodiscard]] std::vector<Role*> all() override;
  bool refresh_now(std::string_view key) override;
  void retry_waiting() override;

  /// Keys that a role's source starts from.
  struct OwnKeys {
    std::string role;  ///< The first role, by its key, that starts from them.
    aws::Credentials keys;
  };
  /// Each pair once: the users an embedded STS has to know. Reads files.
  [[nodiscard]] std::vector<OwnKeys> own_keys();

  /// No further refresh begins; waits for those under way (interrupt the Pause that Sts waits by first). Credentials
  /// that are there stay readable. Idempotent.
  void stop() { refresher_.stop(); }

 private:
  explicit RoleRegistry(const Clock& clock) : refresher_(clock) {}

  std::map<std::string, std::unique_ptr<CachedRole>, std::less<>> roles_;
  Refresher refresher_;  ///< After the roles: its threads end before they do.
};

}  // namespace understudy::source
