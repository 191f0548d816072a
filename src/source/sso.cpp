#include "understudy/source/sso.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <utility>

#include "understudy/aws/arn.hpp"
#include "understudy/aws/sts_endpoint.hpp"
#include "understudy/base/files.hpp"
#include "understudy/base/text.hpp"
#include "understudy/base/time_text.hpp"
#include "understudy/source/json_call.hpp"
#include "understudy/source/sso_place.hpp"

namespace understudy::source {
namespace {

class SsoBlueprint final : public Blueprint {
 public:
  /// `session` is the entry's; nullptr where it has none.
  SsoBlueprint(SsoSource::Settings settings, const Node* session)
      : settings_(std::move(settings)),
        path_(session != nullptr ? session->path : ""),
        line_(session != nullptr ? session->line : 0) {}

  [[nodiscard]] std::unique_ptr<Source> build(const Surroundings& surroundings, Source*) const override {
    return std::make_unique<SsoSource>(surroundings, settings_);
  }
  [[nodiscard]] std::string describe() const override {
    return fmt::format("role {} in account {} of {}", settings_.role_name, settings_.account_id, kIdentityCenter);
  }
  [[nodiscard]] std::optional<LogIn> log_in() const override {
    return LogIn{.session = settings_.session, .start_url = settings_.start_url, .region = settings_.region};
  }

  void look_ahead(const Environment& environment, std::vector<Problem>& problems) const override {
    if (settings_.session.empty()) {
      return;
    }
    if (const auto place = find_sso_place(environment, {.session = settings_.session}); !place) {
      problems.push_back({path_, line_, fmt::format("{}: {}", place.error().code, place.error().message)});
    }
  }

