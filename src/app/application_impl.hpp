#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "understudy/app/application.hpp"
#include "understudy/app/containers_wiring.hpp"
#include "understudy/app/front.hpp"
#include "understudy/app/heirlooms.hpp"
#include "understudy/app/listeners.hpp"
#include "understudy/app/metrics_wiring.hpp"
#include "understudy/app/tls_wiring.hpp"
#include "understudy/base/command.hpp"
#include "understudy/base/http_client.hpp"
#include "understudy/base/pause.hpp"
#include "understudy/http/client.hpp"
#include "understudy/service/admin.hpp"
#include "understudy/service/guarded_sts.hpp"
#include "understudy/service/imds.hpp"
#include "understudy/service/played_role.hpp"
#include "understudy/service/player.hpp"
#include "understudy/service/probes.hpp"
#include "understudy/source/role_registry.hpp"
#include "understudy/source/sts_client.hpp"

namespace understudy::app {

/// The parts in the order in which they are built; each may refer to those above it. application_build.cpp makes them,
/// application.cpp has them work.
class Application::Impl {
 public:
  Impl(const config::Config& config, const Environment& environment, const Clock& clock, Log& log, MfaWays mfa,
       const Impl* before);
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() { stop(std::chrono::milliseconds(0)); }

  Result<void> build(const Impl* before);

  /// `self` owns this.
  Result<std::vector<http::BoundAddress>> start(const std::shared_ptr<Impl>& self,
                                                const std::vector<http::OpenSocket>& sockets);
  Result<std::vector<http::BoundAddress>> take_over(const std::shared_ptr<Impl>& self, Impl& before);
  bool responds(std::chrono::milliseconds within) { return front_->responds(within); }
  void renew_certificates();
  void give_up();
  void stop(std::chrono::milliseconds drain);

  source::CachedRole* role(std::string_view key) { return roles_->find(key); }
  service::EmbeddedSts* sts() { return embedded_ ? &*embedded_ : nullptr; }
  source::Sts& sts_client() { return *sts_; }
  source::MfaDesk& mfa() { return *heirlooms_.mfa; }
  service::ConfigRecord& record() { return *heirlooms_.record; }
  void retry_waiting() { roles_->retry_waiting(); }
  [[nodiscard]] source::Surroundings surroundings();

 private:
  Result<void> build_sts();
  Result<void> add_own_keys();
  Result<void> build_imds(const Impl* before);
  Result<void> build_containers();
  Result<void> build_admin();
  [[nodiscard]] Measured measured();
  /// `tls`: the listener's, whose certificate's names mean us; nullptr: plain HTTP.
  [[nodiscard]] service::GuardRules guard(bool refuses_forwarded, const http::TlsContext* tls = nullptr) const;
  [[nodiscard]] Endpoints endpoints();

  /// Whether what is played goes on: the events are the same.
  [[nodiscard]] bool goes_on_playing(const Impl& before) const;
  /// The keys of the roles whose credentials are what they would be if they were got anew.
  [[nodiscard]] std::vector<std::string> unchanged_since(const Impl& before) const;
  Result<std::vector<http::BoundAddress>> open_front(const std::shared_ptr<Impl>& self);
  void fetch_first();
  void play_events();

  const config::Config config_;
  const Environment environment_;
  const Clock& clock_;
  Log& log_;
  const aws::ProfileStsSettings profile_;
  const std::string region_;
  const Jitter jitter_ = system_jitter();
  const Heirlooms heirlooms_;
  InterruptiblePause pause_;
  const source::Retry retry_{source::max_attempts_in(environment_), pause_, jitter_};
  ShellCommands commands_{environment_};
  source::Renewals renewals_{clock_};
  http::NetworkClient network_;
  std::optional<service::EmbeddedSts> embedded_;
  std::optional<service::GuardedSts> guarded_sts_;  ///< What its listener asks; `in_process_` asks the STS itself.
  std::optional<HandlerClient> in_process_;
  std::optional<source::StsClient> sts_;
  std::unique_ptr<source::RoleRegistry> roles_;
  std::optional<service::PlayedRoles> played_;
  std::optional<service::Probes> probes_;
  std::shared_ptr<service::ImdsShow> show_;  ///< That of the application before, where it is to look the same.
  std::optional<service::Imds> imds_;
  TlsParts tls_;
  ContainerParts containers_;
  std::optional<service::Probed> probed_;
  std::optional<service::Probed> probed_pods_;
  std::optional<service::Player> player_;
  std::optional<service::Admin> admin_;
  std::shared_ptr<Front> front_;
  bool is_replaced_ = false;  ///< The front is another's.
};

}  // namespace understudy::app
