#include "understudy/source/web_identity.hpp"

#include <fmt/format.h>

#include <utility>

namespace understudy::source {
namespace {

class WebIdentityBlueprint final : public Blueprint {
 public:
  explicit WebIdentityBlueprint(WebIdentitySource::Settings settings) : settings_(std::move(settings)) {}

  [[nodiscard]] std::unique_ptr<Source> build(const Surroundings& surroundings, Source*) const override {
    return std::make_unique<WebIdentitySource>(surroundings, settings_);
  }
  [[nodiscard]] std::string role_arn() const override { return settings_.call.role_arn; }
  [[nodiscard]] std::string describe() const override {
    const auto& [file, command] = settings_.token;
    return fmt::format("assume role {} with the web identity token {}", settings_.call.role_arn,
                       command.empty() ? "in " + file : "of a command");
  }

 private:
  WebIdentitySource::Settings settings_;
};

/// `web_identity: true`: what the environment says at each call.
class WebIdentityOfEnvironment final : public Source {
 public:
  WebIdentityOfEnvironment(Surroundings surroundings, std::string session_name)
      : surroundings_(std::move(surroundings)), session_name_(std::move(session_name)) {}

  Result<aws::Credentials> get(Freshness freshness) override {
    auto settings = web_identity_in(surroundings_.environment, session_name_);
    return settings ? WebIdentitySource(surroundings_, *std::move(settings)).get(freshness) : settings.error();
  }

 private:
  Surroundings surroundings_;
  std::string session_name_;
};

class WebIdentityOfEnvironmentBlueprint final : public Blueprint {
 public:
  explicit WebIdentityOfEnvironmentBlueprint(std::string session_name) : session_name_(std::move(session_name)) {}

  [[nodiscard]] std::unique_ptr<Source> build(const Surroundings& surroundings, Source*) const override {
    return web_identity_of_environment(surroundings, session_name_);
  }
  [[nodiscard]] std::string describe() const override { return "the web identity of the environment"; }

 private:
  std::string session_name_;
};

std::unique_ptr<Blueprint> read_web_identity(const RoleEntry& entry, std::vector<Problem>& problems) {
  const auto session_name = default_session_name(entry.key);
  if (entry.value.kind == Node::Kind::kScalar && entry.value.scalar == "true") {
    return std::make_unique<WebIdentityOfEnvironmentBlueprint>(session_name);
  }
  const auto before = problems.size();
  Fields fields(entry.value, problems);
  WebIdentitySource::Settings settings;
  settings.call.role_arn = fields.required_text("role_arn");
  check_role_arn(fields, "role_arn", settings.call.role_arn);
  settings.token = read_token_place(entry.value, fields, "token");
  settings.call.role_session_name = fields.text("session_name").value_or(session_name);
  settings.call.duration = read_duration(fields, std::chrono::minutes(15), std::chrono::hours(12));
  settings.call.provider_id = fields.text("provider_id").value_or("");
  settings.policies = read_policies(fields);
  fields.finish();
  if (problems.size() == before) {
    auto call = settings.call;
    call.policies = settings.policies.policies;
    call.web_identity_token = Secret("a token");
    check_call(entry.value, call, problems);
  }
  return problems.size() == before ? std::make_unique<WebIdentityBlueprint>(std::move(settings)) : nullptr;
}

}  // namespace

WebIdentitySource::WebIdentitySource(Surroundings surroundings, Settings settings)
    : surroundings_(std::move(surroundings)), settings_(std::move(settings)) {}

Result<aws::Credentials> WebIdentitySource::get(Freshness) {
  const auto policies = current_policies(settings_.policies);
  if (!policies) {
    return policies.error();
  }
  auto answer = ask(*policies);
  if (!answer && answer.error().kind == Error::Kind::kExpired) {
    answer = ask(*policies);
  }
  if (!answer && answer.error().kind == Error::Kind::kExpired) {
    return Error{Error::Kind::kUnavailable, answer.error().code,
                 fmt::format("the web identity token {} has ended ({}); whatever issues it has to renew it",
                             settings_.token.command.empty() ? "in " + settings_.token.file : "of the token_command",
                             answer.error().message)};
  }
  return credentials_of(answer, "AssumeRoleWithWebIdentity", settings_.call.role_arn);
}

Result<aws::StsAnswer> WebIdentitySource::ask(const aws::SessionPolicies& policies) {
  auto token = token_at(settings_.token, surroundings_.commands, "web identity token", settings_.call.role_arn);
  if (!token) {
    return token.error();
  }
  auto call = settings_.call;
  call.policies = policies;
  call.web_identity_token = *std::move(token);
  return surroundings_.sts.call(call, nullptr, settings_.played ? &*settings_.played : nullptr);
}

Result<WebIdentitySource::Settings> web_identity_in(const Environment& environment, std::string_view session_name) {
  const auto file = environment.get("AWS_WEB_IDENTITY_TOKEN_FILE");
  const auto arn = environment.get("AWS_ROLE_ARN");
  if (!file) {
    return Error{Error::Kind::kNotFound, "NoWebIdentity",
                 "the environment has no web identity: set AWS_WEB_IDENTITY_TOKEN_FILE and AWS_ROLE_ARN"};
  }
  if (!arn) {
    return Error{Error::Kind::kInvalid, "HalfAWebIdentity",
                 "the environment has AWS_WEB_IDENTITY_TOKEN_FILE and no AWS_ROLE_ARN: set both or neither"};
  }
  WebIdentitySource::Settings settings;
  settings.call.role_arn = *arn;
  settings.call.role_session_name = environment.get("AWS_ROLE_SESSION_NAME").value_or(session_name);
  settings.token.file = *file;
  return settings;
}

std::unique_ptr<Source> web_identity_of_environment(const Surroundings& surroundings, std::string session_name) {
  return std::make_unique<WebIdentityOfEnvironment>(surroundings, std::move(session_name));
}

Kind web_identity_kind() { return {"web_identity", read_web_identity}; }

}  // namespace understudy::source
