#include "understudy/app/application.hpp"

#include <optional>
#include <utility>

#include "understudy/app/admin_wiring.hpp"
#include "understudy/app/containers_wiring.hpp"
#include "understudy/app/imds_wiring.hpp"
#include "understudy/app/listeners.hpp"
#include "understudy/app/metrics_wiring.hpp"
#include "understudy/app/sts_wiring.hpp"
#include "understudy/base/command.hpp"
#include "understudy/base/crypto.hpp"
#include "understudy/base/http_client.hpp"
#include "understudy/base/pause.hpp"
#include "understudy/http/client.hpp"
#include "understudy/service/admin.hpp"
#include "understudy/service/admin_play.hpp"
#include "understudy/service/admin_roles.hpp"
#include "understudy/service/imds.hpp"
#include "understudy/service/played_role.hpp"
#include "understudy/service/player.hpp"
#include "understudy/service/probes.hpp"
#include "understudy/source/role_registry.hpp"
#include "understudy/source/sts_client.hpp"

namespace understudy::app {
namespace {

constexpr std::chrono::seconds kPrefetchAtMost{5};

}  // namespace

/// The parts in the order in which they are built; each may refer to those above it.
class Application::Impl {
 public:
  Impl(const config::Config& config, const Environment& environment, const Clock& clock, Log& log, MfaWays mfa)
      : config_(config),
        environment_(environment),
        clock_(clock),
        log_(log),
        profile_(profile_sts_settings(environment)),
        region_(effective_region(config, profile_)),
        mfa_(clock, std::move(mfa.ask)),
        renewals_(clock),
        network_(client_settings(environment)) {
    if (!mfa.token.empty()) {
      mfa_.post_for_any(mfa.token);
    }
  }

  ~Impl() { stop(std::chrono::milliseconds(0)); }

  Result<void> build() {
    if (auto done = build_sts(); !done) {
      return done;
    }
    auto registry = source::RoleRegistry::build(config_.roles, surroundings());
    if (!registry) {
      return registry.error();
    }
    roles_ = *std::move(registry);
    played_.emplace(*roles_, clock_);
    probes_.emplace(*played_, served_roles(config_), clock_);
    if (auto done = add_own_keys(); !done) {
      return done;
    }
    if (auto done = build_imds(); !done) {
      return done;
    }
    player_.emplace(service::Playground{config_.listen.imds ? &*show_ : nullptr, *played_, clock_}, log_);
    if (auto done = build_containers(); !done) {
      return done;
    }
    return config_.listen.admin ? build_admin() : Result<void>();
  }

  Result<std::vector<http::BoundAddress>> start(const std::vector<http::OpenSocket>& sockets) {
    const auto late = roles_->prefetch(served_roles(config_), kPrefetchAtMost);
    if (late > 0) {
      log_.warn("{} role(s) have no credentials after {} s; listening all the same, their requests get 503 until then",
                late, kPrefetchAtMost.count());
    }
    containers_.start();
    server_.emplace(listeners_of(config_.listen, endpoints(), sockets), http::ServerSettings{}, log_, clock_);
    auto addresses = server_->start();
    // What can not be played is logged.
    for (const auto& cue : addresses ? config_.events : std::vector<service::Cue>()) {
      static_cast<void>(player_->play(cue, service::Player::Origin::kConfiguration));
    }
    return addresses;
  }

  bool responds(std::chrono::milliseconds within) { return server_->responds(within); }

  void give_up() {
    pause_.interrupt();
    commands_.stop_all();
    network_.stop_all();
  }

  void stop(std::chrono::milliseconds drain) {
    // Clients that wait for a cold role are woken by what breaks off its fetch, so that draining is short.
    give_up();
    if (player_) {
      player_->stop();
    }
    if (server_) {
      server_->stop(drain);
    }
    if (roles_) {
      roles_->stop();
    }
    containers_.stop();
    signer_.stop();
  }

  source::CachedRole* role(std::string_view key) { return roles_->find(key); }
  service::EmbeddedSts* sts() { return embedded_ ? &*embedded_ : nullptr; }
  source::Sts& sts_client() { return *sts_; }
  source::MfaDesk& mfa() { return mfa_; }
  void retry_waiting() { roles_->retry_waiting(); }
  [[nodiscard]] source::Surroundings surroundings() {
    return {*sts_, network_, commands_, retry_, mfa_, renewals_, clock_, log_, environment_, jitter_, region_, via_};
  }

 private:
  Result<void> build_sts() {
    if (config_.sts.embedded) {
      auto settings = embedded_sts_settings(config_);
      if (!settings) {
        return settings.error();
      }
      embedded_.emplace(*std::move(settings), clock_, log_);
      in_process_.emplace(*embedded_);
      log_.warn("STS is embedded: its credentials work with this process only and mean nothing to AWS");
    }
    HttpClient& way = in_process_ ? static_cast<HttpClient&>(*in_process_) : network_;
    sts_.emplace(way, clock_, log_, retry_, sts_client_settings(config_, region_, environment_, profile_));
    return {};
  }

  Result<void> add_own_keys() {
    if (!embedded_) {
      return {};
    }
    for (auto& [role, keys] : roles_->own_keys()) {
      // By the role's name, not by the key id: messages of STS name their user, and they are logged.
      auto added =
          embedded_->add_user({role, keys.access_key_id, keys.secret_access_key, keys.account_id, keys.session_token});
      if (!added) {
        return added;
      }
    }
    return {};
  }

