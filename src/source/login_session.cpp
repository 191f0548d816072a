#include "understudy/source/login_session.hpp"

#include <fmt/format.h>

#include <chrono>
#include <utility>

#include "understudy/aws/arn.hpp"
#include "understudy/aws/sts_endpoint.hpp"
#include "understudy/base/crypto.hpp"
#include "understudy/base/files.hpp"
#include "understudy/base/text.hpp"
#include "understudy/base/time_text.hpp"
#include "understudy/source/json_call.hpp"
#include "understudy/source/shared_files.hpp"

namespace understudy::source {
namespace {

/// As in every SDK: a session lives for 15 minutes, and nobody renews it earlier.
constexpr std::chrono::minutes kRenewBefore(5);

class LoginSessionBlueprint final : public Blueprint {
 public:
  explicit LoginSessionBlueprint(LoginSessionSource::Settings settings) : settings_(std::move(settings)) {}

  [[nodiscard]] std::unique_ptr<Source> build(const Surroundings& surroundings, Source*) const override {
    return std::make_unique<LoginSessionSource>(surroundings, settings_);
  }
  [[nodiscard]] std::string describe() const override { return "login session " + settings_.login_session; }

 private:
  LoginSessionSource::Settings settings_;
};

std::unique_ptr<Blueprint> read_login(const RoleEntry& entry, std::vector<Problem>& problems) {
  const auto before = problems.size();
  LoginSessionSource::Settings settings;
  const auto* session = &entry.value;
  if (entry.value.kind == Node::Kind::kScalar) {
    settings.login_session = entry.value.scalar;
  } else {
    Fields fields(entry.value, problems);
    settings.login_session = fields.required_text("session");
    settings.region = fields.text("region").value_or("");
    fields.finish();
    session = entry.value.find("session");
  }
  if (problems.size() == before && !aws::parse_arn(trim(settings.login_session))) {
    problems.push_back({session->path, session->line,
                        "expected the ARN that stands as login_session in the profile, such as "
                        "arn:aws:iam::111122223333:user/me"});
  }
  return problems.size() == before ? std::make_unique<LoginSessionBlueprint>(std::move(settings)) : nullptr;
}

/// A random UUID (RFC 9562, section 5.4).
std::string new_id() {
  auto bytes = random_bytes(16);
  bytes[6] = static_cast<char>((bytes[6] & 0x0F) | 0x40);
  bytes[8] = static_cast<char>((bytes[8] & 0x3F) | 0x80);
  const auto digits = hex(bytes);
  const std::string_view all = digits;
  return fmt::format("{}-{}-{}-{}-{}", all.substr(0, 8), all.substr(8, 4), all.substr(12, 4), all.substr(16, 4),
                     all.substr(20));
}

}  // namespace

LoginSessionSource::LoginSessionSource(Surroundings surroundings, Settings settings)
    : surroundings_(std::move(surroundings)), settings_(std::move(settings)) {}

Result<aws::Credentials> LoginSessionSource::get(Freshness freshness) {
  auto standing = read_session();
  if (!standing) {
    return std::move(standing).error();
  }
  auto held = as_it_stands(*standing);
  if (freshness == Freshness::kCached && is_good(held)) {
    return held;
  }
  auto turn = surroundings_.renewals.take(file());
  standing = read_session();
  if (!standing) {
    return std::move(standing).error();
  }
  auto now_held = as_it_stands(*standing);
  const bool is_another = now_held.access_key_id != held.access_key_id;
  return is_good(now_held) && is_another ? std::move(now_held) : renew_for_all(*standing, freshness, turn);
}

Result<LoginSessionSource::Standing> LoginSessionSource::read_session() const {
  auto content = read_file(file());
  if (!content) {
    return content.error().kind == Error::Kind::kNotFound ? login_required("there is no login session of")
                                                          : std::move(content).error();
  }
  Secret text(*std::move(content));
  auto session = aws::read_login_session(text.reveal());
  return session ? Result<Standing>(Standing{std::move(text), *std::move(session)}) : bad_file(session.error().message);
}

bool LoginSessionSource::is_good(const aws::Credentials& held) const {
  return *held.expiration - held.obtained > kRenewBefore;
}

aws::Credentials LoginSessionSource::as_it_stands(const Standing& standing) const {
  auto held = standing.session.credentials;
  held.obtained = surroundings_.clock.wall();
  return held;
}

Result<aws::Credentials> LoginSessionSource::renew_for_all(const Standing& standing, Freshness freshness,
                                                           Renewals::Turn& turn) const {
  const auto& [text, session] = standing;
  auto held = as_it_stands(standing);
  const auto will_do = [&](const Error& failure) {
    return freshness == Freshness::kCached && failure.is_transient() && !held.has_ended(held.obtained);
  };
  if (auto known = turn.failure(text.reveal())) {
    return will_do(*known) ? Result<aws::Credentials>(std::move(held)) : *std::move(known);
  }
  auto renewal = renew(session);
  if (renewal) {
    save(text.reveal(), *renewal);
    renewal->credentials.account_id = held.account_id;
    return std::move(renewal->credentials);
  }
  turn.failed(text.reveal(), renewal.error());
  if (!will_do(renewal.error())) {
    return std::move(renewal).error();
  }
  surroundings_.log.warn("login session {}: can not be renewed now, and ends at {}: {}",
                         escape_for_log(settings_.login_session), format_iso8601(*held.expiration),
                         escape_for_log(renewal.error().message));
  return held;
}

Result<aws::LoginRenewal> LoginSessionSource::renew(const aws::LoginSession& session) const {
  const auto key = key_of(session);
  if (!key) {
    return key.error();
  }
  const auto& region = settings_.region.empty() ? surroundings_.region : settings_.region;
  if (auto checked = aws::check_region(region, "sign-in"); !checked) {
    return checked.error();
  }
  const auto endpoint = service_url(surroundings_, "SIGNIN", aws::signin_host(region));
  if (!endpoint) {
    return endpoint.error();
  }
  const auto target = target_below(*endpoint, "/v1/token");
  const auto url = fmt::format("{}://{}{}", endpoint->scheme, endpoint->authority(), target);
  const auto answer = call_json(surroundings_, "sign-in", *endpoint, [&] {
    auto request = json_post(target, {{"clientId", session.client_id},
                                      {"refreshToken", session.refresh_token.reveal()},
                                      {"grantType", "refresh_token"}});
    request.headers.add("DPoP", aws::dpop_proof(*key, "POST", url, surroundings_.clock.wall(), new_id()));
    return request;
  });
  if (!answer) {
    return answer.error();
  }
  if (answer->status / 100 != 2) {
    return refusal(answer->status, answer->text("error"), answer->message);
  }
  return aws::read_login_renewal(answer->body, surroundings_.clock.wall());
}

Result<PrivateKey> LoginSessionSource::key_of(const aws::LoginSession& session) const {
  if (session.client_id.empty() || session.refresh_token.empty() || session.dpop_key.empty()) {
    return bad_file(fmt::format("{} is missing", session.client_id.empty()       ? "clientId"
                                                 : session.refresh_token.empty() ? "refreshToken"
                                                                                 : "dpopKey"));
  }
  auto key = PrivateKey::from_pem(session.dpop_key.reveal(), "its dpopKey");
  if (!key) {
    return bad_file(key.error().message);
  }
  return key->p256_point() ? std::move(key) : bad_file("its dpopKey is no key on the curve P-256");
}

void LoginSessionSource::save(std::string_view text, const aws::LoginRenewal& renewal) const {
  auto renewed = aws::renewed_login_text(text, renewal);
  const auto written = save_renewed(file(), text, renewed);
  wipe(renewed);
  if (!written) {
    surroundings_.log.warn("login session {}: renewed, but not saved, so that other programs do not see it: {}",
                           escape_for_log(settings_.login_session), escape_for_log(written.error().message));
  }
}

std::filesystem::path LoginSessionSource::file() const {
  const std::filesystem::path folder =
      path_in(surroundings_.environment, "AWS_LOGIN_CACHE_DIRECTORY", "~/.aws/login/cache");
  return folder / aws::login_cache_name(settings_.login_session);
}

Error LoginSessionSource::login_required(std::string_view why) const {
  return {Error::Kind::kActionNeeded, "LoginRequired",
          fmt::format("{} {}; run: aws login --profile NAME, with the profile whose login_session that is", why,
                      escape_for_log(settings_.login_session))};
}

Error LoginSessionSource::bad_file(std::string_view why) const {
  return {
      Error::Kind::kActionNeeded, "BadLoginSession",
      fmt::format("{} can not be used: {}; run: aws login --profile NAME, with the profile whose login_session is {}",
                  file().string(), why, escape_for_log(settings_.login_session))};
}

/// An error of OAuth's is about the session; an answer without one is none of sign-in's.
Error LoginSessionSource::refusal(int status, std::string_view code, std::string_view message) const {
  const auto said = fmt::format("{}{}{}", escape_for_log(code, 80), message.empty() ? "" : ": ", message);
  if (code.empty() || equal_ignoring_case(code, "server_error")) {
    return {Error::Kind::kUnavailable, code.empty() ? fmt::format("Http{}", status) : std::string(code),
            fmt::format("sign-in answered {}{}{}", status, said.empty() ? "" : ": ", said)};
  }
  if (code == "INSUFFICIENT_PERMISSIONS") {
    return {Error::Kind::kDenied, "InsufficientPermissions",
            fmt::format("sign-in refuses to renew the session ({}): allow {} the action signin:CreateOAuth2Token", said,
                        escape_for_log(settings_.login_session))};
  }
  return login_required(fmt::format("sign-in does not renew the session ({}) of", said));
}

Kind login_session_kind() { return {"login", read_login}; }

}  // namespace understudy::source
