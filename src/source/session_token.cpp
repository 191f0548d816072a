#include "understudy/source/session_token.hpp"

#include <utility>

#include "understudy/source/federation_token.hpp"
#include "understudy/source/sts_fields.hpp"

namespace understudy::source {
namespace {

constexpr std::string_view kAction = "GetSessionToken";

class SessionTokenBlueprint final : public Blueprint {
 public:
  explicit SessionTokenBlueprint(SessionTokenSource::Settings settings) : settings_(std::move(settings)) {}

  /// REQUIRES: base is there, as needs_base says.
  [[nodiscard]] std::unique_ptr<Source> build(const Surroundings& surroundings, Source* base) const override {
    return std::make_unique<SessionTokenSource>(surroundings, *base, settings_);
  }
  [[nodiscard]] std::string describe() const override {
    return settings_.mfa ? "a session of the user, with MFA" : "a session of the user";
  }
  [[nodiscard]] NeedsBase needs_base() const override { return NeedsBase::kRequired; }

 private:
  SessionTokenSource::Settings settings_;
};

std::unique_ptr<Blueprint> read_session_token(const RoleEntry& entry, std::vector<Problem>& problems) {
  const auto before = problems.size();
  Fields fields(entry.value, problems);
  SessionTokenSource::Settings settings;
  settings.duration = read_duration(fields, std::chrono::minutes(15), std::chrono::hours(36));
  if (const auto* mfa = fields.node("mfa")) {
    settings.mfa = read_mfa(*mfa, problems);
  }
  settings.pass_temporary = fields.flag("pass_temporary").value_or(false);
  fields.finish();
  if (problems.size() == before) {
    aws::GetSessionToken call{settings.duration, settings.mfa ? settings.mfa->serial : "", ""};
    check_call(entry.value, call, problems);
  }
  return problems.size() == before ? std::make_unique<SessionTokenBlueprint>(std::move(settings)) : nullptr;
}

}  // namespace

SessionTokenSource::SessionTokenSource(const Surroundings& surroundings, Source& base, Settings settings)
    : surroundings_(surroundings), base_(base), settings_(std::move(settings)) {
  if (settings_.mfa) {
    codes_.emplace(surroundings, *settings_.mfa, "the session");
  }
}

Result<aws::Credentials> SessionTokenSource::get(Freshness freshness) {
  const auto keys = settings_.pass_temporary ? base_.get(freshness) : long_term_keys(base_, kAction);
  if (!keys || keys->session_token) {
    return keys;
  }
  aws::GetSessionToken call;
  call.duration = settings_.duration;
  if (codes_) {
    auto code = codes_->next();
    if (!code) {
      return code.error();
    }
    call.serial_number = codes_->serial();
    call.token_code = *std::move(code);
  }
  return credentials_of(surroundings_.sts.call(call, &*keys, nullptr), kAction, {});
}

Kind session_token_kind() { return {"session_token", read_session_token}; }

}  // namespace understudy::source
