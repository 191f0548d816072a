#include "understudy/source/assume_role.hpp"

#include <algorithm>
#include <utility>

#include "understudy/aws/arn.hpp"
#include "understudy/base/files.hpp"
#include "understudy/base/text.hpp"
#include "understudy/base/time_text.hpp"

namespace understudy::source {
namespace {

constexpr std::chrono::seconds kLongestOfChain = std::chrono::hours(1);

bool may_stand_in_session_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("_+=,.@-").find(c) != std::string_view::npos;
}

}  // namespace

std::string default_session_name(std::string_view role_key) {
  constexpr std::size_t kLongest = 64;
  auto name = "understudy-" + std::string(role_key);
  std::ranges::replace_if(name, [](char c) { return !may_stand_in_session_name(c); }, '-');
  name.resize(std::min(name.size(), kLongest));
  return name;
}

Result<aws::Credentials> play_role(const Surroundings& surroundings, aws::AssumeRole call, const aws::Credentials& base,
                                   std::string_view region) {
  if (base.session_token && call.duration && *call.duration > kLongestOfChain) {
    surroundings.log.warn("role {}: a session that starts from another session lasts 1h at most, so not {}",
                          escape_for_log(call.role_arn), format_duration(*call.duration));
    call.duration = kLongestOfChain;
  }
  auto answer = surroundings.sts.call(call, &base, region);
  if (!answer) {
    return answer.error();
  }
  auto& played = answer->credentials;
  if (!played) {
    return Error{Error::Kind::kUnavailable, "BadAnswer", "STS answered AssumeRole without credentials"};
  }
  auto credentials = *std::move(played);
  const auto arn = aws::parse_arn(call.role_arn);
  credentials.account_id = arn ? arn->account : answer->account;
  credentials.role_arn = std::move(call.role_arn);
  return credentials;
}

AssumeRoleSource::AssumeRoleSource(Surroundings surroundings, Source& base, Settings settings)
    : surroundings_(std::move(surroundings)), base_(base), settings_(std::move(settings)) {}

Result<aws::Credentials> AssumeRoleSource::get(Freshness) {
  auto call = settings_.call;
  if (!settings_.policy_file.empty()) {
    auto policy = read_file(settings_.policy_file);
    if (!policy) {
      return policy.error();
    }
    call.policies.policy = trim(*policy);
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
