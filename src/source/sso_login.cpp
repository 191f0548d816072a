#include "understudy/source/sso_login.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "understudy/base/files.hpp"
#include "understudy/base/text.hpp"
#include "understudy/base/time_text.hpp"
#include "understudy/source/sso_place.hpp"

namespace understudy::source {
namespace {

using aws::DeviceState;

Result<Secret> read_secret(const std::filesystem::path& path) {
  auto text = read_file(path);
  return text ? Result<Secret>(Secret(*std::move(text))) : std::move(text).error();
}

/// An error's word as the service writes it; its header has that of the models.
std::string code_of(const JsonAnswer& answer) {
  const auto word = answer.text("error");
  return word.empty() ? answer.code : word;
}

Error refusal(const JsonAnswer& answer, const aws::SsoPlace& place) {
  const auto code = escape_for_log(code_of(answer), 80);
  return {answer.status == 400 ? Error::Kind::kInvalid : Error::Kind::kDenied,
          code.empty() ? fmt::format("Http{}", answer.status) : code,
          fmt::format("{} refuses the log-in{}{}; are sso_start_url {} and sso_region {} right?", kIdentityCenter,
                      answer.message.empty() ? "" : ": ", answer.message, escape_for_log(place.start_url),
                      escape_for_log(place.region, 80))};
}

bool knows_no_such_client(const JsonAnswer& answer) {
  constexpr std::array<std::string_view, 4> kCodes{"invalid_client", "InvalidClientException", "unauthorized_client",
                                                   "UnauthorizedClientException"};
  return answer.status / 100 == 4 && std::ranges::find(kCodes, code_of(answer)) != kCodes.end();
}

/// One log-in under way.
class DeviceFlow {
 public:
  DeviceFlow(const Surroundings& surroundings, const aws::SsoPlace& place)
      : surroundings_(surroundings),
        place_(place),
        registration_file_(sso_cache(surroundings.environment) / aws::sso_registration_name(place)) {}

  Result<SsoLogIn> run(const TellPerson& tell) {
    if (auto made = make_directories(sso_cache(surroundings_.environment), 0700); !made) {
      return made.error();
    }
    const auto device = authorize();
    if (!device) {
      return device.error();
    }
    tell(*device);
    const auto token = wait_for_token(*device);
    return token ? save(*token) : token.error();
  }

 private:
  Result<JsonAnswer> ask(std::string_view path, nlohmann::json body) const {
    body["clientId"] = registration_.client_id;
    body["clientSecret"] = registration_.client_secret.reveal();
    return call_sso_oidc(surroundings_, place_.region, path, body);
  }

  /// With the registration of the cache where there is one. It may have been made for another Identity Center, or be
  /// forgotten there: then with a new one.
  Result<aws::SsoDevice> authorize() {
    const bool has_one = take_registration();
    if (!has_one) {
      if (auto done = register_client(); !done) {
        return done.error();
      }
    }
    auto answer = start();
    if (has_one && answer && knows_no_such_client(*answer)) {
      if (auto done = register_client(); !done) {
        return done.error();
      }
      answer = start();
    }
    if (!answer) {
      return answer.error();
    }
    return answer->status == 200 ? aws::read_device_authorization(answer->body) : refusal(*answer, place_);
  }

  [[nodiscard]] Result<JsonAnswer> start() const {
    return ask("/device_authorization", {{"startUrl", place_.start_url}});
  }

  bool take_registration() {
    const auto text = read_secret(registration_file_);
    auto found = text ? aws::read_sso_registration(text->reveal()) : text.error();
    if (!found || found->expires - surroundings_.clock.wall() <= aws::kSsoRenewBefore) {
      return false;
    }
    registration_ = *std::move(found);
    return true;
  }

  Result<void> register_client() {
    nlohmann::json body{
        {"clientName", place_.session.empty() ? std::string("understudy") : "understudy-" + place_.session},
        {"clientType", "public"}};
    if (!place_.scopes.empty()) {
      body["scopes"] = place_.scopes;
    }
    const auto answer = call_sso_oidc(surroundings_, place_.region, "/client/register", body);
    if (!answer) {
      return answer.error();
    }
    if (answer->status != 200) {
      return refusal(*answer, place_);
    }
    auto registered = aws::read_registered_client(answer->body);
    if (!registered) {
      return registered.error();
    }
    registration_ = *std::move(registered);
    return write(registration_file_, aws::sso_registration_text(registration_, place_));
  }

