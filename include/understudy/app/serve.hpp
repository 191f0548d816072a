#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "understudy/app/file_watch.hpp"
#include "understudy/base/environment.hpp"
#include "understudy/base/result.hpp"
#include "understudy/config/config.hpp"
#include "understudy/config/load.hpp"

namespace understudy::app {

/// How a server is to run.
struct ServeOrder {
  std::string ready_file{};  ///< Gets the real addresses once it is ready, and by each reload; empty: none.
  std::string mfa_token{};   ///< MfaWays::token
  /// Reads the configuration anew: config::load_config's. Without it there is nothing to read, and SIGHUP does nothing.
  std::function<Result<config::Loaded, std::vector<std::string>>()> read_again{};
  /// Where that is to happen when this file, or one of a token that the configuration names, changes, too, as long as
  /// its `watch` is true.
  std::optional<std::string> watched_file{};
  FileWatch::Mark read{};  ///< That file, before `config` was read from it.
};

/// Serves what `config` describes until a signal ends it; gives the process's exit status. REQUIRES: no thread runs
/// yet.
int serve(const config::Config& config, const ServeOrder& order, const Environment& environment);

}  // namespace understudy::app
