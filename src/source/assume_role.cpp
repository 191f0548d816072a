#include "understudy/source/assume_role.hpp"

#include <utility>

#include "understudy/base/text.hpp"
#include "understudy/base/time_text.hpp"

namespace understudy::source {
namespace {

constexpr std::chrono::seconds kLongestOfChain = std::chrono::hours(1);

}  // namespace

Result<aws::Credentials> play_role(const Surroundings& surroundings, aws::AssumeRole call, const aws::Credentials& base,
                                   const aws::ProfileStsSettings* played) {
  if (base.session_token && call.duration && *call.duration > kLongestOfChain) {
    surroundings.log.warn("role {}: a session that starts from another session lasts 1h at most, so not {}",
                          escape_for_log(call.role_arn), format_duration(*call.duration));
    call.duration = kLongestOfChain;
  }
  const auto role_arn = call.role_arn;
  return credentials_of(surroundings.sts.call(std::move(call), &base, played), "AssumeRole", role_arn);
}

AssumeRoleSource::AssumeRoleSource(const Surroundings& surroundings, Source& base, Settings settings)
    : surroundings_(surroundings), base_(base), settings_(std::move(settings)) {
  if (settings_.mfa) {
    codes_.emplace(surroundings, *settings_.mfa, "role " + settings_.call.role_arn);
  }
}

Result<aws::Credentials> AssumeRoleSource::get(Freshness) {
  auto policies = current_policies(settings_.policies);
  if (!policies) {
    return policies.error();
  }
  auto call = settings_.call;
  call.policies = *std::move(policies);
  if (codes_) {
    // The base first: what keeps it from its credentials must not cost a code.
    const auto base = base_.get(Freshness::kCached);
    auto code = base ? codes_->next() : Result<std::string>(base.error());
    if (!code) {
      return code.error();
    }
    call.serial_number = codes_->serial();
    call.token_code = *std::move(code);
    return play_role(surroundings_, call, *base);
  }
  auto played = play_from(call, Freshness::kCached);
  const bool base_has_ended = !played && played.error().kind == Error::Kind::kExpired;
  return base_has_ended ? play_from(call, Freshness::kFresh) : played;
}

Result<aws::Credentials> AssumeRoleSource::play_from(const aws::AssumeRole& call, Freshness freshness) {
  const auto base = base_.get(freshness);
  return base ? play_role(surroundings_, call, *base) : base;
}

}  // namespace understudy::source
