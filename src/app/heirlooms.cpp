#include "understudy/app/heirlooms.hpp"

#include <algorithm>
#include <utility>

#include "understudy/app/imds_wiring.hpp"
#include "understudy/base/crypto.hpp"
#include "understudy/service/imds_token.hpp"

namespace understudy::app {
namespace {

std::shared_ptr<service::IdentitySigner> signer_of(const config::Config& config, const Clock& clock, Log& log) {
  return std::make_shared<service::IdentitySigner>(identity_keys_of(config, clock), clock, log);
}

const source::RolePlan* plan_of(const config::Config& config, const std::string& key) {
  const auto found = std::ranges::find(config.roles, key, &source::RolePlan::key);
  return found == config.roles.end() ? nullptr : &*found;
}

/// REQUIRES: no bases in a circle.
bool is_unchanged(const std::string& key, const config::Config& before, const config::Config& after) {
  const auto* const old = plan_of(before, key);
  const auto* const now = plan_of(after, key);
  return old != nullptr && now != nullptr && old->fingerprint == now->fingerprint &&
         (now->base.empty() || is_unchanged(now->base, before, after));
}

}  // namespace

Heirlooms new_heirlooms(const config::Config& config, source::MfaDesk::Ask ask, const Clock& clock, Log& log) {
  return {hex(random_bytes(16)),
          clock.wall(),
          service::ImdsTokens::new_key(),
          Secret(random_bytes(32)),
          std::make_shared<source::MfaDesk>(clock, std::move(ask)),
          signer_of(config, clock, log),
          std::make_shared<service::ConfigRecord>(clock.wall())};
}

Heirlooms pass_on(const Heirlooms& heirlooms, const config::Config& before, const config::Config& after,
                  const Clock& clock, Log& log) {
  auto out = heirlooms;
  if (before.identity != after.identity) {
    out.signer = signer_of(after, clock, log);
  }
  return out;
}

std::vector<std::string> unchanged_roles(const config::Config& before, const config::Config& after) {
  std::vector<std::string> keys;
  if (before.region != after.region || before.sts != after.sts) {
    return keys;
  }
  for (const auto& role : after.roles) {
    if (is_unchanged(role.key, before, after)) {
      keys.push_back(role.key);
    }
  }
  return keys;
}

}  // namespace understudy::app
