#pragma once

#include <memory>
#include <string>
#include <vector>

#include "understudy/base/clock.hpp"
#include "understudy/base/log.hpp"
#include "understudy/base/secret.hpp"
#include "understudy/config/config.hpp"
#include "understudy/service/config_record.hpp"
#include "understudy/service/identity_signer.hpp"
#include "understudy/source/mfa_desk.hpp"

namespace understudy::app {

/// What an application leaves to the one after it, so that clients of both do not notice: what was issued stays good,
/// what was derived stays the same, and a code that was used stays used.
struct Heirlooms {
  std::string via;   ///< This process's mark, for ask_upstream.
  WallTime started;  ///< The process, and so when the instance was launched.
  Secret imds_key;   ///< Of the tokens of IMDSv2.
  Secret seal_key;   ///< Of the embedded STS's sessions, where the configuration names no file for it.
  std::shared_ptr<source::MfaDesk> mfa;
  std::shared_ptr<service::IdentitySigner> signer;
  std::shared_ptr<service::ConfigRecord> record;
};

/// Those of a process that begins. REQUIRES: clock and log outlive them.
[[nodiscard]] Heirlooms new_heirlooms(const config::Config& config, source::MfaDesk::Ask ask, const Clock& clock,
                                      Log& log);
/// Those for `after`, which serves in place of `before`: the signer is a new one where its keys are to be others.
[[nodiscard]] Heirlooms pass_on(const Heirlooms& heirlooms, const config::Config& before, const config::Config& after,
                                const Clock& clock, Log& log);

/// The roles that are got in `after` exactly as in `before`, by the same STS and from the same ones, by their keys.
/// Pure.
[[nodiscard]] std::vector<std::string> unchanged_roles(const config::Config& before, const config::Config& after);

}  // namespace understudy::app