  Result<void> build_imds() {
    auto instance = instance_of(config_, region_, clock_.wall());
    if (!instance) {
      return instance.error();
    }
    if (config_.listen.imds && !config_.identity.keys.empty()) {
      if (auto checked = service::check_identity_keys(config_.identity.keys); !checked) {
        return checked;
      }
    }
    auto* role = config_.imds.role.empty() ? nullptr : played_->find(config_.imds.role);
    show_.emplace(config_.imds, *instance,
                  role != nullptr ? service::listed_role_name(config_.imds, role->key(), role->arn()) : "");
    imds_.emplace(config_.imds, *show_, role, signer_, service::GuardRules{config_.hosts, true, via_}, clock_, log_);
    return {};
  }

  Result<void> build_containers() {
    auto parts = ContainerParts::build(config_, *played_, *roles_, surroundings(),
                                       service::GuardRules{config_.hosts, false, via_});
    if (!parts) {
      return parts.error();
    }
    containers_ = *std::move(parts);
    if (config_.listen.containers) {
      probed_.emplace(containers_.on_containers(), *probes_);
    }
    return {};
  }

  Result<void> build_admin() {
    auto token = admin_token(config_.admin, environment_);
    if (!token && !config_.admin.token_file) {
      log_.warn("no admin listener opens: {}; set admin.token_file to a place that can be written",
                token.error().message);
      return {};
    }
    if (!token) {
      return token.error();
    }
    auto routes = service::role_routes(*played_, mfa_, clock_);
    for (const auto& more : {probes_->routes(), metrics_routes(measured()), service::play_routes(*player_)}) {
      routes.insert(routes.end(), more.begin(), more.end());
    }
    admin_.emplace(*std::move(token), std::move(routes), service::GuardRules{config_.hosts, true, via_}, clock_, log_);
    return {};
  }

  [[nodiscard]] Measured measured() {
    const auto refusals = [this] {
      auto all = containers_.refusals();
      if (config_.listen.imds) {
        all.push_back(&imds_->refusals());
      }
      all.push_back(&admin_->refusals());
      return all;
    };
    // Asked by clients of the server alone, so there is one.
    return {*roles_, *played_, served_roles(config_), *sts_, [this] { return server_->traffic(); }, refusals, clock_};
  }

  [[nodiscard]] Endpoints endpoints() {
    const auto part = [](auto& built) -> Handler* { return built ? &*built : nullptr; };
    return {part(imds_),     part(probed_), containers_.on_pod_identity(),
            part(embedded_), part(admin_),  config_.imds.manners.bad_request};
  }

  const config::Config config_;
  const Environment environment_;
  const Clock& clock_;
  Log& log_;
  const aws::ProfileStsSettings profile_;
  const std::string region_;
  const Jitter jitter_ = system_jitter();
  const std::string via_ = hex(random_bytes(16));
  InterruptiblePause pause_;
  const source::Retry retry_{source::max_attempts_in(environment_), pause_, jitter_};
  ShellCommands commands_{environment_};
  source::MfaDesk mfa_;
  source::Renewals renewals_;
  http::NetworkClient network_;
  std::optional<service::EmbeddedSts> embedded_;
  std::optional<HandlerClient> in_process_;
  std::optional<source::StsClient> sts_;
  std::unique_ptr<source::RoleRegistry> roles_;
  service::IdentitySigner signer_{identity_keys_of(config_, clock_), clock_, log_};
  std::optional<service::PlayedRoles> played_;
  std::optional<service::Probes> probes_;
  std::optional<service::ImdsShow> show_;
  std::optional<service::Imds> imds_;
  ContainerParts containers_;
  std::optional<service::Probed> probed_;
  std::optional<service::Player> player_;
  std::optional<service::Admin> admin_;
  std::optional<http::Server> server_;
};

Application::Application(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Application::~Application() = default;

Result<std::unique_ptr<Application>> Application::build(const config::Config& config, const Environment& environment,
                                                        const Clock& clock, Log& log, MfaWays mfa) {
  auto impl = std::make_unique<Impl>(config, environment, clock, log, std::move(mfa));
  if (auto built = impl->build(); !built) {
    return built.error();
  }
  return std::unique_ptr<Application>(new Application(std::move(impl)));
}

Result<std::vector<http::BoundAddress>> Application::start(const std::vector<http::OpenSocket>& sockets) {
  return impl_->start(sockets);
}
bool Application::responds(std::chrono::milliseconds within) { return impl_->responds(within); }
void Application::give_up() { impl_->give_up(); }
void Application::stop(std::chrono::milliseconds drain) { impl_->stop(drain); }
source::CachedRole* Application::role(std::string_view key) { return impl_->role(key); }
service::EmbeddedSts* Application::sts() { return impl_->sts(); }
source::MfaDesk& Application::mfa() { return impl_->mfa(); }
void Application::retry_waiting() { impl_->retry_waiting(); }
source::Sts& Application::sts_client() { return impl_->sts_client(); }
source::Surroundings Application::surroundings() { return impl_->surroundings(); }

}  // namespace understudy::app