 private:
  SsoSource::Settings settings_;
  std::string path_;
  int line_;
};

std::unique_ptr<Blueprint> read_sso(const RoleEntry& entry, std::vector<Problem>& problems) {
  const auto before = problems.size();
  Fields fields(entry.value, problems);
  SsoSource::Settings settings;
  settings.session = fields.text("session").value_or("");
  settings.start_url = settings.session.empty() ? fields.required_text("start_url") : "";
  settings.region = settings.session.empty() ? fields.required_text("region") : "";
  settings.account_id = fields.required_text("account_id");
  settings.role_name = fields.required_text("role_name");
  fields.finish();
  if (!settings.account_id.empty() && !aws::is_account_id(settings.account_id)) {
    fields.problem("account_id", "expected an account of 12 digits such as \"111122223333\"");
  }
  return problems.size() == before ? std::make_unique<SsoBlueprint>(std::move(settings), entry.value.find("session"))
                                   : nullptr;
}

/// The AWS CLI logs in for a profile or a session; a start URL alone has neither.
std::string how_to_log_in(const SsoSource::Settings& settings, const std::string& role) {
  if (!settings.profile.empty()) {
    return fmt::format("understudy login {} (or aws sso login --profile {})", settings.profile, settings.profile);
  }
  const auto other =
      settings.session.empty() ? std::string() : " (or aws sso login --sso-session " + settings.session + ")";
  return fmt::format("understudy login {} --config FILE{}", role, other);
}

}  // namespace

SsoSource::SsoSource(Surroundings surroundings, Settings settings)
    : surroundings_(std::move(surroundings)), settings_(std::move(settings)) {}

Result<aws::Credentials> SsoSource::get(Freshness) {
  auto settings = settings_;
  if (auto done = complete(settings); !done) {
    return done.error();
  }
  if (auto checked = aws::check_region(settings.region, kIdentityCenter); !checked) {
    return checked.error();
  }
  const auto token = access_token(settings);
  return token ? role_credentials(settings, *token) : token.error();
}

/// A session's start URL and region, as the shared config file has them now.
Result<void> SsoSource::complete(Settings& settings) const {
  if (settings.session.empty() || !settings.region.empty()) {
    return {};
  }
  const auto place = find_sso_place(surroundings_.environment, {.session = settings.session});
  if (!place) {
    return place.error();
  }
  settings.start_url = place->start_url;
  settings.region = place->region;
  return {};
}

Result<Secret> SsoSource::access_token(const Settings& settings) const {
  const auto path = sso_token_file(surroundings_.environment, settings.session, settings.start_url);
  auto standing = read_token(path);
  if (standing && is_due(settings, standing->token)) {
    auto turn = surroundings_.renewals.take(path);
    standing = read_token(path);
    if (standing && is_due(settings, standing->token)) {
      return renew_for_all(settings, path, *standing, turn);
    }
  }
  return standing ? as_it_stands(standing->token) : std::move(standing).error();
}

Result<SsoSource::Standing> SsoSource::read_token(const std::filesystem::path& path) const {
  auto content = read_file(path);
  if (!content) {
    return content.error().kind == Error::Kind::kNotFound ? login_required("nobody has logged in")
                                                          : std::move(content).error();
  }
  Secret text(*std::move(content));
  auto token = aws::read_sso_token(text.reveal());
  if (!token) {
    return login_required(fmt::format("{} can not be used: {}", path.string(), token.error().message));
  }
  return Standing{std::move(text), *std::move(token)};
}

bool SsoSource::is_due(const Settings& settings, const aws::SsoToken& token) const {
  const auto now = surroundings_.clock.wall();
  return !settings.session.empty() && token.expires - now <= aws::kSsoRenewBefore && token.can_be_renewed(now);
}

Result<Secret> SsoSource::renew_for_all(const Settings& settings, const std::filesystem::path& path,
                                        const Standing& standing, Renewals::Turn& turn) const {
  const auto& [text, token] = standing;
  auto failure = turn.failure(text.reveal());
  if (!failure) {
    auto renewal = renew(settings, token);
    if (renewal) {
      auto renewed = aws::renewed_sso_text(text.reveal(), *renewal);
      if (const auto saved = save_renewed(path, text.reveal(), renewed); !saved) {
        surroundings_.log.warn("{}: the token is renewed, but not saved, so that other programs do not see it: {}",
                               kIdentityCenter, escape_for_log(saved.error().message));
      }
      wipe(renewed);
      return std::move(renewal->access_token);
    }
    failure = std::move(renewal).error();
    turn.failed(text.reveal(), *failure);
    surroundings_.log.warn("{}: the token can not be renewed, and ends at {}: {}", kIdentityCenter,
                           format_iso8601(token.expires), escape_for_log(failure->message));
  }
  const bool has_ended = token.expires <= surroundings_.clock.wall();
  return has_ended && failure->is_transient() ? *std::move(failure) : as_it_stands(token);
}

Result<Secret> SsoSource::as_it_stands(const aws::SsoToken& token) const {
  return token.expires > surroundings_.clock.wall()
             ? Result<Secret>(token.access_token)
             : login_required("the session ended at " + format_iso8601(token.expires));
}

Result<aws::SsoRenewal> SsoSource::renew(const Settings& settings, const aws::SsoToken& token) const {
  const auto answer = call_sso_oidc(surroundings_, settings.region, "/token",
                                    {{"clientId", token.client_id},
                                     {"clientSecret", token.client_secret.reveal()},
                                     {"refreshToken", token.refresh_token.reveal()},
                                     {"grantType", "refresh_token"}});
  if (!answer) {
    return answer.error();
  }
  if (answer->status != 200) {
    return Error{Error::Kind::kActionNeeded, escape_for_log(answer->code, 80),
                 fmt::format("{} answered {} {}: {}", kIdentityCenter, answer->status, escape_for_log(answer->code, 80),
                             answer->message)};
  }
  return aws::read_sso_renewal(answer->body, surroundings_.clock.wall());
}

Result<aws::Credentials> SsoSource::role_credentials(const Settings& settings, const Secret& token) const {
  const auto endpoint = service_url(surroundings_, "SSO", aws::sso_portal_host(settings.region));
  if (!endpoint) {
    return endpoint.error();
  }
  const auto answer = call_json(surroundings_, kIdentityCenter, *endpoint, [&] {
    Request request;
    request.target = target_below(*endpoint, fmt::format("/federation/credentials?role_name={}&account_id={}",
                                                         percent_encode(settings.role_name), settings.account_id));
    request.headers.add("x-amz-sso_bearer_token", token.reveal());
    return request;
  });
  if (!answer) {
    return answer.error();
  }
  if (answer->status == 401) {
    return login_required("the token is refused");
  }
  if (answer->status != 200) {
    return Error{Error::Kind::kDenied,
                 answer->code.empty() ? fmt::format("Http{}", answer->status) : escape_for_log(answer->code, 80),
                 fmt::format("{} refuses role {} in account {}: {}", kIdentityCenter,
                             escape_for_log(settings.role_name, 80), settings.account_id, answer->message)};
  }
  auto credentials = aws::read_role_credentials(answer->body);
  if (credentials) {
    credentials->obtained = answer->received;
    credentials->account_id = settings.account_id;
  }
  return credentials;
}

Error SsoSource::login_required(std::string_view why) const {
  return {Error::Kind::kActionNeeded, "SsoLoginRequired",
          fmt::format("{}: {}; run: {}", kIdentityCenter, why,
                      escape_for_log(how_to_log_in(settings_, surroundings_.role)))};
}

Kind sso_kind() { return {"sso", read_sso}; }

}  // namespace understudy::source
