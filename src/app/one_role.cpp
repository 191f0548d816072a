#include "understudy/app/one_role.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "understudy/app/commands.hpp"
#include "understudy/app/sts_wiring.hpp"
#include "understudy/app/terminal.hpp"

namespace understudy::app {
namespace {

/// Empty where the role is no profile.
std::string profile_of(const config::Config& config, std::string_view role) {
  const auto plan = std::ranges::find(config.roles, role, &source::RolePlan::key);
  return plan != config.roles.end() ? plan->blueprint->profile() : std::string();
}

}  // namespace

Result<aws::Credentials> get_by_next_code(const std::function<Result<aws::Credentials>()>& get, const Clock& clock,
                                          Pause& pause) {
  constexpr std::chrono::seconds kCodeStep(30);
  // So that a failed role is due again too.
  constexpr std::chrono::seconds kMargin(2);
  auto got = get();
  if (got || got.error().code != "MfaCodeSpent") {
    return got;
  }
  complain(got.error());
  const auto into_step = clock.wall().time_since_epoch() % kCodeStep;
  return pause.wait(kCodeStep - into_step + kMargin) ? get() : got;
}

std::unique_ptr<OneRole> OneRole::open(const ConfigOptions& options, const std::string& role,
                                       const Environment& environment, int& status) {
  status = kUsage;
  auto config = load_or_complain(options, environment);
  if (!config) {
    return nullptr;
  }
  std::unique_ptr<OneRole> out(new OneRole);
  out->key_ = choose_role(*config, role);
  if (out->key_.empty()) {
    return nullptr;
  }
  const auto chosen = with_chosen_profile(options, environment);
  out->region_ = config->region;
  out->is_embedded_ = config->sts.embedded;
  out->sts_settings_ = sts_client_settings(*config, config->region, chosen, profile_sts_settings(chosen));
  if (const auto profile = profile_of(*config, out->key_); !profile.empty()) {
    out->played_ = profile_sts_settings(chosen, profile);
  }
  // No listener opens here, so no file of one is made either, and no certificate read, whose key is the server's alone.
  config->imds = {};
  config->identity = {};
  config->containers = {};
  config->pod_identity.reset();
  config->listen = {};
  // What comes in the way is complained of; a log would say it again, and speak of a next try that there is not.
  out->log_ = log_to_stderr(options.flags.log_level ? config->log_level : LogLevel::kError);
  auto application = Application::build(*config, chosen, out->clock_, *out->log_, {options.mfa_token, ask_for_code});
  if (!application) {
    complain(application.error().message);
    status = kFailure;
    return nullptr;
  }
  out->application_ = *std::move(application);
  status = kSuccess;
  return out;
}

std::optional<aws::Credentials> OneRole::credentials() {
  InterruptiblePause pause;
  auto got = get_by_next_code([&] { return application_->role(key_)->get(source::Freshness::kCached); }, clock_, pause);
  if (!got) {
    complain(got.error());
    return std::nullopt;
  }
  return *std::move(got);
}

Result<aws::StsEndpoint> OneRole::sts_endpoint() const {
  if (is_embedded_) {
    return Error{
        Error::Kind::kInvalid, "EmbeddedSts",
        "the configuration embeds the STS, which nobody but this command can ask: name one that others reach by "
        "sts.endpoint or AWS_ENDPOINT_URL_STS"};
  }
  return sts_settings_.endpoint(played_ ? &*played_ : nullptr);
}

Result<aws::StsAnswer> OneRole::ask_sts(const aws::StsCall& call, const aws::Credentials& credentials) {
  return application_->sts_client().call(call, &credentials, played_ ? &*played_ : nullptr);
}

}  // namespace understudy::app
