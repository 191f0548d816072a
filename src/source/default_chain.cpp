#include "understudy/source/default_chain.hpp"

#include <fmt/format.h>

#include <utility>

#include "understudy/base/text.hpp"
#include "understudy/source/container_endpoint.hpp"
#include "understudy/source/environment_keys.hpp"
#include "understudy/source/instance_endpoint.hpp"
#include "understudy/source/profile.hpp"
#include "understudy/source/shared_files.hpp"
#include "understudy/source/web_identity.hpp"

namespace understudy::source {
namespace {

class DefaultChainBlueprint final : public Blueprint {
 public:
  explicit DefaultChainBlueprint(std::string session_name) : session_name_(std::move(session_name)) {}

  [[nodiscard]] std::unique_ptr<Source> build(const Surroundings& surroundings, Source*) const override {
    return std::make_unique<DefaultChain>(surroundings, session_name_);
  }
  [[nodiscard]] std::string describe() const override { return "whatever the AWS CLI would take here"; }

 private:
  std::string session_name_;
};

std::unique_ptr<Blueprint> read_default_chain(const RoleEntry& entry, std::vector<Problem>& problems) {
  if (entry.value.kind != Node::Kind::kScalar || entry.value.scalar != "true") {
    problems.push_back({entry.value.path, entry.value.line, "expected true (default_chain: true)"});
    return nullptr;
  }
  return std::make_unique<DefaultChainBlueprint>(default_session_name(entry.key));
}

bool is_there(const Environment& environment, std::string_view variable) {
  return environment.get(variable).has_value();
}

Error nothing_found(std::string_view profile, const Error& last) {
  return {
      Error::Kind::kNotFound, "NoCredentials",
      fmt::format("no credentials to start from: no keys and no web identity in the environment, no profile {} with "
                  "a way to credentials, no container endpoint, and of the instance: {}; run aws configure or aws sso "
                  "login, or name a profile (--profile)",
                  escape_for_log(profile, 80), last.message)};
}

}  // namespace

DefaultChain::DefaultChain(Surroundings surroundings, std::string session_name)
    : surroundings_(std::move(surroundings)),
      session_name_(std::move(session_name)),
      profile_(
          std::make_shared<ProfileSource>(surroundings_, selected_profile(surroundings_.environment), session_name_)) {}

Result<aws::Credentials> DefaultChain::get(Freshness freshness) {
  if (const auto source = chosen()) {
    return source->get(freshness);
  }
  // Once: off AWS nobody answers there, and whoever started this waits for it.
  const Retry once{1, surroundings_.retry.pause, surroundings_.jitter};
  const Surroundings impatient{
      surroundings_.sts,         surroundings_.http,      surroundings_.commands, once,
      surroundings_.mfa,         surroundings_.renewals,  surroundings_.clock,    surroundings_.log,
      surroundings_.environment, surroundings_.jitter,    surroundings_.region,   surroundings_.via,
      surroundings_.role,        surroundings_.ca_bundle, surroundings_.endpoints};
  auto got = instance_of_environment(impatient)->get(freshness);
  // Off AWS whatever is said there, or not, is no more than that there is no instance.
  return got || got.error().code == "LoopToItself"
             ? std::move(got)
             : nothing_found(selected_profile(surroundings_.environment), got.error());
}

std::vector<aws::Credentials> DefaultChain::own_keys() {
  const auto source = chosen();
  return source ? source->own_keys() : std::vector<aws::Credentials>{};
}

/// nullptr where only the instance is left to be asked.
std::shared_ptr<Source> DefaultChain::chosen() const {
  const auto& environment = surroundings_.environment;
  if (is_there(environment, "AWS_ACCESS_KEY_ID") || is_there(environment, "AWS_SECRET_ACCESS_KEY")) {
    return std::make_shared<EnvironmentKeys>(environment, surroundings_.clock);
  }
  if (is_there(environment, "AWS_WEB_IDENTITY_TOKEN_FILE")) {
    return web_identity_of_environment(surroundings_, session_name_);
  }
  if (has_profile()) {
    return profile_;
  }
  const bool has_container = container_endpoint_in(environment).has_value();
  return has_container ? container_of_environment(surroundings_) : nullptr;
}

bool DefaultChain::has_profile() const {
  const auto& environment = surroundings_.environment;
  const auto shared = read_shared_config(environment);
  if (!shared) {
    return true;
  }
  const auto name = selected_profile(environment);
  const auto* profile = shared->profile(name);
  if (profile == nullptr) {
    return is_there(environment, "AWS_PROFILE") || is_there(environment, "AWS_DEFAULT_PROFILE");
  }
  const auto plan = plan_profile(*shared, name, session_name_);
  // With a role it is the profile it leads to that has no keys.
  return plan || plan.error().code != "NoKeys" || profile->get("role_arn");
}

Kind default_chain_kind() { return {"default_chain", read_default_chain}; }

}  // namespace understudy::source
