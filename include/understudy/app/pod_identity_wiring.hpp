#pragma once

#include <memory>

#include "understudy/base/clock.hpp"
#include "understudy/base/http_client.hpp"
#include "understudy/base/log.hpp"
#include "understudy/base/result.hpp"
#include "understudy/config/config.hpp"
#include "understudy/service/pod_identity.hpp"
#include "understudy/service/token_keys.hpp"
#include "understudy/source/role.hpp"

namespace understudy::app {

/// Pod Identity with the keys that it verifies tokens with; nothing at all where the configuration does not have it, or
/// no listener for it. Thread-safety: one thread at a time, but for the handlers.
class PodIdentityParts {
 public:
  /// A `jwks_file` is read at once, so that one that is no good hinders the start: errors are read_file's and
  /// parse_jwks's. REQUIRES: every role that the configuration names is in `roles`; the others outlive this.
  static Result<PodIdentityParts> build(const config::Config& config, source::Roles& roles, HttpClient& network,
                                        service::GuardRules guard, const Clock& clock, Log& log);

  /// Verifies with the keys of `before` until its own come, where they are from the same place. REQUIRES: not started.
  void continue_from(const PodIdentityParts& before);
  /// Begins to keep the keys fresh in the background.
  void start();
  /// Waits for a reading of keys under way (break off the network's calls first). Idempotent.
  void stop();

  /// nullptr where there is none.
  [[nodiscard]] service::PodIdentity* endpoint() { return endpoint_.get(); }

 private:
  std::unique_ptr<service::TokenKeys> keys_;  ///< nullptr: signatures are not verified.
  std::unique_ptr<service::PodIdentity> endpoint_;
};

}  // namespace understudy::app
