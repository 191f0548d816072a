#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "understudy/app/application.hpp"
#include "understudy/app/command.hpp"
#include "understudy/aws/credentials.hpp"
#include "understudy/aws/sts_endpoint.hpp"
#include "understudy/base/clock.hpp"
#include "understudy/base/environment.hpp"
#include "understudy/base/log.hpp"
#include "understudy/base/pause.hpp"
#include "understudy/base/result.hpp"
#include "understudy/source/sts_client.hpp"

namespace understudy::app {

/// What `get` brings; where that is `MfaCodeSpent`, `get` is asked once more when the device has its next code, after
/// 32 s at most. Blocks. Errors: those of `get`.
[[nodiscard]] Result<aws::Credentials> get_by_next_code(const std::function<Result<aws::Credentials>()>& get,
                                                        const Clock& clock, Pause& pause);

/// One role of the configuration for a command that serves nobody: no listener, no token file, no log (unless
/// --log-level asks for one). What is wrong is complained of.
class OneRole {
 public:
  /// nullptr with `status` set (kUsage, kFailure) where there is no such configuration or role.
  static std::unique_ptr<OneRole> open(const ConfigOptions& options, const std::string& role,
                                       const Environment& environment, int& status);

  /// Blocks for the fetch, and for an MFA code that is not used up. nullopt, with the reason complained of, where they
  /// can not be had.
  [[nodiscard]] std::optional<aws::Credentials> credentials();
  [[nodiscard]] const std::string& key() const { return key_; }
  /// Empty: neither the configuration, the environment nor the profile says one.
  [[nodiscard]] const std::string& region() const { return region_; }
  /// Where others can ask the STS that the role is played through: its profile's, where it is one. Errors: as
  /// sts_client_settings's `endpoint`; kInvalid (`EmbeddedSts`) where that answers in this process alone.
  [[nodiscard]] Result<aws::StsEndpoint> sts_endpoint() const;
  /// Asks that STS. Blocks. Errors: as Sts::call.
  [[nodiscard]] Result<aws::StsAnswer> ask_sts(const aws::StsCall& call, const aws::Credentials& credentials);

 private:
  OneRole() = default;

  SystemClock clock_;
  std::unique_ptr<Log> log_;
  std::unique_ptr<Application> application_;
  std::string key_;
  std::string region_;
  bool is_embedded_ = false;
  source::StsClientSettings sts_settings_;
  std::optional<aws::ProfileStsSettings> played_;
};

}  // namespace understudy::app
