#include <algorithm>
#include <utility>

#include "application_impl.hpp"
#include "understudy/app/admin_wiring.hpp"
#include "understudy/app/imds_wiring.hpp"
#include "understudy/app/sts_wiring.hpp"
#include "understudy/service/admin_play.hpp"
#include "understudy/service/admin_roles.hpp"

namespace understudy::app {

Application::Impl::Impl(const config::Config& config, const Environment& environment, const Clock& clock, Log& log,
                        MfaWays mfa, const Impl* before)
    : config_(config),
      environment_(environment),
      clock_(clock),
      log_(log),
      profile_(profile_sts_settings(environment)),
      region_(effective_region(config, profile_)),
      heirlooms_(before == nullptr ? new_heirlooms(config, std::move(mfa.ask), clock, log)
                                   : pass_on(before->heirlooms_, before->config_, config, clock, log)),
      network_(client_settings(environment)) {
  if (!mfa.token.empty()) {
    heirlooms_.mfa->post_for_any(mfa.token);
  }
}

Result<void> Application::Impl::build(const Impl* before) {
  if (auto done = build_sts(); !done) {
    return done;
  }
  auto registry = source::RoleRegistry::build(config_.roles, surroundings());
  if (!registry) {
    return registry.error();
  }
  roles_ = *std::move(registry);
  played_.emplace(*roles_, clock_);
  if (auto done = add_own_keys(); !done) {
    return done;
  }
  if (auto done = build_imds(before); !done) {
    return done;
  }
  player_.emplace(service::Playground{config_.listen.imds ? &*show_ : nullptr, *played_, clock_}, log_);
  if (auto done = build_containers(); !done) {
    return done;
  }
  return config_.listen.admin ? build_admin() : Result<void>();
}

Result<void> Application::Impl::build_sts() {
  if (config_.sts.embedded) {
    auto settings = embedded_sts_settings(config_);
    if (!settings) {
      return settings.error();
    }
    if (config_.sts.seal_key_file.empty()) {
      settings->seal_key = heirlooms_.seal_key;
    }
    embedded_.emplace(*std::move(settings), clock_, log_);
    guarded_sts_.emplace(*embedded_, guard(false), clock_, log_);
    in_process_.emplace(*embedded_);
    log_.warn("STS is embedded: its credentials work with this process only and mean nothing to AWS");
  }
  HttpClient& way = in_process_ ? static_cast<HttpClient&>(*in_process_) : network_;
  sts_.emplace(way, clock_, log_, retry_, sts_client_settings(config_, region_, environment_, profile_));
  return {};
}

Result<void> Application::Impl::add_own_keys() {
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

Result<void> Application::Impl::build_imds(const Impl* before) {
  auto instance = instance_of(config_, region_, heirlooms_.started);
  if (!instance) {
    return instance.error();
  }
  if (config_.listen.imds && !config_.identity.keys.empty()) {
    if (auto checked = service::check_identity_keys(config_.identity.keys); !checked) {
      return checked;
    }
  }
  auto* role = config_.imds.role.empty() ? nullptr : played_->find(config_.imds.role);
  const auto name = role != nullptr ? service::listed_role_name(config_.imds, role->key(), role->arn()) : "";
  const bool looks_the_same = before != nullptr && goes_on_playing(*before) && before->config_.imds == config_.imds &&
                              before->show_->instance() == *instance && before->show_->role_name() == name;
  show_ = looks_the_same ? before->show_ : std::make_shared<service::ImdsShow>(config_.imds, *instance, name);
  imds_.emplace(config_.imds, *show_, role, *heirlooms_.signer, guard(true), clock_, log_, heirlooms_.imds_key);
  return {};
}

Result<void> Application::Impl::build_containers() {
  auto tls = TlsParts::build(config_, clock_.wall(), log_);
  if (!tls) {
    return std::move(tls).error();
  }
  tls_ = *std::move(tls);
  auto parts = ContainerParts::build(config_, *played_, *roles_, surroundings(),
                                     {guard(false, tls_.containers.get()), guard(false, tls_.pod_identity.get())});
  if (!parts) {
    return parts.error();
  }
  containers_ = *std::move(parts);
  probes_.emplace(*played_, served_roles(config_), clock_, containers_.callers());
  if (config_.listen.containers) {
    probed_.emplace(containers_.on_containers(), *probes_);
  }
  if (auto* const pods = containers_.on_pod_identity(); pods != nullptr) {
    probed_pods_.emplace(*pods, *probes_);
  }
  return {};
}

Result<void> Application::Impl::build_admin() {
  auto token = admin_token(config_.admin, environment_);
  if (!token && !config_.admin.token_file) {
    log_.warn("no admin listener opens: {}; set admin.token_file to a place that can be written",
              token.error().message);
    return {};
  }
  if (!token) {
    return token.error();
  }
  auto routes = service::role_routes(*played_, *heirlooms_.mfa, *heirlooms_.record, heirlooms_.started, clock_);
  for (const auto& more : {probes_->routes(), metrics_routes(measured()), service::play_routes(*player_)}) {
    routes.insert(routes.end(), more.begin(), more.end());
  }
  admin_.emplace(*std::move(token), std::move(routes), guard(true), clock_, log_);
  return {};
}

Measured Application::Impl::measured() {
  const auto refusals = [this] {
    auto all = containers_.refusals();
    if (config_.listen.imds) {
      all.push_back(&imds_->refusals());
    }
    if (config_.listen.sts && guarded_sts_) {
      all.push_back(&guarded_sts_->refusals());
    }
    all.push_back(&admin_->refusals());
    return all;
  };
  // Asked by clients of the server alone, so there is one.
  const auto traffic = [this] { return front_->traffic(); };
  return {*roles_,  *played_,           served_roles(config_), *sts_, traffic,
          refusals, *heirlooms_.record, heirlooms_.started,    clock_};
}

service::GuardRules Application::Impl::guard(bool refuses_forwarded, const http::TlsContext* tls) const {
  service::GuardRules rules{config_.hosts, refuses_forwarded, heirlooms_.via};
  if (tls != nullptr) {
    rules.hosts.insert(rules.hosts.end(), tls->names().begin(), tls->names().end());
  }
  return rules;
}

bool Application::Impl::goes_on_playing(const Impl& before) const {
  return before.config_.events_fingerprint == config_.events_fingerprint;
}

}  // namespace understudy::app
