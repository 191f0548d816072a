#include "understudy/app/application.hpp"

#include <system_error>
#include <utility>

#include "application_impl.hpp"

namespace understudy::app {
namespace {

constexpr std::chrono::seconds kPrefetchAtMost{5};
constexpr std::chrono::seconds kEngineAtMost{2};

}  // namespace

Result<std::vector<http::BoundAddress>> Application::Impl::start(const std::shared_ptr<Impl>& self,
                                                                 const std::vector<http::OpenSocket>& sockets) {
  fetch_first();
  front_ = std::make_shared<Front>(log_, clock_);
  auto addresses =
      front_->open(self, listeners_of(config_.listen, endpoints(), sockets), config_.link_local.interfaces);
  if (addresses) {
    play_events();
  }
  return addresses;
}

Result<std::vector<http::BoundAddress>> Application::Impl::take_over(const std::shared_ptr<Impl>& self, Impl& before) {
  const auto unchanged = unchanged_since(before);
  roles_->continue_from(*before.roles_, unchanged);
  containers_.continue_from(before.containers_);
  fetch_first();
  // Meanwhile the other has served on, and renewed what was due or asked for: clients never get older ones again.
  roles_->continue_from(*before.roles_, unchanged);
  front_ = before.front_;
  if (goes_on_playing(before)) {
    played_->continue_from(*before.played_, unchanged);
  }
  auto addresses = open_front(self);
  if (!addresses) {
    return addresses;
  }
  before.is_replaced_ = true;
  heirlooms_.mfa->forget_others(roles_->keys());
  try {
    goes_on_playing(before) ? player_->continue_from(*before.player_) : play_events();
  } catch (const std::system_error& problem) {
    log_.error("the events can not be played: {}", problem.what());
  }
  return addresses;
}

/// Of an application that does not come to serve, the end must not be that of the front.
Result<std::vector<http::BoundAddress>> Application::Impl::open_front(const std::shared_ptr<Impl>& self) {
  try {
    auto addresses = front_->open(self, listeners_of(config_.listen, endpoints(), {}), config_.link_local.interfaces);
    if (!addresses) {
      front_.reset();
    }
    return addresses;
  } catch (...) {
    front_.reset();
    throw;
  }
}

std::vector<std::string> Application::Impl::unchanged_since(const Impl& before) const {
  const bool is_same_sts = region_ == before.region_ && profile_ == before.profile_ &&
                           (!embedded_ || (before.embedded_ && embedded_->takes_sessions_of(*before.embedded_)));
  return is_same_sts ? unchanged_roles(before.config_, config_) : std::vector<std::string>();
}

void Application::Impl::fetch_first() {
  containers_.start();
  const auto served = served_roles(config_);
  const auto late = roles_->prefetch(served, kPrefetchAtMost);
  if (late > 0) {
    log_.warn("{} role(s) have no credentials after {} s; listening all the same, their requests get 503 until then",
              late, kPrefetchAtMost.count());
  }
  for (const auto& key : served) {
    const auto* const role = played_->find(key);
    if (const auto state = role != nullptr ? role->state() : nullptr;
        state && state->error == source::not_temporary()) {
      log_.warn("role {}: its requests get 503: {}", key, state->error->message);
    }
  }
  // Else, by each reload, containers would for a moment not be known to those who serve them next.
  containers_.await_containers(kEngineAtMost);
}

void Application::Impl::play_events() {
  for (const auto& cue : config_.events) {
    // What can not be played is logged.
    static_cast<void>(player_->play(cue, service::Player::Origin::kConfiguration));
  }
}

void Application::Impl::renew_certificates() {
  if (tls_.renew(config_, clock_.wall(), log_)) {
    front_->speak(listeners_of(config_.listen, endpoints(), {}));
  }
}

void Application::Impl::give_up() {
  pause_.interrupt();
  commands_.stop_all();
  network_.stop_all();
}

void Application::Impl::stop(std::chrono::milliseconds drain) {
  // Clients that wait for a cold role are woken by what breaks off its fetch, so that draining is short.
  give_up();
  if (player_) {
    player_->stop();
  }
  if (front_ && !is_replaced_) {
    front_->stop(drain);
  }
  if (roles_) {
    roles_->stop();
  }
  containers_.stop();
  if (heirlooms_.signer.use_count() == 1) {
    heirlooms_.signer->stop();
  }
}

source::Surroundings Application::Impl::surroundings() {
  return {*sts_,  network_, commands_,    retry_,  *heirlooms_.mfa, renewals_,
          clock_, log_,     environment_, jitter_, region_,         heirlooms_.via};
}

Endpoints Application::Impl::endpoints() {
  const auto part = [](auto& built) -> Handler* { return built ? &*built : nullptr; };
  return {part(imds_),
          part(probed_),
          part(probed_pods_),
          part(guarded_sts_),
          part(admin_),
          config_.imds.manners.bad_request,
          tls_};
}

Application::Application(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
/// The front knows the handlers, which are parts of what knows the front: this parts them.
Application::~Application() { impl_->stop(std::chrono::milliseconds(0)); }

Result<std::unique_ptr<Application>> Application::build(const config::Config& config, const Environment& environment,
                                                        const Clock& clock, Log& log, MfaWays mfa,
                                                        const Application* before) {
  const auto* const old = before == nullptr ? nullptr : before->impl_.get();
  auto impl = std::make_shared<Impl>(config, environment, clock, log, std::move(mfa), old);
  if (auto built = impl->build(old); !built) {
    return built.error();
  }
  return std::unique_ptr<Application>(new Application(std::move(impl)));
}

Result<std::vector<http::BoundAddress>> Application::start(const std::vector<http::OpenSocket>& sockets) {
  return impl_->start(impl_, sockets);
}
Result<std::vector<http::BoundAddress>> Application::take_over(Application& before) {
  return impl_->take_over(impl_, *before.impl_);
}
bool Application::responds(std::chrono::milliseconds within) { return impl_->responds(within); }
void Application::renew_certificates() { impl_->renew_certificates(); }
void Application::give_up() { impl_->give_up(); }
void Application::stop(std::chrono::milliseconds drain) { impl_->stop(drain); }
source::CachedRole* Application::role(std::string_view key) { return impl_->role(key); }
service::EmbeddedSts* Application::sts() { return impl_->sts(); }
source::MfaDesk& Application::mfa() { return impl_->mfa(); }
service::ConfigRecord& Application::record() { return impl_->record(); }
void Application::retry_waiting() { impl_->retry_waiting(); }
source::Sts& Application::sts_client() { return impl_->sts_client(); }
source::Surroundings Application::surroundings() { return impl_->surroundings(); }

}  // namespace understudy::app