  [[nodiscard]] Result<aws::SsoRenewal> wait_for_token(const aws::SsoDevice& device) const {
    constexpr std::chrono::seconds kSlower(5);
    const auto end = surroundings_.clock.boot() + device.life;
    auto interval = device.interval;
    auto otherwise = expired(device);
    while (surroundings_.clock.boot() + interval < end) {
      if (!surroundings_.retry.pause.wait(interval)) {
        return Error{Error::Kind::kUnavailable, "Interrupted", "the log-in was broken off; nobody is logged in by it"};
      }
      auto turn = ask_for_token(device);
      if (turn.outcome) {
        return *std::move(turn.outcome);
      }
      if (turn.trouble) {
        surroundings_.log.warn("still waiting, and asking again: {}", escape_for_log(turn.trouble->message));
      }
      otherwise = turn.trouble.value_or(expired(device));
      interval += turn.is_to_slow_down ? kSlower : std::chrono::seconds(0);
    }
    return otherwise;
  }

  /// What one question came to. Without an outcome it is asked again.
  struct Turn {
    std::optional<Result<aws::SsoRenewal>> outcome{};
    bool is_to_slow_down = false;
    std::optional<Error> trouble{};  ///< That there was no answer is no answer.
  };

  [[nodiscard]] Turn ask_for_token(const aws::SsoDevice& device) const {
    const auto answer = ask("/token", {{"grantType", "urn:ietf:params:oauth:grant-type:device_code"},
                                       {"deviceCode", device.device_code.reveal()}});
    if (!answer) {
      return answer.error().is_transient() ? Turn{{}, true, answer.error()} : Turn{answer.error()};
    }
    if (answer->status == 200) {
      return {aws::read_sso_renewal(answer->body, surroundings_.clock.wall())};
    }
    switch (aws::device_state(code_of(*answer))) {
      case DeviceState::kPending:
        return {};
      case DeviceState::kSlowDown:
        return {{}, true};
      case DeviceState::kExpired:
        return {expired(device)};
      case DeviceState::kDenied:
        return {Error{Error::Kind::kDenied, "AccessDenied", "the log-in was refused in the browser; run it again"}};
      case DeviceState::kOther:
        break;
    }
    return {refusal(*answer, place_)};
  }

  static Error expired(const aws::SsoDevice& device) {
    return {
        Error::Kind::kActionNeeded, "DeviceCodeExpired",
        fmt::format("nobody confirmed the code within {}; run it again for a new one", format_duration(device.life))};
  }

  [[nodiscard]] Result<SsoLogIn> save(const aws::SsoRenewal& token) const {
    const auto written = write(sso_token_file(surroundings_.environment, place_.session, place_.start_url),
                               aws::sso_token_text(place_, registration_, token));
    if (!written) {
      return written.error();
    }
    return SsoLogIn{token.expires, !token.refresh_token.empty() && !place_.session.empty()};
  }

  static Result<void> write(const std::filesystem::path& path, std::string text) {
    auto written = write_file_atomically(path, text, 0600);
    wipe(text);
    return written;
  }

  const Surroundings& surroundings_;
  const aws::SsoPlace& place_;
  const std::filesystem::path registration_file_;
  aws::SsoRegistration registration_;
};

}  // namespace

std::optional<SsoLogIn> standing_log_in(const Surroundings& surroundings, const aws::SsoPlace& place) {
  const auto text = read_secret(sso_token_file(surroundings.environment, place.session, place.start_url));
  const auto token = text ? aws::read_sso_token(text->reveal()) : text.error();
  const auto now = surroundings.clock.wall();
  if (!token || token->expires - now <= aws::kSsoRenewBefore) {
    return std::nullopt;
  }
  return SsoLogIn{token->expires, !place.session.empty() && token->can_be_renewed(now)};
}

Result<SsoLogIn> log_in(const Surroundings& surroundings, const aws::SsoPlace& place, const TellPerson& tell) {
  return DeviceFlow(surroundings, place).run(tell);
}

}  // namespace understudy::source
